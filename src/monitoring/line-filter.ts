import type { LineFilter } from './logql.ts';

/** Runs a JavaScript regular expression over texts, case ignored, in a thread that is killed when it never ends (src/cluster). */
export type Match = (pattern: string, texts: readonly string[], signal: AbortSignal) => Promise<readonly boolean[]>;

/** Which of the texts pass every filter. The texts are redacted: a filter is a question, and what is masked must not answer it. */
export async function passing(
  texts: readonly string[],
  filters: readonly LineFilter[],
  match: Match,
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  let passes: readonly boolean[] = texts.map(() => true);
  for (const filter of filters) {
    const hits = await anyOf(texts, filter, match, signal);
    const wants = filter.op === '|=' || filter.op === '|~';
    passes = passes.map((pass, index) => pass && hits[index] === wants);
  }
  return passes;
}

async function anyOf(
  texts: readonly string[],
  { op, texts: wanted }: LineFilter,
  match: Match,
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  if (op === '|=' || op === '!=') return texts.map((text) => wanted.some((part) => text.includes(part)));
  let found: readonly boolean[] = texts.map(() => false);
  for (const pattern of wanted) {
    const hits = await match(inCase(pattern), texts, signal);
    found = found.map((one, index) => one || hits[index] === true);
  }
  return found;
}

/** Loki minds the case unless it is told not to, and writes named groups in Go's way. */
function inCase(pattern: string): string {
  const plain = pattern.replaceAll('(?P<', '(?<');
  return plain.startsWith('(?i)') ? plain.slice('(?i)'.length) : `(?-i:${plain})`;
}
