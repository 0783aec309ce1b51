import { setImmediate as turn } from 'node:timers/promises';
import type { Redactor } from '../redaction/redactor.ts';
import { isRegex, type Matcher, refused, tooWide } from './matcher.ts';

/**
 * A matcher runs on the server, over labels as they are. What it may be told from its answer must not be more than what is shown: so
 * before it is sent, the values of its label are read and redacted. Where nothing of them is masked, any comparison will do. Where
 * something is, only a value that is shown as it stands may be named, and a right guess at the rest is answered as a wrong one is.
 */
export interface GuardOptions {
  readonly redactor: Redactor;
  /** Every value the label has wherever the query looks. */
  valuesOf(label: string, signal: AbortSignal): Promise<readonly string[]>;
}

const mostLabels = 8;
const mostValues = 50_000;

/** What stands under this name may be a secret by what the label beside it is called, which a value alone does not show. */
const namedElsewhere = /^val(?:ue)?$/i;

/** Redacting keeps everybody else waiting meanwhile. */
const atOnce = 500;

/** Throws `query-refused`, `query-too-wide`, and whatever reading the values may throw. */
export async function assertNoGuess(
  matchers: readonly Matcher[],
  { redactor, valuesOf }: GuardOptions,
  signal: AbortSignal,
): Promise<void> {
  const byLabel = Map.groupBy(matchers, ({ label }) => label);
  if (byLabel.size > mostLabels) throw tooWide(`matches more than ${mostLabels} labels`, 'match fewer labels');
  for (const [label, own] of byLabel) {
    if (namedElsewhere.test(label)) throw guess(label);
    const values = await valuesOf(label, signal);
    if (values.length > mostValues)
      throw tooWide(`matches ${label}, which has more than ${mostValues} values`, 'match another label');
    const shown = await shownOf(label, values, redactor, signal);
    const isPlain = shown.size === new Set(values).size;
    if (!isPlain && !own.every((matcher) => namesShown(matcher, shown))) throw guess(label);
  }
}

function namesShown(matcher: Matcher, shown: ReadonlySet<string>): boolean {
  return !isRegex(matcher) && (matcher.value === '' || shown.has(matcher.value));
}

async function shownOf(
  label: string,
  values: readonly string[],
  redactor: Redactor,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const shown = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (index % atOnce === atOnce - 1) {
      await turn();
      signal.throwIfAborted();
    }
    const [redacted] = Object.values(redactor.value({ [label]: value }).value);
    if (redacted === value) shown.add(value);
  }
  return shown;
}

function guess(label: string): Error {
  return refused(
    `matches the label ${label}, of which values are masked`,
    'match other labels, or name with = or != a value that is shown as it stands',
  );
}

/** Labels as they are shown. Two that only differ in what is masked become alike, and are told as two. */
export function shownLabels(labels: Readonly<Record<string, string>>, redactor: Redactor): Record<string, string> {
  return redactor.value({ ...labels }).value;
}

/** The order in which a server sends series is the order of their labels as they were; this is that of what is shown. */
export function inShownOrder<Item extends { readonly labels: Readonly<Record<string, string>> }>(
  items: readonly Item[],
): readonly Item[] {
  return items
    .map((item) => ({ item, key: JSON.stringify(Object.entries(item.labels).sort(([a], [b]) => (a < b ? -1 : 1))) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
