import type { Database } from '../../src/store/database.ts';
import { type CorpusShelf, readCorpusShelves } from '../corpus/rows.ts';
import type { Categories, Hit, Memory } from '../engine.ts';
import type { PlacedEntry } from '../entries/rows.ts';
import { readableShelves } from '../entries/shelves.ts';
import type { Entry } from '../entry.ts';
import { pack } from '../rank/pack.ts';
import { analyse } from '../text/analyse.ts';
import { type Company, keepCompany } from './attachments.ts';
import { mostPrior, type Ranked, type RankedList, type RankingOptions, rankShown, withinReach } from './candidates.ts';
import { openSearch, type Search, type SearchDependencies } from './find.ts';
import { notesOnCorpora, notesOnLeftOut, notesOnNothing } from './notes.ts';
import { type Permitted, readPermitted } from './permitted.ts';
import { mostReranked, rerankBest } from './rerank.ts';

/**
 * One recall, in this order:
 *
 *  shelves     those that the human behind the agent may read, and corpora if asked for
 *  filters     asked of the database: what may be ranked at all
 *  search      by words, by meaning if there is an embedder; what is not meant falls under the floor
 *  shown       superseded → its successor; not valid → counted; as of → the words of then
 *  rank        importance, freshness, rare identifiers, the rerank endpoint if asked for
 *  company     solutions come with their symptoms, the rest are pointers
 *  room        whole hits into so many bytes
 */
export interface RecallDependencies extends SearchDependencies {
  readonly database: Database;
  readonly categories: Categories;
  now(): Date;
}

const standardLimit = 10;
const mostHits = 50;
/** What an answer has, less what stands around its hits. */
const standardRoom = 7_200;
/** Ranked at first; four times as many when too few of them are left, up to the most. */
const firstRanked = 100;
const mostRanked = 6_400;
/** Read beyond the limit: some hits come with others that are hits themselves. */
const reserve = 4;

export function createRecall(dependencies: RecallDependencies): Memory['recall'] {
  const { database, categories, dense, redact } = dependencies;
  return async (question, by, signal) => {
    signal.throwIfAborted();
    const moment = { now: dependencies.now(), asOf: question.asOf };
    const shelves = (await readableShelves(database, by.human)).map(({ id }) => id);
    const permitted = await readPermitted(database, by.human, categories, question);
    const corpora = permitted === undefined ? await corporaOf(database, question.corpora ?? []) : [];
    const ofCorpora = new Set(corpora.map(({ id }) => id));
    const search = await openSearch(dependencies, question, {
      shelves: [...shelves, ...ofCorpora],
      ...(permitted === undefined ? {} : { allowed: permitted.allowed }),
      corpora: ofCorpora,
      signal,
    });
    const limit = Math.min(Math.max(1, question.limit ?? standardLimit), mostHits);
    const seen = question.seen ?? new Set<string>();
    const { rows, outside, passedOver, unread } = await gather(search, database, {
      enough: Math.max(limit + reserve, question.rerank === true ? mostReranked : 0),
      permitted,
      seen,
      ranking: {
        human: by.human,
        moment,
        corpora: ofCorpora,
        volatile: categories.volatile,
      },
    });
    const query = redact?.(question.query).text ?? question.query;
    const reranked = question.rerank === true ? await rerankBest(dense, query, rows, signal) : rows;
    signal.throwIfAborted();
    const kept = await keepCompany(database, by.human, reranked ?? rows, { limit, seen, moment });
    const hits = pack(kept.map(hitOf), { room: question.room ?? standardRoom, termsOf });
    const notes = [
      ...search.notes,
      ...(reranked === undefined ? [{ text: 'not reranked: no rerank endpoint answered' }] : []),
      ...notesOnCorpora(question, permitted !== undefined, corpora),
      ...notesOnLeftOut(outside.size, passedOver, moment),
      ...(rows.length + outside.size + passedOver === 0 ? notesOnNothing(search) : []),
      ...(rows.length > 0 && hits.length === 0 ? [{ text: 'no hit fits into the room that there is' }] : []),
    ];
    return { hits, found: rows.length + unread - besides(rows, hits), mode: search.mode, notes };
  };
}

/** Hits that came with another one: they are shown, and are not among those that are left out. */
function besides(rows: readonly Ranked[], hits: readonly Hit[]): number {
  const company = new Set(
    hits.flatMap((hit) => (hit.kind === 'memory' ? hit.attached : [])).map(({ entry }) => entry.id),
  );
  return rows.filter(({ memory }) => memory !== undefined && company.has(memory)).length;
}

async function corporaOf(database: Database, names: readonly string[] | 'all'): Promise<readonly CorpusShelf[]> {
  return names.length === 0 ? [] : readCorpusShelves(database, names);
}

interface Gathered {
  readonly rows: readonly Ranked[];
  readonly outside: ReadonlySet<number>;
  readonly passedOver: number;
  /** Candidates that were not read: whatever they are, they come behind. */
  readonly unread: number;
}

/**
 * Reads no more candidates than may come among the first `enough`; ranks more, as long as what must not be shown leaves too
 * few.
 */
async function gather(
  search: Search,
  database: Database,
  options: {
    readonly enough: number;
    readonly permitted: Permitted | undefined;
    readonly seen: ReadonlySet<string>;
    readonly ranking: RankingOptions;
  },
): Promise<Gathered> {
  const { enough, permitted, seen, ranking } = options;
  const passes = ({ memory }: Ranked): boolean =>
    permitted === undefined || (memory !== undefined && permitted.passing.has(memory));
  for (let [most, wanted] = [firstRanked, enough]; ; wanted *= 4) {
    const { found, isAll } = search.best(most);
    const { near, far } = withinReach(found, wanted);
    const { ranked, outside }: RankedList = await rankShown(database, near, ranking);
    const passing = ranked.filter(passes);
    const rows = passing.filter(({ ref }) => !seen.has(ref));
    const last = rows[enough - 1];
    const next = far[0];
    const isDone =
      next === undefined
        ? isAll || rows.length >= enough || most * 4 > mostRanked
        : last !== undefined && last.score >= next.score * mostPrior;
    if (isDone) {
      const unread = far.filter(({ item }) => permitted === undefined || permitted.passing.has(item)).length;
      return { rows, outside: passingOf(outside, permitted), passedOver: passing.length - rows.length, unread };
    }
    if (next === undefined) most *= 4;
  }
}

function passingOf(ids: ReadonlySet<number>, permitted: Permitted | undefined): ReadonlySet<number> {
  return permitted === undefined ? ids : new Set([...ids].filter((id) => permitted.passing.has(id)));
}

function hitOf({ ref, shown, score, why, attached, pointers }: Ranked & Company): Hit {
  if ('document' in shown) {
    const { corpus, document, heading, content, at } = shown;
    return { kind: 'section', ref, score, why, corpus, document, heading, content, at };
  }
  const company = attached.map(({ type, entry }) => ({ type, entry: withoutShelf(entry) }));
  return { kind: 'memory', ref, score, why, entry: withoutShelf(shown), attached: company, pointers };
}

function withoutShelf({ shelf: _, ...entry }: PlacedEntry): Entry {
  return entry;
}

function termsOf(hit: Hit): ReadonlySet<string> {
  const texts =
    hit.kind === 'section'
      ? [hit.heading, hit.content]
      : [hit.entry, ...hit.attached.map(({ entry }) => entry)].map(({ content, keywords }) => content ?? keywords);
  return new Set(texts.flatMap((text) => analyse(text).terms.map(({ text: term }) => term)));
}
