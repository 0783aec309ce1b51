import type { Hit, Memory } from '../../memory/engine.ts';
import type { Actor } from '../../memory/entry.ts';
import { type HomeBench, type HomeQuestion, type Note, type Stratum, strata } from './homebench/data.ts';
import { meanOf, measureRanking } from './measures.ts';

/** What is measured: a memory that holds the notes of HomeBench and nothing else. */
export interface HomeRetriever {
  /** Best first, as a reader would get them. */
  ask(question: HomeQuestion): Promise<readonly Found[]>;
}

export interface Found {
  /** Keys of the note and of those that come with it. */
  readonly keys: readonly string[];
  /** UTF-8 bytes of their texts. */
  readonly bytes: number;
}

export interface Answered {
  readonly question: HomeQuestion;
  readonly found: readonly Found[];
}

/** hit@k and `empty` in per cent, mrr from 0 to 1, `bytes` the mean of an answer. */
export type StratumFigures =
  | { readonly questions: number; readonly empty: number; readonly bytes: number }
  | {
      readonly questions: number;
      readonly 'hit@1': number;
      readonly 'hit@5': number;
      readonly mrr: number;
      readonly bytes: number;
    };

const by: Actor = { human: 'human:robin', agent: 'agent:bench' };
const depth = 10;

export async function askHomeBench({ questions }: HomeBench, retriever: HomeRetriever): Promise<readonly Answered[]> {
  const answered: Answered[] = [];
  for (const question of questions) answered.push({ question, found: await retriever.ask(question) });
  return answered;
}

export function figuresOf(answered: readonly Answered[]): Readonly<Record<Stratum | 'all', StratumFigures>> {
  const of = (stratum: Stratum) => answered.filter(({ question }) => question.stratum === stratum);
  const all = figuresOfAnswerable(answered.filter(({ question }) => question.stratum !== 'negative'));
  const each = strata.map((stratum) => {
    const rows = of(stratum);
    return [stratum, stratum === 'negative' ? figuresOfNegatives(rows) : figuresOfAnswerable(rows)] as const;
  });
  return Object.fromEntries([...each, ['all', all]]) as Record<Stratum | 'all', StratumFigures>;
}

function figuresOfAnswerable(rows: readonly Answered[]): StratumFigures {
  const measured = rows.map(({ question, found }) => measureRanking(labelsOf(found), new Set(question.expect)));
  return {
    questions: rows.length,
    'hit@1': 100 * meanOf(measured.map((row) => row['hit@1'])),
    'hit@5': 100 * meanOf(measured.map((row) => row['hit@5'])),
    mrr: meanOf(measured.map(({ mrr }) => mrr)),
    bytes: meanOf(rows.map(bytesOf)),
  };
}

function figuresOfNegatives(rows: readonly Answered[]): StratumFigures {
  return {
    questions: rows.length,
    empty: 100 * meanOf(rows.map(({ found }) => (found.length === 0 ? 1 : 0))),
    bytes: meanOf(rows.map(bytesOf)),
  };
}

/** What a reader sees of a hit is the note and what comes with it. */
function labelsOf(found: readonly Found[]): readonly (readonly string[])[] {
  return found.map(({ keys }) => keys);
}

function bytesOf({ found }: Answered): number {
  return found.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Questions that were not answered among the first five, or answered though there is nothing to say; a line each. */
export function failuresOf(answered: readonly Answered[]): readonly string[] {
  return answered.flatMap(({ question, found }) => {
    const first = labelsOf(found).slice(0, 5);
    const right =
      question.expect.length === 0 ? found.length === 0 : first.flat().some((key) => question.expect.includes(key));
    if (right) return [];
    const shown = first.map(([key]) => key).join(' ');
    return [
      `${question.stratum} | ${question.ask} | expected ${question.expect.join(' ') || 'nothing'} | got ${shown || 'nothing'}`,
    ];
  });
}

/** Gives a whole memory the notes, as an import would, and asks it as an agent would. */
export async function homeRetriever(memory: Memory, { notes }: HomeBench): Promise<HomeRetriever> {
  const keys = await storeNotes(memory, notes);
  return {
    async ask({ ask: query, asOf, category, tags }) {
      const filters = {
        ...(asOf === undefined ? {} : { asOf }),
        ...(category === undefined ? {} : { category }),
        ...(tags === undefined ? {} : { tags }),
      };
      const { hits } = await memory.recall({ query, limit: depth, ...filters }, by, AbortSignal.timeout(30_000));
      return hits.map((hit) => foundOf(hit, keys));
    },
  };
}

function foundOf(hit: Hit, keys: ReadonlyMap<number, string>): Found {
  if (hit.kind === 'section') throw new Error('a memory without corpora found a section');
  const entries = [hit.entry, ...hit.attached.map(({ entry }) => entry)];
  return {
    keys: entries.map(({ id }) => keys.get(id) ?? `unknown ${id}`),
    bytes: entries.reduce((sum, { content = '' }) => sum + Buffer.byteLength(content), 0),
  };
}

async function storeNotes(memory: Memory, notes: readonly Note[]): Promise<ReadonlyMap<number, string>> {
  const seqs = new Map<string, number>();
  const drafts = notes.map(({ key, recorded, links: _, session, ...note }) => {
    const seq = session === undefined ? undefined : (seqs.get(session) ?? 0);
    if (session !== undefined && seq !== undefined) seqs.set(session, seq + 1);
    return {
      ...note,
      formerId: key,
      recordedAt: recorded,
      validFrom: recorded,
      ...(session === undefined || seq === undefined ? {} : { session, seq }),
    };
  });
  const outcomes = await memory.storeAll(drafts, by);
  const ids = new Map<string, number>();
  for (const [index, outcome] of outcomes.entries()) {
    const key = notes[index]?.key ?? '';
    if (outcome.outcome === 'refused') throw new Error(`${key} was not stored: ${outcome.message}`);
    ids.set(key, outcome.id);
  }
  for (const { key, links = [] } of notes) {
    const source = ids.get(key);
    const targets = links.map(({ type, to }) => ({ type, to: ids.get(to) ?? Number.NaN }));
    if (source !== undefined && targets.length > 0) await memory.link(source, targets, by);
  }
  return new Map([...ids].map(([key, id]) => [id, key]));
}
