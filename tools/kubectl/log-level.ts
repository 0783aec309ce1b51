/** How bad a line is, by its own account; `trace` is counted as `debug`. Worst last. */
const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

export function isAtLeast(level: Level | undefined, least: Level): boolean {
  return levels.indexOf(level ?? 'info') >= levels.indexOf(least);
}

const words: Readonly<Record<string, Level>> = {
  trace: 'debug',
  debug: 'debug',
  dbg: 'debug',
  verbose: 'debug',
  info: 'info',
  information: 'info',
  log: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  err: 'error',
  error: 'error',
  severe: 'error',
  crit: 'fatal',
  critical: 'fatal',
  fatal: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  panic: 'fatal',
  dpanic: 'fatal',
};
const anyWord = Object.keys(words).join('|');

const jsonField =
  /"(?:@?level|severity|lvl|log[._]?level|levelname|severityText)"\s{0,2}:\s{0,2}(?:"([a-z]{3,11})"|(\d{2}))/i;
const jsonStatus = /"(?:\w{0,12}status(?:_?code)?)"\s{0,2}:\s{0,2}"?([1-5]\d\d)\b/i;
const logfmtField = /(?:^|[\s,])(?:level|lvl|severity)=["']?([a-z]{3,11})/i;
const letters: Readonly<Record<string, Level>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };
const klog = /^([IWEF])\d{4} \d\d:\d\d:\d\d/;
const bracketed = new RegExp(`[[<(|]\\s{0,2}(${anyWord})\\s{0,2}[\\])>|]`, 'i');
const leading = new RegExp(`^(${anyWord}):`, 'i');
const capital = new RegExp(`(?<![\\w/.-])(${anyWord.toUpperCase()})(?![\\w/.-])`);
/** `"GET / HTTP/1.1" 502`, `GET /items 502`. */
const request = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S{1,2000}(?: HTTP\/[\d.]{1,3}"?)? ([1-5]\d\d)\b/;
const thrown =
  /^(?:Traceback \(|Exception in thread|Caused by: |Uncaught |(?:[\w$]{1,60}\.){0,12}[A-Z]?[\w$]{0,60}(?:Exception|Error)\b[: ])/;
const died = /^panic: |\bsegmentation fault\b|\bout of memory\b/i;
const failure =
  /(?<!\b(?:no|without|0) )\b(?:errors?|exception|fail(?:ed|ure)?|fatal|could not|cannot|unable to|timed out|refused)\b(?![=:] ?(?:0|null|nil|false|<nil>)\b)/i;

/** A level stands near the start; further on it is part of what is told. */
const near = 160;

/**
 * The level a line names: in a JSON or logfmt field, as klog does, in brackets, in capitals. A line that names none is judged
 * by its HTTP status or by words of failure; `undefined` when nothing in it tells.
 */
export function levelOf(line: string): Level | undefined {
  if (line.startsWith('{')) return levelOfJson(line);
  const head = line.slice(0, near);
  const [, letter] = klog.exec(head) ?? [];
  if (letter !== undefined) return letters[letter];
  const [, word] = logfmtField.exec(line) ?? leading.exec(head) ?? bracketed.exec(head) ?? capital.exec(head) ?? [];
  const [, status] = request.exec(line) ?? [];
  return levelOfWord(word) ?? (status === undefined ? levelOfFailure(line) : levelOfStatus(status));
}

function levelOfJson(line: string): Level | undefined {
  const [, word, number] = jsonField.exec(line) ?? [];
  if (number === undefined) return levelOfWord(word) ?? levelOfStatus(jsonStatus.exec(line)?.[1]);
  return levels[Math.min(4, Math.max(0, Math.floor(Number(number) / 10) - 2))];
}

function levelOfWord(word: string | undefined): Level | undefined {
  const key = word?.toLowerCase() ?? '';
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

function levelOfStatus(status: string | undefined): Level | undefined {
  return status?.startsWith('5') ? 'error' : undefined;
}

function levelOfFailure(line: string): Level | undefined {
  if (died.test(line)) return 'fatal';
  return thrown.test(line) || failure.test(line) ? 'error' : undefined;
}
