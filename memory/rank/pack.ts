import type { Hit, MemoryHit } from '../engine.ts';
import type { Entry } from '../entry.ts';

/** What an entry takes besides its text: id, date, category, why, the lines around it. A measure, not a promise. */
const frameOfEntry = 240;

/** UTF-8 bytes that a hit takes in an answer, with what is attached to it. */
export function bytesOf(hit: Hit): number {
  if (hit.kind === 'section') {
    return frameOfEntry + utf8(hit.corpus, hit.document, hit.heading, hit.content);
  }
  return [hit.entry, ...hit.attached.map(({ entry }) => entry)].reduce((sum, entry) => sum + bytesOfEntry(entry), 0);
}

function bytesOfEntry(entry: Entry): number {
  return frameOfEntry + utf8(entry.content ?? entry.keywords, entry.source ?? '', ...entry.tags);
}

function utf8(...texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

export interface PackOptions {
  /** Bytes, as `bytesOf` counts them. */
  readonly room: number;
  /** The terms that a hit tells, with those of what is attached to it. */
  termsOf(hit: Hit): ReadonlySet<string>;
}

/**
 * As many whole hits as the room holds, never a cut one, in the order of their rank. The best is always in when it fits;
 * after it comes, again and again, the one that tells most in its bytes that was not told yet: how good it is, times the
 * weight of its new terms, over its bytes. A term weighs the more the fewer of these hits hold it. What is attached to a
 * hit comes with it before any other hit; where it does not fit, its id is left as a pointer.
 */
export function pack(hits: readonly Hit[], { room, termsOf }: PackOptions): readonly Hit[] {
  // Everything fits: what is left to weigh is nothing.
  if (hits.reduce((sum, hit) => sum + bytesOf(hit), 0) <= room) return hits;
  const rows = hits.map((hit, rank) => ({ hit, rank, terms: termsOf(hit) }));
  const holders = new Map<string, number>();
  for (const { terms } of rows) for (const term of terms) holders.set(term, (holders.get(term) ?? 0) + 1);
  const rarity = (term: string): number => Math.log(1 + hits.length / (holders.get(term) ?? 1));

  const told = new Set<string>();
  const packed: { readonly hit: Hit; readonly rank: number }[] = [];
  let left = room;
  let waiting = rows;
  while (waiting.length > 0) {
    const fitting = waiting.filter(({ hit }) => bytesOf(alone(hit)) <= left);
    const chosen = packed.length === 0 ? fitting[0] : best(fitting, told, rarity);
    if (chosen === undefined) break;
    const hit = withWhatFits(chosen.hit, left);
    packed.push({ hit, rank: chosen.rank });
    left -= bytesOf(hit);
    for (const term of termsOf(hit)) told.add(term);
    waiting = fitting.filter((row) => row !== chosen);
  }
  return packed.sort((a, b) => a.rank - b.rank).map(({ hit }) => hit);
}

interface Row {
  readonly hit: Hit;
  readonly terms: ReadonlySet<string>;
}

function best<R extends Row>(rows: readonly R[], told: ReadonlySet<string>, rarity: (term: string) => number) {
  const worth = ({ hit, terms }: Row): number => {
    const news = [...terms].filter((term) => !told.has(term)).reduce((sum, term) => sum + rarity(term), 0);
    return (Math.max(hit.score, 0) * news) / bytesOf(hit);
  };
  // Of equals the better rank stays: a reduce keeps the first.
  return rows
    .map((row) => ({ row, worth: worth(row) }))
    .reduce<{ readonly row: R; readonly worth: number } | undefined>(
      (top, one) => (top === undefined || one.worth > top.worth ? one : top),
      undefined,
    )?.row;
}

function alone(hit: Hit): Hit {
  return hit.kind === 'section' || hit.attached.length === 0 ? hit : { ...hit, attached: [] };
}

function withWhatFits(hit: Hit, room: number): Hit {
  if (hit.kind === 'section' || bytesOf(hit) <= room) return hit;
  let left = room - bytesOf(alone(hit));
  const attached: MemoryHit['attached'][number][] = [];
  const pointers = [...hit.pointers];
  for (const one of hit.attached) {
    const bytes = bytesOfEntry(one.entry);
    if (bytes <= left) {
      attached.push(one);
      left -= bytes;
    } else pointers.push({ type: one.type, direction: 'to', id: one.entry.id });
  }
  return { ...hit, attached, pointers };
}
