import { Agent } from 'undici';

/**
 * GET and nothing else: no redirect is followed, certificates are checked whatever the environment says, and nothing waits longer
 * than its time. A failure says nothing of the address.
 */
export interface Web extends AsyncDisposable {
  /** The status alone; what the server says is not read. */
  status(url: URL, signal: AbortSignal): Promise<number>;
  /** What a server answers with 200, as JSON. */
  json(url: URL, signal: AbortSignal): Promise<unknown>;
}

/** In words of ours: what kept it from being measured. */
export class Unreachable extends Error {}

const lookMs = 10_000;
const ceilingBytes = 1_000_000;

export function openWeb(timeoutMs: number = lookMs): Web {
  const agent = new Agent({
    connections: 4,
    pipelining: 1,
    allowH2: false,
    // Said, because an environment variable of Node's would otherwise decide.
    connect: { rejectUnauthorized: true, timeout: timeoutMs },
  });

  const get = async <Result>(
    url: URL,
    signal: AbortSignal,
    read: (response: Awaited<ReturnType<Agent['request']>>) => Promise<Result>,
  ): Promise<Result> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'GET',
        headers: { accept: 'application/json, */*;q=0.1', 'user-agent': 'castellan' },
        signal: AbortSignal.any([signal, timeout]),
      });
      try {
        return await read(response);
      } finally {
        // Nobody reads the rest, so nobody is to be told how it ended.
        response.body.on('error', () => undefined).destroy();
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Unreachable) throw error;
      if (timeout.aborted) throw new Unreachable(`it did not answer within ${timeoutMs / 1_000} s`, { cause: error });
      throw new Unreachable(`it cannot be reached (${reasonOf(error)})`, { cause: error });
    }
  };

  return {
    status: (url, signal) => get(url, signal, async ({ statusCode }) => statusCode),
    json: (url, signal) =>
      get(url, signal, async ({ statusCode, body }) => {
        if (statusCode !== 200) throw new Unreachable(`it answered ${statusCode}`);
        const chunks: Uint8Array[] = [];
        let size = 0;
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          size += chunk.byteLength;
          if (size > ceilingBytes) throw new Unreachable('its answer is too large');
          chunks.push(chunk);
        }
        return parse(Buffer.concat(chunks).toString('utf8'));
      }),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Unreachable('its answer is not JSON', { cause });
  }
}

/** A driver's message may hold addresses; its code does not. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no reason given';
}

/** A path below an address that may have one of its own. */
export function below(address: string, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  url.search = new URLSearchParams(query).toString();
  url.hash = '';
  return url;
}
