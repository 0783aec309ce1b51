/**
 * What one tool said, taken apart by its lines so that a part of it can be told elsewhere.
 *
 *  said    its headline
 *  unseen  what it could not see, each by its name: the reason stands in the answer itself
 *  frame   what is said of all rows, and the names of the columns
 *  rows    each whole; `fence` is the boundary of the fence it stood behind, absent where the row is our own words
 *  notes   the lines of ours below the rows
 *  total   how many rows there are, in the answer or not
 */
export interface Told {
  readonly said: string;
  readonly unseen: readonly string[];
  readonly frame: readonly string[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
  readonly total: number;
}

export interface Row {
  readonly text: string;
  readonly fence?: string;
}

/** Undefined when it is no answer of a form known here, a fence that is not closed among them: then nothing of it is told. */
export function toldIn(answer: string): Told | undefined {
  const [said = '', frameLine = '', ...below] = answer.split('\n');
  if (said === '' || !frameLine.startsWith('as of ')) return undefined;
  const header = below.findIndex((line) => !line.startsWith('every row: '));
  const rows: Row[] = [];
  const notes: string[] = [];
  let fence: string | undefined;
  let total: number | undefined;
  for (const line of below.slice(header + 1)) {
    const [, opened] = /^--- untrusted ([0-9a-f]+): /.exec(line) ?? [];
    if (fence !== undefined) {
      if (line === `--- end untrusted ${fence} ---`) fence = undefined;
      else if (line.startsWith('| ') || line === '|') rows.push({ text: line, fence });
      else return undefined;
    } else if (opened !== undefined) fence = opened;
    else if (line.includes('\t')) rows.push({ text: line });
    else if (line.startsWith('showing ')) total = Number(/ of (\d+)|\/(\d+)/.exec(line)?.slice(1).find(Boolean));
    else notes.push(line);
  }
  if (fence !== undefined) return undefined;
  return {
    said,
    unseen: unseenIn(frameLine),
    frame: below.slice(0, header + 1).filter((line) => line !== 'no rows'),
    rows,
    notes,
    total: Math.max(rows.length, total ?? 0),
  };
}

/** Each is `name (reason)`, with whatever punctuation in the reason. */
function unseenIn(frameLine: string): readonly string[] {
  const [, missing] = / · NOT SEEN: (.*)$/.exec(frameLine) ?? [];
  return missing === undefined ? [] : missing.split('); ').map((one) => one.split(' (')[0] ?? one);
}
