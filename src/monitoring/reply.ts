import { z } from 'zod';
import { invalid, tooWide } from './matcher.ts';
import type { QueryParameters, Received, Sender } from './sender.ts';

/** What Prometheus and Loki wrap every answer in. */
const envelope = z.object({
  status: z.literal('success'),
  data: z.unknown(),
  warnings: z.array(z.unknown()).optional(),
});

const refusal = z.object({ errorType: z.string().optional() });

export interface Reply<Data> {
  readonly data: Data;
  /** The server says itself that it could not ask everybody it would have. */
  readonly partial: boolean;
}

/** Asks, and reads `data` of the answer. Throws whatever is wrong with it; of what the server says, nothing is repeated. */
export async function ask<Data>(
  sender: Sender,
  path: readonly string[],
  { parameters = {}, data }: { readonly parameters?: QueryParameters; readonly data: z.ZodType<Data> },
  signal: AbortSignal,
): Promise<Reply<Data>> {
  const received = await sender.get(path, parameters, signal);
  const body = answered(sender, received);
  const wrapped = envelope.safeParse(body);
  const read = data.safeParse(wrapped.data?.data);
  if (!wrapped.success || !read.success) throw notSuch(sender);
  return { data: read.data, partial: (wrapped.data.warnings?.length ?? 0) > 0 };
}

/** An answer that stands by itself, as Alertmanager's and `buildinfo` of Loki do. */
export async function askPlain<Data>(
  sender: Sender,
  path: readonly string[],
  { parameters = {}, data }: { readonly parameters?: QueryParameters; readonly data: z.ZodType<Data> },
  signal: AbortSignal,
): Promise<Data> {
  const read = data.safeParse(answered(sender, await sender.get(path, parameters, signal)));
  if (!read.success) throw notSuch(sender);
  return read.data;
}

/** Whether it says that it is ready: 200; 503 while it starts. */
export async function isReady(sender: Sender, path: readonly string[], signal: AbortSignal): Promise<boolean> {
  const received = await sender.get(path, {}, signal);
  if (received.status !== 200 && received.status !== 503) throw failureOf(sender, received);
  return received.status === 200;
}

function answered(sender: Sender, received: Received): unknown {
  if (received.status !== 200) throw failureOf(sender, received);
  const body = parse(received.text);
  if (body === undefined) throw notSuch(sender);
  return body;
}

function failureOf(sender: Sender, { status, text }: Received): Error {
  const type = refusal.safeParse(parse(text)).data?.errorType;
  if (status === 401 || status === 403) {
    return sender.failure('monitoring-forbidden', `did not let us in (${status})`);
  }
  if (status === 429) return sender.failure('monitoring-limited', 'asks to be called less often', 'ask again later');
  if (type === 'timeout' || type === 'canceled')
    return tooWide(`took ${sender.name} too long`, 'ask for fewer series, or for less time');
  if (status === 400) {
    return invalid(`was not accepted by ${sender.name} (400)`, 'correct it; what is of a newer version may be missing');
  }
  if (status === 422) {
    const next = 'ask for fewer series or less time; two sides of an operator must match one to one';
    return sender.failure('monitoring-rejected', 'could not carry out the query (422)', next);
  }
  if (status === 404) return sender.failure('monitoring-reply-invalid', 'has nothing at the path of its API (404)');
  if (status >= 500) return sender.failure('monitoring-failing', `failed (${status})`, 'look at the server itself');
  return sender.failure('monitoring-rejected', `did not accept the request (${status})`);
}

function notSuch(sender: Sender): Error {
  return sender.failure('monitoring-reply-invalid', `sent what no ${sender.name} answers`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The parser's message quotes the text: told as what it is, no answer of such a server.
  }
}
