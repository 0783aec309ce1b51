import { judge, labels, structured } from '../judgement.ts';
import { readValue } from './grammar.ts';
import { foundByContext, type Reading } from './rule.ts';
import type { Target } from './target.ts';

/**
 * Values that stand behind a name without `:` or `=` between them: arguments of a command, columns of a table, SQL,
 * .netrc, and the `name:`/`value:` pairs of container environments.
 */
export function looseValue(target: Target): Reading | undefined {
  const { scan, kind, name, start, nameEnd } = target;
  if (kind === 'dsn' || kind === 'capability') return undefined;
  const behind = scan.slice(nameEnd, nameEnd + 160);
  const before = scan.slice(Math.max(0, start - 80), start);

  const pair = pairedValue.exec(behind)?.[0];
  if (pair !== undefined && /name\\{0,8}["']?\s{0,4}[:=]\s{0,4}\\{0,8}["']?$/i.test(before)) {
    return valueAt(target, nameEnd + pair.length, pair.includes('\n') ? 'line' : 'word', 1);
  }
  if (kind === 'secret') return undefined;
  if (/(?:^|\/)-/.test(name) || /["'\s]--?$/.test(before)) {
    const gap = /^(?:\\{0,8}["'`]?,\s{0,32}|["']?\n\s{0,64}-[ \t]{1,4}| {1,8})(?=[^\s-])/.exec(behind)?.[0];
    return gap === undefined ? undefined : valueAt(target, nameEnd + gap.length, 'word', 4);
  }
  if (kind === 'password' && /^ {1,4}'/.test(behind)) return valueAt(target, nameEnd + behind.indexOf("'"), 'word', 1);
  if (/^password$/i.test(name) && /(?:^|\s)login\s{1,4}[^\s,]{1,64}\s{1,8}$/.test(before)) {
    return valueAt(target, nameEnd + (/^\s{1,8}/.exec(behind)?.[0].length ?? 0), 'word', 1);
  }
  // One name, blanks, one value, and nothing else on the line.
  const column = /^(?: {2,80}|\t{1,8})(?=([^\s]{4,})[ \t]*(?:\n|$))/.exec(behind);
  if (column !== null && /(?:^|\n)[ \t]*$/.test(before) && !/^[A-Z]+$|^-+$/.test(column[1] ?? '')) {
    return valueAt(target, nameEnd + column[0].length, 'word', 4);
  }
  return undefined;
}

const pairedValue =
  /^\\{0,8}["']?(?:\s{0,8},\s{0,64}|\s{0,4}\n[+-]?[ \t]{0,64})\\{0,8}["']?value\\{0,8}["']?\s{0,4}[:=]\s{0,4}/i;

function valueAt(target: Target, from: number, extent: 'word' | 'line', shortest: number): Reading | undefined {
  const { scan, kind } = target;
  const value = readValue(scan, from, extent);
  const text = scan.slice(value.start, Math.min(value.end, value.start + 1_025));
  const judged = judge(kind, text, structured);
  const word = !value.quoted && /^(?:to|or|and|is|the|for|not|flag|from|with|value|file)$/i.test(text);
  if (!judged || word || text.length < shortest) return undefined;
  return foundByContext(value.start, value.end, labels[kind]);
}
