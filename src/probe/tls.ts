import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { certificateProblem, dateOf, nameProblem, timeProblem } from './certificate.ts';
import type { TlsProbe } from './port.ts';
import { codeOf } from './resolve.ts';
import type { Target } from './target.ts';
import { isUnreachable, Unreached } from './unreached.ts';
import { plainLine } from './words.ts';

const mostNames = 50;

/** One handshake with one address, which was looked up and allowed before; nothing is sent after it. */
export async function shakeHands(
  target: Target,
  address: string,
  deadline: AbortSignal,
): Promise<Omit<TlsProbe, 'target'>> {
  let connected = false;
  const socket = connect({
    host: address,
    port: target.port,
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    ...(target.isAddress ? {} : { servername: target.host }),
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = (): void => void socket.destroy(new Error('late'));
  deadline.addEventListener('abort', stop, { once: true });
  if (deadline.aborted) stop();
  socket.once('connect', () => {
    connected = true;
  });
  socket.once('secureConnect', resolve);
  socket.on('error', reject);
  socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  try {
    await promise;
    return told(socket, target, new Date());
  } catch (error) {
    const code = deadline.aborted ? 'late' : codeOf(error);
    if (isUnreachable(code)) throw new Unreached(code, { cause: error });
    const asked = code === 'ECONNREFUSED' || (connected && code !== 'late');
    return { ...nothing, works: asked ? 'no' : 'unknown', problem: words[code] ?? `there is no TLS there (${code})` };
  } finally {
    deadline.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function told(socket: TLSSocket, { host }: Target, now: Date): Omit<TlsProbe, 'target'> {
  const certificate: PeerCertificate = socket.getPeerCertificate();
  const error: unknown = socket.authorizationError;
  const chain = socket.authorized ? undefined : error instanceof Error ? codeOf(error) : String(error);
  const wrong = timeProblem(certificate, now) ?? nameProblem(certificate, host);
  return {
    works: wrong === undefined ? 'yes' : 'no',
    notAfter: dateOf(certificate.valid_to),
    issuer: issuerOf(certificate),
    names: namesOf(certificate),
    protocol: socket.getProtocol() ?? undefined,
    problem: certificateProblem(certificate, host, chain, now),
  };
}

function issuerOf({ issuer }: PeerCertificate): string | undefined {
  const parts = [issuer?.O, issuer?.CN].flat().filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : plainLine(parts.join(', '));
}

function namesOf({ subjectaltname = '' }: PeerCertificate): readonly string[] {
  return subjectaltname
    .split(', ')
    .flatMap((one) => /^(?:DNS|IP Address):(.+)$/.exec(one)?.[1] ?? [])
    .slice(0, mostNames)
    .map(plainLine);
}

const nothing = { notAfter: undefined, issuer: undefined, names: [], protocol: undefined } as const;

const words: Readonly<Record<string, string>> = {
  late: 'it did not answer in time',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it ended the connection in the handshake',
};
