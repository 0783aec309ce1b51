import { hiddenPart, judge, labels } from '../judgement.ts';
import { classifyName, type NameClass } from '../key-names.ts';
import type { Finding } from '../redactor.ts';
import { alphabet, type Scan } from '../scan.ts';
import { readSeparator, readValue, type Separator, type Value } from './grammar.ts';
import { looseValue } from './loose-values.ts';
import { nothingBefore, type PatternRule, type Reading, rereadFrom } from './rule.ts';
import type { Target } from './target.ts';

/**
 * A value beside a name that says it is a secret, in YAML, JSON, HCL, environment files, log lines, query strings, XML and
 * command lines. The name stays.
 */
const nameCharacters = alphabet('A-Za-z0-9_./-');

export const assignmentRule: PatternRule = {
  name: 'assignment',
  folded: true,
  anchors: [
    ...['pass', 'pw', 'psk', 'mnemonic', 'phrase', 'otp', 'secret', 'token', 'key', 'jwt', 'bearer', 'sas'],
    ...[
      'cred',
      'auth',
      'dsn',
      'connection',
      'hook',
      'database',
      'db_ur',
      'broker',
      'redis',
      'recovery',
      'alarm',
      'scratch',
    ],
    ...['certificate-data', 'dockerc', 'pin_code', 'backup_code', 'backup-code', 'backupcode'],
  ],
  read(scan, at, anchorEnd) {
    const start = scan.runBack(at, nameCharacters, 64);
    const nameEnd = scan.run(anchorEnd, nameCharacters, 64);
    const name = nameOf(scan, start, nameEnd);
    const kind = classifyWithWordBefore(scan, start, name);
    if (kind === undefined) return nothingBefore(nameEnd);
    const target = { scan, name, kind, start, nameEnd };
    const numbered = /^ [0-9]{1,2}(?=[:=])/.exec(scan.slice(nameEnd, nameEnd + 4))?.[0].length ?? 0;
    const separator = readSeparator(scan, nameEnd + numbered, { element: scan.text[start - 1] === '<' });
    return (separator === undefined ? looseValue(target) : valueBehind(target, separator)) ?? nothingBefore(nameEnd);
  },
};

/** Without the letter of an escape (`\n`) that stands before it. */
function nameOf(scan: Scan, start: number, end: number): string {
  const written = scan.slice(start, end);
  return scan.text[start - 1] === '\\' ? written.replace(/^(?:u[0-9a-f]{4}|[nrt])/, '') : written;
}

/** `API Key: …`, `Unseal Key 1: …`: names of two words. */
function classifyWithWordBefore(scan: Scan, start: number, name: string): NameClass | undefined {
  const alone = classifyName(name);
  const oneWord = (alone === undefined || alone === 'secret') && /^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(name);
  if (!oneWord || scan.text[start - 1] !== ' ') return alone;
  const before = /[A-Za-z]{1,16}$/.exec(scan.slice(Math.max(0, start - 17), start - 1))?.[0];
  return before === undefined ? alone : (classifyName(`${before}_${name}`) ?? alone);
}

function valueBehind(target: Target, separator: Separator): Reading | undefined {
  const { scan, kind } = target;
  const head = scan.slice(separator.end, separator.end + 48);
  if (head.startsWith('{') && !head.startsWith('{{')) return undefined;
  const block = separator.kind === 'element' ? undefined : blockValue(target, separator.end, head);
  if (block !== undefined) return block;
  const tag = /^(?:[!&][\w!-]{0,32}[ \t]+){1,2}/.exec(head)?.[0].length ?? 0;
  const listed = /^\[\s{0,16}/.exec(head)?.[0].length ?? 0;
  const startsLine = standsFirst(scan, target.start);
  const wholeLine = kind === 'password' && separator.kind === 'colon' && startsLine && listed === 0;

  const findings: Finding[] = [];
  let from = separator.end + tag + listed;
  for (;;) {
    const value =
      separator.kind === 'element' ? elementText(scan, from) : readValue(scan, from, wholeLine ? 'line' : 'word');
    const spacedEquals = separator.kind === 'equals' && scan.text[separator.end - 1] === ' ';
    const long = value.end - value.start;
    const text = scan.slice(value.start, Math.min(value.end, value.start + 1_025));
    const context = {
      quoted: value.quoted || separator.quotedName,
      colon: separator.kind === 'colon',
      startsLine,
      spacedEquals,
      path: target.name.includes('/'),
    };
    // Nothing this long is read twice: a connection string of a thousand characters goes as a whole.
    const secret = long > 1_024 || judge(kind, text, context);
    if (secret) {
      const part = hiddenPart(kind, text);
      const end = long > 1_024 ? value.end : value.start + part.end;
      findings.push({ start: value.start + part.start, end, rule: labels[kind], byContext: true });
    }
    // The next element of a list, or what a plan changes the value to.
    const next = /^(?:\s{0,4}->\s{0,4}|\s{0,4}=>\s{0,4}(?=["'])|,\s{0,64}(?=["']))/.exec(
      scan.slice(value.behind, value.behind + 72),
    )?.[0];
    const more = next !== undefined && value.quoted && (listed > 0 || !next.startsWith(','));
    if (!more) {
      const last = findings.at(-1);
      return last === undefined ? undefined : { findings, resume: rereadFrom(target.nameEnd, last.end) };
    }
    from = value.behind + next.length;
  }
}

const elementEnd = alphabet('<\n');

/** What stands between a tag and the next. */
function elementText(scan: Scan, from: number): Value {
  const end = scan.until(from, elementEnd, 65_536);
  const cutOff = end === scan.text.length && !scan.slice(from, Math.min(end, from + 256)).includes(' ');
  const closed = end > from && (cutOff || scan.startsWith('</', end));
  return { start: from, end: closed ? end : from, quoted: true, behind: end };
}

function standsFirst(scan: Scan, start: number): boolean {
  const before = scan.slice(Math.max(0, start - 64), start);
  return /(?:^|\n|\\n)[ \t]*(?:-[ \t]+|export[ \t]+)?["']?$/.test(before) && (start <= 64 || /\n|\\n/.test(before));
}

const heredoc = /^<<[-~]?["']?([A-Za-z_]{1,32})/;
const yamlBlock = /^[|>][0-9+-]{0,2}[ \t]{0,8}(?:#[^\n]{0,32})?\n/;

/** A YAML block scalar or a heredoc: the lines of the value, whatever is in them. */
function blockValue(target: Target, from: number, head: string): Reading | undefined {
  const { scan, kind } = target;
  const word = heredoc.exec(head)?.[1];
  const start = scan.lineEnd(from, 256) + 1;
  if (word === undefined && !yamlBlock.test(head)) return undefined;
  const indent = indentOf(scan, scan.lineStart(target.start, 256));
  let end = start;
  let last = start;
  while (end < scan.text.length) {
    const lineEnd = scan.lineEnd(end);
    const line = scan.slice(end, Math.min(lineEnd, end + 160));
    if (word !== undefined ? line.trim() === word : line.trim() !== '' && indentOf(scan, end) <= indent) break;
    if (line.trim() !== '') last = lineEnd;
    end = lineEnd + 1;
  }
  const text = scan.slice(start, Math.min(last, start + 1_025)).trim();
  const context = { quoted: true, colon: true, startsLine: true, spacedEquals: false, path: false };
  if (last <= start || !judge(kind === 'secret' ? 'token' : kind, text, context)) return nothingBefore(last);
  const first = scan.run(start, blanks);
  return { findings: [{ start: first, end: last, rule: labels[kind], byContext: true }], resume: last };
}

const blanks = alphabet(' \t');

function indentOf(scan: Scan, lineStart: number): number {
  return scan.run(lineStart, blanks, 200) - lineStart;
}
