import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAll } from './scratch-castellan.ts';

/**
 * A relay on loopback that adds a bearer token, for test programs that cannot send one. Its own name in Host and Origin
 * becomes the server's; any other name is passed on as it is, so that the server itself must refuse it. `edit` sees each
 * JSON answer whole, and must keep its length.
 */
export async function authorizingProxy(
  target: URL,
  token: string,
  edit: (json: string) => string = (json) => json,
): Promise<{ url: string } & AsyncDisposable> {
  let own = '';
  const renamed = (value: string | undefined): string | undefined => value?.replace(own, target.host);
  const headersFor = (headers: IncomingHttpHeaders): IncomingHttpHeaders => ({
    ...headers,
    host: renamed(headers.host) ?? '',
    ...(headers.origin === undefined ? {} : { origin: renamed(headers.origin) ?? '' }),
    authorization: `Bearer ${token}`,
  });
  const server = createServer((given, answer) => {
    const onward = httpRequest(
      new URL(given.url ?? '/', target),
      { method: given.method ?? 'GET', headers: headersFor(given.headers) },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        if (reply.headers['content-type']?.startsWith('application/json') !== true) reply.pipe(answer);
        else
          readAll(reply).then(
            (json) => answer.end(edit(json)),
            () => answer.destroy(),
          );
      },
    );
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    given.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  own = `127.0.0.1:${port}`;
  return {
    url: `http://${own}${target.pathname}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
