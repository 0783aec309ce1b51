import { readFile } from 'node:fs/promises';
import { Agent, type Dispatcher } from 'undici';
import { isLoopback, tryReadSecret } from '../config/index.ts';
import { CastellanError, Secret } from '../kit/index.ts';
import { monitoringError } from './errors.ts';

/**
 * The one way to a monitoring server: GET, one address, no redirect, no compression, a deadline and a ceiling of bytes. It asks no
 * environment variable: neither for a proxy, nor whether certificates count.
 */
export interface ServerAddress {
  /** http or https, host, and a path where the server stands behind one: `https://metrics.example.net/prometheus`. */
  readonly url: string;
  /** PEM of the only authority that is trusted; undefined: those of the system. */
  readonly caFile?: string | undefined;
  /** A file with a bearer token; read anew for each request, since such tokens rotate. */
  readonly tokenFile?: string | undefined;
  /** Send the token over http:// beyond loopback: inside a cluster. */
  readonly plainHttp?: boolean | undefined;
  /** `X-Scope-OrgID`. */
  readonly tenant?: string | undefined;
}

export interface SenderOptions extends ServerAddress {
  /** For messages and for the key in castellan.yaml: `prometheus`. */
  readonly name: ServerName;
  readonly deadlineMs?: number | undefined;
  readonly ceilingBytes?: number | undefined;
}

export type ServerName = 'prometheus' | 'alertmanager' | 'loki';

export interface Received {
  readonly status: number;
  readonly text: string;
}

export type QueryParameters = Readonly<Record<string, string | readonly string[]>>;

const defaultDeadlineMs = 10_000;
const defaultCeilingBytes = 8 * 1024 * 1024;

export class Sender implements AsyncDisposable {
  readonly name: ServerName;
  readonly #options: SenderOptions;
  readonly #base: URL;
  readonly #agent: Agent;

  private constructor(options: SenderOptions, base: URL, ca: Buffer | undefined) {
    this.name = options.name;
    this.#options = options;
    this.#base = base;
    // rejectUnauthorized is said, because an environment variable of Node's would otherwise decide.
    const connect = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
    this.#agent = new Agent({ connections: 4, pipelining: 1, allowH2: false, keepAliveTimeout: 10_000, connect });
  }

  /** Throws `monitoring-config-invalid`. Nothing is asked yet. */
  static async open(options: SenderOptions): Promise<Sender> {
    return new Sender(options, baseOf(options), await authorityOf(options));
  }

  /** Below the address; segments are encoded. Any status comes back, but for a redirect. */
  async get(segments: readonly string[], parameters: QueryParameters, signal: AbortSignal): Promise<Received> {
    const { deadlineMs = defaultDeadlineMs } = this.#options;
    const late = AbortSignal.timeout(deadlineMs);
    const within = AbortSignal.any([signal, late]);
    try {
      return await this.#ask(this.#pathOf(segments, parameters), within, deadlineMs);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CastellanError) throw error;
      if (late.aborted) throw this.failure('monitoring-deadline', `did not answer within ${deadlineMs / 1_000} s`);
      throw this.failure('monitoring-unreachable', `could not be reached${causeText(error)}`);
    }
  }

  failure(
    code: MonitoringCode,
    what: string,
    next = `check monitoring.${this.name} in castellan.yaml`,
  ): CastellanError {
    return monitoringError(code, { message: `${this.name} ${what}`, next });
  }

  async #ask(path: string, signal: AbortSignal, deadlineMs: number): Promise<Received> {
    const answer = await this.#agent.request({
      origin: this.#base.origin,
      path,
      method: 'GET',
      headers: this.#headers(),
      signal,
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
    });
    const { statusCode, headers, body } = answer;
    const refused = this.#refusalOf(statusCode, headers);
    if (refused === undefined) return { status: statusCode, text: await this.#read(body) };
    // A destroyed stream says so as an error event, which nobody else listens for.
    body.once('error', () => undefined).destroy();
    throw refused;
  }

  #refusalOf(status: number, headers: Dispatcher.ResponseData['headers']): CastellanError | undefined {
    if (status >= 300 && status < 400)
      return this.failure('monitoring-redirected', `answered ${status}, which sends elsewhere`);
    const coding = headers['content-encoding'];
    if (coding === undefined || coding === 'identity') return undefined;
    return this.failure('monitoring-reply-invalid', 'compressed its answer, though it was told not to');
  }

  async #read(body: Dispatcher.ResponseData['body']): Promise<string> {
    const { ceilingBytes = defaultCeilingBytes } = this.#options;
    const chunks: Uint8Array[] = [];
    let size = 0;
    // Leaving the loop by an error destroys the stream, so the rest is never received.
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > ceilingBytes) {
        const next = 'ask for fewer series or lines, or for less time';
        throw this.failure('query-too-wide', `had more than ${ceilingBytes} bytes to say`, next);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size).toString('utf8');
  }

  #pathOf(segments: readonly string[], parameters: QueryParameters): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      for (const one of typeof value === 'string' ? [value] : value) search.append(name, one);
    }
    const below = segments.map(encodeURIComponent).join('/');
    return `${this.#base.pathname.replace(/\/$/, '')}/${below}${search.size === 0 ? '' : `?${search.toString()}`}`;
  }

  #headers(): Record<string, string> {
    const { tenant, tokenFile } = this.#options;
    return {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'castellan',
      ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
      ...(tokenFile === undefined ? {} : { authorization: `Bearer ${this.#token(tokenFile).reveal()}` }),
    };
  }

  #token(file: string): Secret {
    const read = tryReadSecret(file, `monitoring.${this.name}.tokenFile`);
    if (!(read instanceof Secret)) throw monitoringError('monitoring-config-invalid', read);
    if (/^[\x21-\x7e]+$/.test(read.reveal())) return read;
    throw this.failure('monitoring-config-invalid', 'has a token with a character no token has');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

type MonitoringCode = Parameters<typeof monitoringError>[0];

function baseOf({ name, url, tokenFile, plainHttp = false, tenant }: SenderOptions): URL {
  const base = URL.parse(url);
  const invalid = (what: string): CastellanError =>
    monitoringError('monitoring-config-invalid', {
      message: `monitoring.${name} ${what}`,
      next: 'correct castellan.yaml; `castellan config check` shows where',
    });
  if (base === null || !isServerUrl(url)) throw invalid('must be http or https, a host, and at most a path after it');
  if (tokenFile !== undefined && base.protocol === 'http:' && !plainHttp && !isLoopback(base.hostname))
    throw invalid('would send its token over http to another host; inside a cluster say plainHttp: true');
  if (tenant !== undefined && !/^[\w.!()*'-]{1,150}$/.test(tenant)) throw invalid('has a tenant no server takes');
  return base;
}

/** Nothing in it that could steer a request or hold a credential. */
export function isServerUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return false;
  return text === `${url.origin}${url.pathname}` || text === url.origin;
}

async function authorityOf({ name, caFile }: SenderOptions): Promise<Buffer | undefined> {
  if (caFile === undefined) return undefined;
  try {
    return await readFile(caFile);
  } catch (error) {
    throw monitoringError('monitoring-config-invalid', {
      message: `the file that monitoring.${name}.caFile names cannot be read${causeText(error)}`,
      next: 'correct castellan.yaml, or let the daemon read the file',
    });
  }
}

/** Of an error of Node's only its code: its words may hold what was sent. */
function causeText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? ` (${code})` : '';
}
