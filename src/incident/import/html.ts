import { Parser } from 'htmlparser2';
import type { Block, Flaw, ReadBlocks } from './blocks.ts';

/**
 * HTML into the same blocks. Nothing of it is run or loaded: what stands in scripts, styles, frames and forms' values is not
 * read at all, links give their text and images their alternative.
 */
const unread = new Set(['script', 'style', 'template', 'iframe', 'object', 'embed', 'svg', 'math', 'noscript', 'head']);
const breaking = new Set([
  'p',
  'div',
  'section',
  'article',
  'header',
  'footer',
  'main',
  'aside',
  'nav',
  'details',
  'summary',
  'blockquote',
  'dl',
  'dt',
  'dd',
  'ul',
  'ol',
  'tr',
  'body',
  'html',
  'figure',
  'figcaption',
  'hr',
  'form',
  'address',
  'caption',
  'thead',
  'tbody',
  'tfoot',
]);
const marks: Readonly<Record<string, string>> = { b: '**', strong: '**', s: '~~', del: '~~', strike: '~~', code: '`' };
const deepestList = 6;
/** Of elements within elements: the parser's time grows with it. What is deeper ends the reading, and that is told. */
const deepest = 200;
const chunk = 1_024;
const mostCells = 30;

interface OpenTable {
  readonly line: number;
  readonly rows: { readonly cells: string[]; readonly line: number }[];
}

export function readHtml(source: string, firstLine = 1): ReadBlocks {
  const blocks: Block[] = [];
  const flawed: Flaw[] = [];
  const lineAt = lineCounter(source, firstLine);
  let text = '';
  let begun = firstLine;
  let skipping = 0;
  let skipName = '';
  let lists = 0;
  let code = false;
  let heading: number | undefined;
  let item: { readonly depth: number; checked: boolean | undefined } | undefined;
  let table: OpenTable | undefined;
  let tablesDeep = 0;
  let inCell = false;
  let open = 0;

  const flush = (): void => {
    const held = code ? text.replace(/^\n|\n$/g, '') : text.replace(/[ \t\n]+/g, ' ').trim();
    text = '';
    if (held === '' && item?.checked === undefined) return;
    const line = begun;
    if (code) blocks.push({ kind: 'code', text: held, line });
    else if (heading !== undefined) blocks.push({ kind: 'heading', depth: heading, text: held, line });
    else if (item !== undefined) {
      blocks.push({ kind: 'item', depth: item.depth, text: held, checked: item.checked, line });
      item = undefined;
    } else blocks.push({ kind: 'paragraph', text: held, line });
  };
  const endCell = (): void => {
    const cells = table?.rows.at(-1)?.cells;
    if (inCell && cells !== undefined && cells.length < mostCells) cells.push(text.replace(/\s+/g, ' ').trim());
    if (inCell) text = '';
    inCell = false;
  };
  const endTable = (): void => {
    endCell();
    const [header, ...rows] = (table?.rows ?? []).filter(({ cells }) => cells.length > 0);
    if (table !== undefined && header !== undefined)
      blocks.push({ kind: 'table', header: header.cells, rows, line: table.line });
    table = undefined;
  };

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open += 1;
        if (skipping > 0) {
          if (name === skipName) skipping += 1;
          return;
        }
        const line = lineAt(parser.startIndex);
        if (unread.has(name)) {
          [skipping, skipName] = [1, name];
          if (name !== 'head' && name !== 'style') flawed.push({ line, what: `<${name}>`, why: 'is never read' });
          return;
        }
        if (name === 'table') {
          tablesDeep += 1;
          if (tablesDeep > 1) return;
          flush();
          table = { line, rows: [] };
          return;
        }
        if (table !== undefined) {
          if (name === 'tr' && tablesDeep === 1) {
            endCell();
            table.rows.push({ cells: [], line });
          } else if ((name === 'td' || name === 'th') && tablesDeep === 1) {
            endCell();
            inCell = true;
          } else if (name === 'input' && attributes['type'] === 'checkbox')
            text += 'checked' in attributes ? '[x] ' : '[ ] ';
          else if (name === 'br' || breaking.has(name)) text += ' ';
          else text += marks[name] ?? '';
          return;
        }
        const depth = /^h([1-6])$/.exec(name)?.[1];
        if (depth !== undefined || breaking.has(name) || name === 'li' || name === 'pre') {
          flush();
          begun = line;
        }
        if (depth !== undefined) heading = Number(depth);
        else if (name === 'ul' || name === 'ol') lists += 1;
        else if (name === 'li') item = { depth: Math.min(Math.max(lists - 1, 0), deepestList), checked: undefined };
        else if (name === 'pre') code = true;
        else if (name === 'br') text += code ? '\n' : ' ';
        else if (name === 'input' && attributes['type'] === 'checkbox' && item !== undefined)
          item.checked = 'checked' in attributes;
        else if (name === 'img') text += attributes['alt'] ?? '';
        else if (!code) text += marks[name] ?? '';
      },
      ontext(data) {
        if (skipping > 0 || (table !== undefined && !inCell)) return;
        if (text === '' && data.trim() !== '') begun = lineAt(parser.startIndex);
        text += data;
      },
      onclosetag(name) {
        open -= 1;
        if (skipping > 0) {
          if (name === skipName) skipping -= 1;
          return;
        }
        if (name === 'table') {
          tablesDeep = Math.max(0, tablesDeep - 1);
          if (tablesDeep === 0) endTable();
          return;
        }
        if (table !== undefined) {
          if ((name === 'td' || name === 'th') && tablesDeep === 1) endCell();
          else text += marks[name] ?? '';
          return;
        }
        if (/^h[1-6]$/.test(name)) {
          flush();
          heading = undefined;
        } else if (name === 'pre') {
          flush();
          code = false;
        } else if (name === 'li' || breaking.has(name)) {
          flush();
          if (name === 'li') item = undefined;
          if (name === 'ul' || name === 'ol') lists = Math.max(0, lists - 1);
        } else if (!code) text += marks[name] ?? '';
      },
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  );
  for (let at = 0; at < source.length; at += chunk) {
    parser.write(source.slice(at, at + chunk));
    if (open <= deepest) continue;
    flawed.push({
      line: lineAt(at),
      what: 'nesting',
      why: `elements are nested deeper than ${deepest}: the rest is not read`,
    });
    break;
  }
  if (open <= deepest) parser.end();
  endTable();
  flush();
  return { blocks, flawed };
}

/** Lines of growing positions, each newline looked at once. */
function lineCounter(source: string, firstLine: number): (index: number) => number {
  let line = firstLine;
  let next = source.indexOf('\n');
  return (index) => {
    while (next >= 0 && next < index) {
      line += 1;
      next = source.indexOf('\n', next + 1);
    }
    return line;
  };
}

/** What stands in `<title>`, as text. */
export function titleOfHtml(source: string): string | undefined {
  const start = source.slice(0, 20_000).search(/<title>/i);
  if (start < 0) return undefined;
  const end = source.indexOf('<', start + 7);
  return end < 0 || end - start > 300 ? undefined : source.slice(start + 7, end).trim();
}
