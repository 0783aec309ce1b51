/**
 * What another tool cut into pieces at a fixed length, put together again. A fragment says of itself that it is one: by a tag
 * `part-2-of-5`, or by how its text begins, `[part 2/5]`.
 *
 *  run   fragments 1 to N of N that stand in order, with the same category and otherwise the same tags: one text
 *
 * A fragment that belongs to no whole run stays what it is: a part without its rest says less, and nothing is invented.
 */
export interface Fragmented {
  readonly content: string;
  readonly category: string | undefined;
  readonly tags: readonly string[];
}

export interface Piece {
  readonly number: number;
  readonly of: number;
  /** What it shares with the others of its text. */
  readonly kin: string;
  readonly content: string;
  readonly tags: readonly string[];
}

const byTag = /^part-(\d{1,3})-of-(\d{1,3})$/i;
const byText = /^[[(]part (\d{1,3})(?: of |\/)(\d{1,3})[\])]:?\s*/i;
const mostParts = 200;

/** Undefined of what is whole. */
export function pieceOf({ content, category, tags }: Fragmented): Piece | undefined {
  const tag = tags.find((name) => byTag.test(name));
  const found = tag === undefined ? byText.exec(content) : byTag.exec(tag);
  const [number, of] = [Number(found?.[1]), Number(found?.[2])];
  if (!(number >= 1 && number <= of && of >= 2 && of <= mostParts)) return undefined;
  const rest = tags.filter((name) => name !== tag);
  const kin = JSON.stringify([of, category ?? '', [...rest].sort()]);
  return { number, of, kin, content: content.replace(byText, ''), tags: rest };
}

/**
 * Rows as they stand in the file, in groups: a whole run together, everything else alone. Fragments of one text may have other
 * rows, and other texts' fragments, between them.
 */
export function grouped<Row>(
  rows: readonly Row[],
  piece: (row: Row) => Piece | undefined,
): readonly (readonly Row[])[] {
  const open = new Map<string, Row[]>();
  const runs = new Map<Row, readonly Row[]>();
  for (const row of rows) {
    const one = piece(row);
    if (one === undefined) continue;
    const held = open.get(one.kin) ?? [];
    // Out of order: the run that was open will never be whole.
    const run = one.number === held.length + 1 ? [...held, row] : one.number === 1 ? [row] : [];
    open.set(one.kin, run.length === one.of ? [] : run);
    if (run.length === one.of) for (const member of run) runs.set(member, run);
  }
  return rows.flatMap((row) => {
    const run = runs.get(row);
    if (run === undefined) return [[row]];
    return run[0] === row ? [run] : [];
  });
}

/** With one space where none was left: cutters trim what they cut. */
export function joined(pieces: readonly string[]): string {
  return pieces.reduce((text, piece) => (/\s$/u.test(text) || /^\s/u.test(piece) ? text + piece : `${text} ${piece}`));
}
