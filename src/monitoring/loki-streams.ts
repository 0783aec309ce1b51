import { z } from 'zod';
import { ask } from './reply.ts';
import type { Sender } from './sender.ts';

/** Lines as Loki has them: nothing is redacted here, so whoever asks does it, or takes of a line only what is no secret. */
export interface RawLine {
  readonly at: Date;
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface StreamsQuery {
  /** Our own LogQL, or one that was written anew (logql.ts). */
  readonly query: string;
  readonly from: Date;
  readonly to: Date;
  readonly limit: number;
}

/** What Loki gives at most, unless its operator allows more. */
export const mostLines = 5_000;

const streams = z.object({
  resultType: z.literal('streams'),
  result: z
    .array(
      z.object({
        stream: z.record(z.string().max(300), z.string()),
        values: z.array(z.tuple([z.string().regex(/^\d{1,20}$/), z.string()]).rest(z.unknown())).max(mostLines),
      }),
    )
    .max(mostLines),
});

export interface RawStreams {
  /** Each oldest first; lines of one stream belong together, as a key that is printed over several does. */
  readonly streams: readonly (readonly RawLine[])[];
  /** There may be older lines than these. */
  readonly truncated: boolean;
}

/** The newest lines of a window. */
export async function readStreams(
  sender: Sender,
  { query, from, to, limit }: StreamsQuery,
  signal: AbortSignal,
): Promise<RawStreams> {
  const parameters = {
    query,
    start: nanoseconds(from),
    // The end is left out of the window; a line of its last moment is meant too.
    end: nanoseconds(new Date(to.getTime() + 1)),
    limit: String(limit),
    direction: 'backward',
  };
  const { data, partial } = await ask(
    sender,
    ['loki', 'api', 'v1', 'query_range'],
    { parameters, data: streams },
    signal,
  );
  const read = data.result.map(({ stream, values }) =>
    values
      .map(([time, text], index) => ({ time: BigInt(time), index, text }))
      // What was sent newest first is turned round, lines of one moment too.
      .sort((a, b) => (a.time === b.time ? b.index - a.index : a.time < b.time ? -1 : 1))
      .map(({ time, text }): RawLine => ({ at: new Date(Number(time / 1_000_000n)), labels: stream, text })),
  );
  const count = read.reduce((sum, lines) => sum + lines.length, 0);
  return { streams: read, truncated: partial || count >= limit };
}

export function nanoseconds(moment: Date): string {
  return `${BigInt(moment.getTime()) * 1_000_000n}`;
}
