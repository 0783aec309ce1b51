import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { certificateProblem } from './certificate.ts';
import type { HttpProbe } from './port.ts';
import { type Pretender, pretenderOf } from './pretenders.ts';
import { codeOf } from './resolve.ts';
import type { UrlTarget } from './target.ts';
import { isUnreachable, Unreached } from './unreached.ts';
import { plainLine } from './words.ts';

const mostBytes = 64 * 1024;
const mostHeaderBytes = 16 * 1024;

export type Fetched = Omit<HttpProbe, 'url'>;

/**
 * One GET to one address, which was looked up and allowed before. `deadline` is the only way it is told to stop. What was
 * already known by then is told.
 */
export async function getFrom(target: UrlTarget, address: string, deadline: AbortSignal): Promise<Fetched> {
  const begun = performance.now();
  const took = (): number => Math.round(performance.now() - begun);
  let answer: Answered;
  try {
    answer = await ask(target, address, deadline);
  } catch (error) {
    const code = deadline.aborted ? 'late' : codeOf(error);
    if (isUnreachable(code)) throw new Unreached(code, { cause: error });
    const connected = isConnected(error) || code === 'ECONNREFUSED' || code.startsWith('HPE_');
    return {
      ...nothing,
      works: connected ? 'no' : 'unknown',
      tookMs: took(),
      problem: words[code] ?? `it cannot be asked (${code})`,
    };
  }
  const { response, body, cut, certificate } = answer;
  const status = response.statusCode ?? 0;
  const redirect = status >= 300 && status < 400 ? URL.parse(response.headers.location ?? '', target.url) : null;
  const pretends = pretenderOf({
    status,
    host: target.host,
    location: redirect?.href,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value ?? '')])),
    html: /html/i.test(response.headers['content-type'] ?? '') ? body : undefined,
  });
  const problems = [
    ...(certificate === undefined ? [] : [certificate]),
    ...(cut === 'late' ? ['the answer did not end in time'] : []),
  ];
  return {
    works: worksBy(status, pretends),
    status,
    tookMs: took(),
    location: redirect === null ? undefined : plainLine(`${redirect.protocol}//${redirect.host}${redirect.pathname}`),
    server: serverOf(response),
    pretends,
    problem: problems.length === 0 ? undefined : problems.join('; '),
  };
}

function serverOf({ headers }: IncomingMessage): string | undefined {
  const said = headers['server'];
  return said === undefined ? undefined : plainLine(String(said));
}

const nothing = {
  status: undefined,
  tookMs: undefined,
  location: undefined,
  server: undefined,
  pretends: undefined,
} as const;

/** What stands behind a wall or another host's login was not seen. */
function worksBy(status: number, pretends: Pretender | undefined): HttpProbe['works'] {
  if (status >= 500 || pretends === 'an error page') return 'no';
  return pretends === 'a bot wall' || pretends === 'a login at another host' ? 'unknown' : 'yes';
}

const words: Readonly<Record<string, string>> = {
  late: 'it did not answer in time',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it ended the connection without an answer',
  EPROTO: 'it does not speak TLS there',
  HPE_HEADER_OVERFLOW: 'the head of its answer is too large',
};

function isConnected(error: unknown): boolean {
  return error instanceof Error && 'wasConnected' in error && error.wasConnected === true;
}

interface Answered {
  readonly response: IncomingMessage;
  readonly body: string;
  readonly cut: 'large' | 'late' | undefined;
  readonly certificate: string | undefined;
}

function ask(target: UrlTarget, address: string, deadline: AbortSignal): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  // An agent of its own for one connection: nothing of the environment's, such as a proxy, gets in between.
  const options = {
    host: address,
    port: target.port,
    path: target.path,
    method: 'GET',
    setHost: false,
    headers: {
      host: hostHeader(target),
      'user-agent': 'castellan-probe',
      accept: 'text/html,*/*;q=0.5',
      'accept-encoding': 'identity',
      connection: 'close',
    },
    maxHeaderSize: mostHeaderBytes,
    insecureHTTPParser: false,
  };
  const sent = target.secure
    ? secureRequest({
        ...options,
        agent: new SecureAgent({ keepAlive: false, maxCachedSessions: 0 }),
        // Nothing is told to it; whom nobody trusts is said in the answer.
        rejectUnauthorized: false,
        ...(target.isAddress ? {} : { servername: target.host }),
      })
    : plainRequest({ ...options, agent: new PlainAgent({ keepAlive: false }) });
  let connected = false;
  let end: ((cut: Answered['cut']) => void) | undefined;
  const stop = (): void => {
    if (end === undefined) sent.destroy(new Error('late'));
    else end('late');
  };
  deadline.addEventListener('abort', stop, { once: true });
  if (deadline.aborted) stop();
  sent.once('socket', (socket) => socket.once(target.secure ? 'secureConnect' : 'connect', () => (connected = true)));
  sent.on('error', (error) => reject(Object.assign(error, { wasConnected: connected })));
  sent.once('response', (response) => {
    const certificate = problemOf(response, target);
    const chunks: Buffer[] = [];
    let held = 0;
    const ended = (cut: Answered['cut']): void => {
      resolve({ response, certificate, cut, body: Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8') });
      sent.destroy();
    };
    end = ended;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      held += chunk.length;
      if (held >= mostBytes) ended('large');
    });
    response.once('end', () => ended(undefined));
    response.once('error', () => ended('late'));
    response.once('close', () => ended('late'));
  });
  sent.end();
  return promise.finally(() => deadline.removeEventListener('abort', stop));
}

function hostHeader({ host, port, secure }: UrlTarget): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}

function problemOf(response: IncomingMessage, target: UrlTarget): string | undefined {
  const { socket } = response;
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate: PeerCertificate = socket.getPeerCertificate();
  return certificateProblem(certificate, target.host, chainCode(socket), new Date());
}

function chainCode(socket: TLSSocket): string | undefined {
  const error: unknown = socket.authorizationError;
  if (socket.authorized || error === undefined || error === null) return undefined;
  return error instanceof Error ? codeOf(error) : String(error);
}
