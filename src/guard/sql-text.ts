/** What a text of SQL has that is none: comments, strings, names in quotes, dollar quotes. */
const begins = /\/\*|--|"|\$(?:[A-Za-z_]\w*)?\$|(?<![\w$])[eE]'|'/g;

/**
 * SQL in small letters without comments and without what is in strings; runs of blanks are one. What is opened and not closed
 * stays, so that it is judged.
 */
export function plainSql(text: string): string {
  let plain = '';
  let at = 0;
  for (;;) {
    begins.lastIndex = at;
    const found = begins.exec(text);
    if (found === null) break;
    const [mark] = found;
    const end = endOf(text, mark, found.index + mark.length);
    if (end === undefined) break;
    plain += text.slice(at, found.index) + insteadOf(mark, text.slice(found.index, end));
    at = end;
  }
  return (plain + text.slice(at)).replace(/\s+/g, (blanks) => (blanks.includes('\n') ? '\n' : ' ')).toLowerCase();
}

function insteadOf(mark: string, quoted: string): string {
  if (mark === '/*') return ' ';
  if (mark === '--') return '';
  return mark === '"' ? `"${quoted.slice(1, -1).replace(/\W+/g, '_')}"` : "''";
}

/** The index behind what `mark` opened before `from`. */
function endOf(text: string, mark: string, from: number): number | undefined {
  if (mark === '--') {
    const newline = text.indexOf('\n', from);
    return newline === -1 ? text.length : newline;
  }
  if (mark === '/*') return endOfComment(text, from);
  const quoted = mark.endsWith("'");
  const pattern = mark === "'" ? /(?:[^']|'')*'/y : quoted ? /(?:[^'\\]|\\[\s\S]|'')*'/y : undefined;
  if (pattern === undefined) {
    const close = text.indexOf(mark, from);
    return close === -1 ? undefined : close + mark.length;
  }
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Comments stand in comments. */
function endOfComment(text: string, from: number): number | undefined {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  for (let open = 1; open > 0; ) {
    const found = marks.exec(text);
    if (found === null) return undefined;
    open += found[0] === '/*' ? 1 : -1;
  }
  return marks.lastIndex;
}
