export interface LogfmtLine {
  readonly pairs: ReadonlyMap<string, string>;
  /** What is wrong with the line; the pairs before and after it are there all the same. */
  readonly mistake: string | undefined;
}

/** `level=info msg="it works" flag`: each character is read once. */
export function logfmtFields(line: string, { keepEmpty }: { readonly keepEmpty: boolean }): LogfmtLine {
  const pairs = new Map<string, string>();
  let mistake: string | undefined;
  const pattern = /([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?/y;
  for (let at = 0; at < line.length; ) {
    if (line.charCodeAt(at) <= 0x20) {
      at += 1;
      continue;
    }
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found === null) {
      mistake ??= `logfmt syntax error at pos ${at + 1} : unexpected '${line[at]}'`;
      const blank = line.slice(at).search(/\s/);
      at = blank < 0 ? line.length : at + blank;
      continue;
    }
    at += found[0].length;
    const [, name = '', quoted, bare = ''] = found;
    const value = quoted === undefined ? bare : quoted.replaceAll(/\\(.)/gs, (_, one: string) => meaning(one));
    if (value !== '' || keepEmpty) pairs.set(name, value);
  }
  return { pairs, mistake };
}

function meaning(character: string): string {
  return { n: '\n', r: '\r', t: '\t' }[character] ?? character;
}
