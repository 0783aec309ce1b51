/**
 * An answer of the memory tools, taken apart by its lines. Only lines of ours are looked at: what somebody wrote stands behind a
 * fence, each of its lines marked, so no entry can begin another.
 *
 *  head   what is said before the first entry
 *  entry  `#12 facts · …`, its text behind a fence, and what comes with it (`  resolved-by #15 …`)
 *  tail   what is said after the last fence
 */
export interface AnswerParts {
  readonly head: readonly string[];
  readonly entries: readonly AnsweredEntry[];
  readonly tail: readonly string[];
}

export interface AnsweredEntry {
  readonly id: number;
  /** Its own and of those that come with it. */
  readonly ids: readonly number[];
  /** As they stand in the answer, fences and all. */
  readonly lines: readonly string[];
}

export function partsOf(text: string): AnswerParts {
  const head: string[] = [];
  const entries: { id: number; ids: number[]; lines: string[] }[] = [];
  let tail: string[] = [];
  for (const line of text.split('\n')) {
    const fenced = /^(?:\| |\|$|--- (?:end )?untrusted )/.test(line);
    const own = fenced ? null : /^#(\d+)\b/.exec(line);
    const beside = fenced ? null : /^ {2}\S+ #(\d+)\b/.exec(line);
    const last = entries.at(-1);
    if (own !== null) {
      last?.lines.push(...tail);
      tail = [];
      entries.push({ id: Number(own[1]), ids: [Number(own[1])], lines: [line] });
    } else if (last === undefined) head.push(line);
    else if (fenced || beside !== null || isOfEntry(line)) {
      last.lines.push(...tail, line);
      tail = [];
      if (beside !== null) last.ids.push(Number(beside[1]));
    } else tail.push(line);
  }
  return { head, entries, tail };
}

/** For a program: what each entry is, and what it says without its fence. */
export function jsonOf(text: string): object {
  const { head, entries, tail } = partsOf(text);
  return {
    head: head.filter((line) => line !== ''),
    entries: entries.map(({ id, lines }) => ({
      id,
      about: lines.filter((line) => !isFence(line) && !isMarked(line)).join('\n'),
      text: lines
        .filter(isMarked)
        .map((line) => line.slice(2))
        .join('\n'),
    })),
    notes: tail.filter((line) => line !== ''),
  };
}

function isFence(line: string): boolean {
  return /^--- (?:end )?untrusted /.test(line);
}

function isMarked(line: string): boolean {
  return line.startsWith('| ') || line === '|';
}

function isOfEntry(line: string): boolean {
  return line.startsWith('  ') || line.startsWith('SEALED:');
}
