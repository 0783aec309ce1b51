import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import { listen } from './loopback.fixture.ts';
import { createTransport, type Transport } from './transport.ts';

const token = randomBytes(24).toString('base64url');
const { signal } = new AbortController();
const version = { kind: 'document', document: 'version' } as const;

/** A proxy as kubectl's proxy-url means one: it is asked for a tunnel and sees nothing of what goes through. */
async function openProxy(): Promise<
  { url: string; asked: { target: string; headers: IncomingHttpHeaders }[] } & AsyncDisposable
> {
  const asked: { target: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', ({ url = '', headers }, socket) => {
    asked.push({ target: url, headers });
    const [host = '', port] = url.split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].map((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const through = (server: string, proxy: string): Transport =>
  createTransport({
    login: { context: 'home', server: new URL(server), proxy },
    credential: async () => ({ tls: {}, authorization: new Secret(`Bearer ${token}`) }),
    deadlineMs: 3_000,
    ceilingBytes: 1_000,
  });

describe('the proxy of a kubeconfig', () => {
  it('carries every request, and is shown neither the credential nor the path', async () => {
    await using server = await listen((_request, response) => response.end('{}'));
    await using proxy = await openProxy();
    await using transport = through(server.url, proxy.url);
    await transport.read(version, { signal });
    expect(server.seen).toMatchObject([{ url: '/version', headers: { authorization: `Bearer ${token}` } }]);
    expect(proxy.asked.map(({ target }) => target)).toEqual([new URL(server.url).host]);
    expect(JSON.stringify(proxy.asked)).not.toContain(token);
    expect(JSON.stringify(proxy.asked)).not.toContain('/version');
  });

  it('that is away is an error, and nothing goes around it', async () => {
    await using server = await listen((_request, response) => response.end('{}'));
    await using transport = through(server.url, 'http://127.0.0.1:1');
    await expect(transport.read(version, { signal })).rejects.toMatchObject({ code: 'cluster-unreachable' });
    expect(server.seen).toEqual([]);
  });

  it('of another kind is refused', async () => {
    await using transport = through('http://127.0.0.1:1', 'socks5://127.0.0.1:1080');
    await expect(transport.read(version, { signal })).rejects.toMatchObject({
      code: 'cluster-config-invalid',
      next: expect.stringContaining('proxy-url'),
    });
  });
});
