import { stripHiddenCharacters } from '../../kit/index.ts';

/**
 * Texts of others in Markdown. What they wrote is read as letters, wherever it stands: it makes no heading, link, table cell,
 * HTML or address that a reader could click.
 */

/** One line, for a paragraph, a list or a cell of a table. */
export function inline(text: string): string {
  const line = stripHiddenCharacters(text).replace(/\s+/g, ' ').trim();
  return line
    .replace(/[\\`*_[\]|~$^@]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\b(www|mailto|xmpp)([.:])/gi, '$1\\$2')
    .replace(/^([-+#=!])/, '\\$1')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

/** Several lines as they stand, in a fence that is longer than every run of backticks in them. */
export function fenced(text: string): string {
  const clean = stripHiddenCharacters(text);
  const longest = Math.max(2, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${clean}\n${fence}`;
}

/** Rows whose cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
