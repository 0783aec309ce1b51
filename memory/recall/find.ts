import type { Redact } from '../../src/kit/index.ts';
import type { Dense, Near } from '../embed/port.ts';
import type { MemoryDependencies, Note, Why } from '../engine.ts';
import type { Postings } from '../postings/port.ts';
import { type Fused, fuse } from '../rank/fuse.ts';
import { rankLexical } from '../rank/lexical.ts';
import type { Aliases } from './aliases.ts';
import { before } from './deadline.ts';
import { createFloor } from './floor.ts';
import { notesOnDense, notesOnQuery } from './notes.ts';
import { type Understood, understand, type Words } from './understand.ts';

/**
 * The search that memories and corpora share: shelves in, items out, each with what it was found by. What an item is, and
 * whether it is still true, is not known here.
 */
export interface Search {
  readonly mode: 'lexical' | 'hybrid';
  readonly notes: readonly Note[];
  /** Words of the query that stand nowhere on these shelves, nor anything like them. */
  readonly unknown: readonly string[];
  /** Best first, of the `most` best candidates those that may be meant. `isAll`: there are no others. */
  best(most: number): { readonly found: readonly Found[]; readonly isAll: boolean };
}

export interface Found {
  readonly shelf: number;
  readonly item: number;
  /** 0 to 1. */
  readonly score: number;
  readonly why: Why;
}

export interface SearchDependencies {
  readonly postings: Postings;
  readonly dense: Dense;
  readonly aliases: Aliases;
  /** What is sent to an endpoint is redacted first. */
  readonly redact?: Redact;
  readonly log: MemoryDependencies['log'];
}

export interface SearchScope {
  readonly shelves: readonly number[];
  readonly allowed?: ReadonlyMap<number, ReadonlySet<number>>;
  readonly signal: AbortSignal;
  /** Shelves of corpora among them. */
  readonly corpora?: ReadonlySet<number>;
}

/** Of each leg. */
const candidates = 100;
/** After that long recall goes on without the dense leg. */
const denseDeadline = 2_000;

export async function openSearch(dependencies: SearchDependencies, words: Words, scope: SearchScope): Promise<Search> {
  const { shelves, allowed, signal, corpora = new Set<number>() } = scope;
  const meaning = denseLeg(dependencies, words.query, scope);
  const understood = await understand(dependencies, shelves, words);
  const leg = await meaning;
  signal.throwIfAborted();
  const { near, share } = leg.answer ?? { near: [], share: 0 };
  return {
    mode: leg.answer === undefined ? 'lexical' : 'hybrid',
    notes: [...leg.notes, ...notesOnQuery(understood)],
    unknown: unknownOf(understood),
    best(most) {
      const lexical = rankLexical(understood.view, understood.query, {
        limit: most,
        ...(allowed === undefined ? {} : { allowed }),
      });
      const fused = fuse(lexical, near, share);
      const isMeant = createFloor(understood, fused, corpora);
      return {
        found: fused.filter((one) => isMeant(one)).map((one) => foundOf(one, understood)),
        isAll: lexical.length < most,
      };
    },
  };
}

interface DenseLeg {
  readonly answer: { readonly near: readonly Near[]; readonly share: number } | undefined;
  readonly notes: readonly Note[];
}

async function denseLeg(
  { dense, redact, log }: SearchDependencies,
  query: string,
  { shelves, allowed, signal }: SearchScope,
): Promise<DenseLeg> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(denseDeadline)]);
  try {
    return await before(deadline, async () => {
      const share = await dense.share();
      const near =
        share <= 0 || shelves.length === 0
          ? undefined
          : await dense.nearest(redact?.(query).text ?? query, {
              shelves,
              ...(allowed === undefined ? {} : { allowed }),
              limit: candidates,
              signal: deadline,
            });
      if (near !== undefined) return { answer: { near, share }, notes: [] };
      return { answer: undefined, notes: notesOnDense(await dense.standing()) };
    });
  } catch (error) {
    // It never fails a recall, whatever befell it; that it was not there is said.
    const isLate = deadline.aborted;
    if (!isLate) log.warn({ err: error }, 'embedding.unasked');
    const why = isLate ? 'the embedding endpoint did not answer in time' : 'embeddings could not be asked';
    return { answer: undefined, notes: [{ text: `found by words alone: ${why}` }] };
  }
}

function foundOf({ shelf, item, score, legs, lexical }: Fused, understood: Understood): Found {
  const matched = lexical?.matched ?? [];
  const held = new Set(matched);
  const surfaces = new Map(understood.asked.map(({ term, surface }) => [term, surface]));
  const asked = (terms: readonly string[]): readonly string[] => [
    ...new Set(terms.flatMap((term) => surfaces.get(term) ?? [])),
  ];
  return {
    shelf,
    item,
    score,
    why: {
      matched: asked(matched),
      repaired: understood.repairs.filter(({ to }) => held.has(to)).map(({ from, shown }) => ({ from, to: shown })),
      aliases: understood.aliases.filter(({ terms }) => isHeld(terms, held)).map(({ from, to }) => ({ from, to })),
      exact: asked(lexical?.exact ?? []),
      legs,
      ...(lexical?.episode === true ? { episode: true } : {}),
    },
  };
}

/** A phrase, when it is there as one, or all of its words are. */
function isHeld(parts: Understood['aliases'][number]['terms'], held: ReadonlySet<string>): boolean {
  return parts.reduce((sum, { term, part }) => (held.has(term) ? sum + part : sum), 0) > 0.99;
}

function unknownOf({ asked, repairs, aliases }: Understood): readonly string[] {
  const found = new Set([...repairs.map(({ instead }) => instead), ...aliases.flatMap(({ covers }) => covers)]);
  return asked.filter(({ unknown, term }) => unknown && !found.has(term)).map(({ surface }) => surface);
}
