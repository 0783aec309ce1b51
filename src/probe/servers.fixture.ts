import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

/** Real servers on loopback that go with the test. */

export async function serveHttp(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  return listening(server, () => server.closeAllConnections());
}

export async function serveHttps(answer: RequestListener, certificate: Certificate): Promise<number> {
  const server = createSecureServer({ key: certificate.key, cert: certificate.cert }, answer);
  return listening(server, () => server.closeAllConnections());
}

export async function serveTcp(answer: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  });
  return listening(server, () => {
    for (const socket of open) socket.destroy();
  });
}

async function listening(server: Server, end: () => void): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    end();
    await new Promise((resolve) => server.close(resolve));
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address.port;
}

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Self-signed; `days` -1 where it is to be over already. */
export async function certificateFor(name: string, days: number): Promise<Certificate> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-probe-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = join(folder, 'request.pem');
  const extension = join(folder, 'extension');
  writeFileSync(extension, `subjectAltName=DNS:${name}\n`);
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', request];
  await execa('openssl', ['req', '-new', ...made, '-subj', '/O=Example Home/CN=probe test']);
  const signed = ['-in', request, '-signkey', key, '-days', String(days), '-extfile', extension, '-out', cert];
  await execa('openssl', ['x509', '-req', ...signed]);
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** A name server that knows these A records, and of all else says that there is none; `asked` is what it heard. */
export async function serveDns(
  records: Readonly<Record<string, readonly string[]>>,
): Promise<{ readonly server: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const { name, type, end } = questionIn(question);
    asked.push(name);
    const known = records[name];
    const answers = type === 1 ? (known ?? []) : [];
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(known === undefined ? 0x8583 : 0x8580, 2);
    head.writeUInt16BE(answers.length, 6);
    head.writeUInt32BE(0, 8);
    const rows = answers.map((address) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
    );
    socket.send(Buffer.concat([head, question.subarray(12, end), ...rows]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => socket.close(resolve)));
  return { server: `127.0.0.1:${socket.address().port}`, asked };
}

function questionIn(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let size = message[at] ?? 0; size > 0; size = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}
