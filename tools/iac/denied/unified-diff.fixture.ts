export interface Applied {
  /** The files that are changed, with their new text. */
  readonly files: ReadonlyMap<string, string>;
  readonly added: readonly string[];
}

/** Applies a unified diff to texts, to the letter: what it says was there must be there, at that line. */
export function applied(patch: string, text: (path: string) => string | undefined): Applied {
  const files = new Map<string, string>();
  const added: string[] = [];
  for (const part of patch.split(/^(?=--- )/m).filter((one) => one.startsWith('--- '))) {
    const path = /^\+\+\+ b\/(\S+)/m.exec(part)?.[1] ?? '';
    const old = text(path);
    if (old === undefined) throw new Error(`there is no ${path}`);
    files.set(path, appliedTo(old.split('\n'), part, added).join('\n'));
  }
  return { files, added };
}

function appliedTo(old: readonly string[], part: string, added: string[]): readonly string[] {
  const made: string[] = [];
  let at = 0;
  for (const hunk of part.split(/^(?=@@ )/m).slice(1)) {
    const [header = '', ...lines] = hunk.replace(/\n$/, '').split('\n');
    const start = Number(/^@@ -(\d+)/.exec(header)?.[1]) - 1;
    made.push(...old.slice(at, start));
    at = start;
    for (const line of lines) {
      const [sign, rest] = [line.charAt(0), line.slice(1)];
      if (sign === '\\') continue;
      if (sign === '+') {
        made.push(rest);
        added.push(rest);
        continue;
      }
      if (old[at] !== rest) throw new Error(`line ${at + 1} is not what the patch says: ${rest}`);
      if (sign === ' ') made.push(rest);
      at += 1;
    }
  }
  return [...made, ...old.slice(at)];
}
