import { Agent } from 'undici';
import { lookupNearby, NotNearby } from './endpoint.ts';
import { EndpointFailure } from './failure.ts';

/**
 * POST of JSON to an endpoint, and nothing else: no redirect is followed, certificates are checked whatever the environment
 * says, connections are few and kept, and an answer is read up to a ceiling. Failures are `EndpointFailure`.
 */
export interface Wire extends AsyncDisposable {
  /** `most`: bytes of the answer. An abort by `signal` rejects with its reason. */
  post(url: URL, body: object, options: PostOptions): Promise<unknown>;
}

export interface PostOptions {
  readonly most: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly apiKey: (() => string) | undefined;
}

export function openWire(): Wire {
  const common = { connections: 4, pipelining: 1, allowH2: false, keepAliveTimeout: 30_000 } as const;
  // rejectUnauthorized is said, because an environment variable of Node's would otherwise decide.
  const encrypted = new Agent({ ...common, connect: { rejectUnauthorized: true } });
  const plain = new Agent({ ...common, connect: { lookup: lookupNearby } });

  return {
    async post(url, body, { most, timeoutMs, signal, apiKey }) {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await (url.protocol === 'https:' ? encrypted : plain).request({
          origin: url.origin,
          path: url.pathname,
          method: 'POST',
          headers: {
            accept: 'application/json',
            'content-type': 'application/json',
            'user-agent': 'castellan',
            ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey()}` }),
          },
          body: JSON.stringify(body),
          signal: AbortSignal.any([signal, timeout]),
        });
        try {
          if (answer.statusCode !== 200) throw refusal(answer.statusCode, answer.headers['retry-after']);
          const reply = parse(await read(answer.body, most));
          if (reply === undefined) throw new EndpointFailure('wrong', 'its answer is not JSON');
          return reply;
        } finally {
          // Nobody reads the rest, so nobody is to be told how it ended.
          answer.body.on('error', () => undefined).destroy();
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof EndpointFailure) throw error;
        throw unreachable(error, timeout.aborted);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([encrypted.destroy(), plain.destroy()]);
    },
  };
}

async function read(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) throw new EndpointFailure('wrong', `its answer has more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

/** Undefined: it is not JSON. The parser's message quotes the text, so it ends here. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, retryAfter: string | string[] | undefined): EndpointFailure {
  const said = `it answered ${status}`;
  if (status === 400 || status === 413 || status === 422) return new EndpointFailure('text', said);
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const seconds = typeof retryAfter === 'string' && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) : undefined;
    return new EndpointFailure('busy', said, seconds === undefined ? {} : { waitMs: seconds * 1_000 });
  }
  return new EndpointFailure('wrong', said);
}

function unreachable(error: unknown, tooSlow: boolean): EndpointFailure {
  if (tooSlow) return new EndpointFailure('busy', 'it did not answer in time', { cause: error });
  if (error instanceof NotNearby) {
    return new EndpointFailure('wrong', 'its address is plain HTTP, and its name leads out of the private network', {
      cause: error,
    });
  }
  return new EndpointFailure('busy', `it cannot be reached (${codeOf(error)})`, { cause: error });
}

/** A driver's message may hold addresses; its code does not. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no reason given';
}
