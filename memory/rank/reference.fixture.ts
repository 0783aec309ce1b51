import { analyse, type Term } from '../text/analyse.ts';
import type { FixtureDocument } from './index-view.fixture.ts';
import { standardWeights } from './weights.ts';

interface Read {
  readonly document: FixtureDocument;
  readonly content: readonly Term[];
  readonly contentLength: number;
  readonly keywords: readonly Term[];
  readonly keywordLength: number;
}

/** The scores of one shelf as the formulas say, written for the eye and not for the clock: by item, those above 0. */
export function referenceScores(documents: readonly FixtureDocument[], query: string): ReadonlyMap<number, number> {
  const living = documents
    .filter(({ dead }) => dead !== true)
    .map((document): Read => {
      const content = analyse(document.content);
      const keywords = analyse(document.keywords ?? '');
      return {
        document,
        content: content.terms,
        contentLength: content.length,
        keywords: keywords.terms,
        keywordLength: keywords.length,
      };
    });
  const asked = analyse(query).terms;
  const terms = [...new Set(asked.map(({ text }) => text))];
  const own = ownScores(living, asked, terms);
  const lifts = liftsOf(living, terms, own);
  const total = own.map((score, index) => score + (lifts[index] ?? 0));
  return new Map(
    living.flatMap(({ document }, index) => ((total[index] ?? 0) > 0 ? [[document.item, total[index] ?? 0]] : [])),
  );
}

function ownScores(living: readonly Read[], asked: readonly Term[], terms: readonly string[]): readonly number[] {
  const contents = living.map(({ contentLength }) => contentLength);
  const keywords = living.map(({ keywordLength }) => keywordLength);
  const parts = terms.flatMap((term) => [
    bm25(
      living.map(({ content }) => content.filter(({ text }) => text === term).length),
      contents,
    ),
    bm25(
      living.map((read) => read.keywords.filter(({ text }) => text === term).length),
      keywords,
    ).map((score) => standardWeights.keywords * score),
  ]);
  const pairs = pairsOf(asked).map(([first, second]) =>
    bm25(
      living.map(({ content }) => {
        const behind = new Set(content.filter(({ text }) => text === second).map(({ position }) => position));
        return content.filter(({ text, position }) => text === first && behind.has(position + 1)).length;
      }),
      contents,
    ).map((score) => standardWeights.pairs * score),
  );
  return living.map((_, index) => [...parts, ...pairs].reduce((sum, scores) => sum + (scores[index] ?? 0), 0));
}

function pairsOf(asked: readonly Term[]): readonly (readonly [string, string])[] {
  const words = asked.filter(({ compound }) => !compound);
  const pairs = words.flatMap((word): [string, string][] => {
    const next = words.find(({ position }) => position === word.position + 1);
    return next === undefined ? [] : [[word.text, next.text]];
  });
  return [...new Map(pairs.map((pair) => [pair.join(' '), pair])).values()];
}

function bm25(times: readonly number[], lengths: readonly number[]): readonly number[] {
  const holding = times.filter((often) => often > 0).length;
  const rarity = Math.log(1 + (times.length - holding + 0.5) / (holding + 0.5));
  const filled = lengths.filter((length) => length > 0);
  const average = filled.reduce((sum, length) => sum + length, 0) / filled.length;
  return times.map((often, index) =>
    often === 0 ? 0 : (rarity * often * 2.2) / (often + 1.2 * (0.25 + (0.75 * (lengths[index] ?? 0)) / average)),
  );
}

function liftsOf(living: readonly Read[], terms: readonly string[], own: readonly number[]): readonly number[] {
  const sessions = [...new Set(living.flatMap(({ document }) => document.session ?? []))];
  const membersOf = (session: string): readonly Read[] => living.filter(({ document }) => document.session === session);
  const lengths = sessions.map((session) =>
    membersOf(session).reduce((sum, { contentLength }) => sum + contentLength, 0),
  );
  const byTerm = terms.map((term) =>
    bm25(
      sessions.map((session) =>
        membersOf(session).reduce((sum, { content }) => sum + content.filter(({ text }) => text === term).length, 0),
      ),
      lengths,
    ),
  );
  const whole = sessions.map((_, index) => byTerm.reduce((sum, scores) => sum + (scores[index] ?? 0), 0));
  const bestSession = Math.max(...whole);
  return living.map(({ document: { session, seq = Number.NaN } }, index) => {
    if (session === undefined || membersOf(session).length < 2) return 0;
    const near = living.map(({ document: other }, at) => {
      if (other.session !== session) return 0;
      const steps = Math.abs((other.seq ?? Number.NaN) - seq);
      const share = steps === 1 ? 1 : steps === 2 ? standardWeights.nextButOne : 0;
      return share * (own[at] ?? 0);
    });
    const best = Math.max(...near);
    if (best === 0 && own[index] === 0) return 0;
    const fit = bestSession > 0 ? (whole[sessions.indexOf(session)] ?? 0) / bestSession : 0;
    return standardWeights.neighbours * best + standardWeights.session * Math.max(...own) * fit * fit;
  });
}
