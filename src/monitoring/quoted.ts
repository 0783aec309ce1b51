/**
 * String literals of PromQL and LogQL, as Go reads them. What a server might read otherwise than we do is not read at all: then the
 * query is refused, so that what was judged is what is asked.
 */
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  '"': '"',
  "'": "'",
  n: '\n',
  t: '\t',
};

/** The text of a literal with its quotes; undefined: it is none, or has an escape that is not one of `\\ \" \' \n \t`. */
export function unquoted(literal: string): string | undefined {
  const quote = literal[0];
  if (literal.length < 2 || literal.at(-1) !== quote) return undefined;
  const inner = literal.slice(1, -1);
  if (quote === '`') return inner.includes('`') ? undefined : inner;
  if (quote !== '"' && quote !== "'") return undefined;
  let text = '';
  for (let at = 0; at < inner.length; at += 1) {
    const character = inner[at] ?? '';
    if (character === quote || character === '\n') return undefined;
    if (character !== '\\') {
      text += character;
      continue;
    }
    at += 1;
    const meant = escapes[inner[at] ?? ''];
    if (meant === undefined || (meant !== quote && /["']/.test(meant))) return undefined;
    text += meant;
  }
  return text;
}

/** A literal that both languages read as this text. */
export function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** A regular expression that matches this text alone. */
export function exactly(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
