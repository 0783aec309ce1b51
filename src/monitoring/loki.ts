import { z } from 'zod';
import { stripHiddenCharacters } from '../kit/index.ts';
import { daySeconds } from './duration.ts';
import { assertNoGuess, shownLabels } from './guard.ts';
import { type Match, passing } from './line-filter.ts';
import { boundedLogql } from './logql.ts';
import { mostLines, nanoseconds, type RawLine, readStreams } from './loki-streams.ts';
import { invalid, type Matcher, selectorText, tooWide } from './matcher.ts';
import type { LogAnswer, LogQuery, LogStore, PodLogQuery } from './port.ts';
import { problemOf } from './problem.ts';
import { type Deps, versionText } from './prometheus.ts';
import { exactly } from './quoted.ts';
import { ask, askPlain, isReady } from './reply.ts';
import { Sender, type ServerAddress } from './sender.ts';

/** How the shipper of this homelab calls them. */
export interface PodLabels {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface LokiOptions extends ServerAddress {
  readonly labels: PodLabels;
}

export interface LokiDeps extends Deps {
  readonly match: Match;
  /** Of the lines of one stream; as many come back. The redactor's own unless something stricter is at hand. */
  readonly redactLines?: ((lines: readonly string[]) => readonly string[]) | undefined;
}

type Line = LogAnswer['lines'][number];

const longestDays = 7;
const mostPods = 20;

/** Throws `monitoring-config-invalid`; a server that is away is told by each question. */
export async function connectLoki(
  { labels: names, ...address }: LokiOptions,
  { redactor, match, redactLines = (lines) => redactor.value([...lines]).value }: LokiDeps,
): Promise<LogStore & AsyncDisposable> {
  const sender = await Sender.open({ ...address, name: 'loki' });

  const valuesIn =
    ({ from, to }: Window) =>
    async (label: string, signal: AbortSignal): Promise<readonly string[]> => {
      const path = ['loki', 'api', 'v1', 'label', label, 'values'];
      // A day more on both sides: Loki knows labels by the period of its index.
      const parameters = { start: nanoseconds(daysFrom(from, -1)), end: nanoseconds(daysFrom(to, 1)) };
      // Where a label has no value it leaves `data` out.
      const data = z.array(z.string()).optional();
      return (await ask(sender, path, { parameters, data }, signal)).data ?? [];
    };

  const read = async (
    query: Window & { readonly matchers: readonly Matcher[]; readonly limit: number },
    signal: AbortSignal,
  ) => {
    const { matchers, from, to, limit } = query;
    const { streams, truncated } = await readStreams(
      sender,
      { query: selectorText(matchers), from, to, limit },
      signal,
    );
    // Stable, so that lines of one moment stay in the order of their stream.
    const lines = streams.flatMap((stream) => shownStream(stream)).sort((a, b) => a.at.getTime() - b.at.getTime());
    return { lines, truncated };
  };

  const shownStream = (stream: readonly RawLine[]): readonly Line[] => {
    const texts = redactLines(stream.map(({ text }) => text));
    const [first] = stream;
    const labels = first === undefined ? {} : shownLabels(first.labels, redactor);
    return stream.map(({ at }, index) => ({ at, labels, text: oneLine(texts[index] ?? '') }));
  };

  /** Whatever a shipper calls them, who asks for pods finds `namespace`, `pod` and `container`. */
  const namedPlainly = (line: Line): Line => {
    const plain = Object.entries(names).map(([name, label]) => [name, line.labels[label] ?? '']);
    return { ...line, labels: { ...line.labels, ...Object.fromEntries(plain) } };
  };

  return {
    async lines(asked, signal) {
      assertBounded(asked);
      const { matchers, filters } = boundedLogql(asked.query);
      await assertNoGuess(matchers, { redactor, valuesOf: valuesIn(asked) }, signal);
      // What a filter leaves is known only here, so with one as many lines are read as Loki gives.
      const limit = filters.length === 0 ? asked.limit : mostLines;
      const { lines, truncated } = await read({ ...asked, matchers, limit }, signal);
      const texts = lines.map(({ text }) => text);
      const passes = await passing(texts, filters, match, signal);
      return newest(
        lines.filter((_, index) => passes[index]),
        asked.limit,
        truncated,
      );
    },
    async ofPods(asked, signal) {
      assertBounded(asked);
      const { lines, truncated } = await read({ ...asked, matchers: podMatchers(asked, names) }, signal);
      return newest(lines.map(namedPlainly), asked.limit, truncated);
    },
    async health(signal) {
      const ready = await isReady(sender, ['ready'], signal);
      const data = z.object({ version: z.string().max(100).optional() });
      const path = ['loki', 'api', 'v1', 'status', 'buildinfo'];
      const said = ready ? await askPlain(sender, path, { data }, signal) : undefined;
      return { ready, version: versionText(said?.version) };
    },
    problemIn: (query) => problemOf(() => boundedLogql(query)),
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  };
}

type Window = Pick<LogQuery, 'from' | 'to'>;

function assertBounded({ from, to, limit }: Window & { readonly limit: number }): void {
  if (!(from < to)) throw invalid('begins after it ends', 'give a time that begins before it ends');
  if (to.getTime() - from.getTime() > longestDays * daySeconds * 1_000)
    throw tooWide(`is over more than ${longestDays} days`, 'ask for less time');
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= mostLines))
    throw tooWide(`asks for more than ${mostLines} lines`, `ask for 1 to ${mostLines}`);
}

/** Names are held to the form names have, so they can be no guess at anything else a label may hold. */
function podMatchers({ namespace, pods, podPrefix, container }: PodLogQuery, names: PodLabels): readonly Matcher[] {
  const wanted = pods ?? [];
  if (wanted.length === 0 && podPrefix === undefined) throw invalid('names no pod', 'name pods, or the start of them');
  if (wanted.length > mostPods) throw tooWide(`names more than ${mostPods} pods`, 'name fewer');
  const given = [namespace, container, podPrefix, ...wanted].filter((name) => name !== undefined);
  if (!given.every(isName)) throw invalid('has a name that no pod, namespace or container has');
  const alternatives = [
    ...wanted.map(exactly),
    ...(podPrefix === undefined ? [] : [`${exactly(podPrefix.replace(/-$/, ''))}-${generatedEnd}`]),
  ];
  return [
    ...(namespace === undefined ? [] : [{ label: names.namespace, op: '=', value: namespace } as const]),
    { label: names.pod, op: '=~', value: alternatives.join('|') },
    ...(container === undefined ? [] : [{ label: names.container, op: '=', value: container } as const]),
  ];
}

/** What controllers put behind a workload's name: `7754fd9cbb-qpx8j`, `qpx8j`, `0`; not `admin-7754fd9cbb-qpx8j`. */
const generatedEnd = '(?:[0-9a-z]{1,10}-[0-9a-z]{5}|[0-9a-z]{5}|[0-9]{1,4})';

function isName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9-])?$/.test(name);
}

function newest(lines: readonly Line[], limit: number, truncated: boolean): LogAnswer {
  return { lines: lines.slice(-limit), truncated: truncated || lines.length > limit };
}

function daysFrom(moment: Date, days: number): Date {
  return new Date(Math.max(0, moment.getTime() + days * daySeconds * 1_000));
}

/** What is searched is what is shown: one line with nothing hidden in it. */
function oneLine(redacted: string): string {
  const text = stripHiddenCharacters(redacted);
  return text.includes('\n') ? text.replace(/\n+/g, ' ').trimEnd() : text;
}
