import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A registry on loopback that has one package, the tarball given, as if it had been published. Whatever else npm asks for it is sent
 * to the registry that this machine is configured with: npm goes there itself, with its own certificates and proxies.
 */
export interface LoopbackRegistry extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for, of this package. */
  readonly asked: readonly string[];
}

export interface Published {
  readonly tarball: string;
  /** Its package.json. */
  readonly manifest: { readonly name: string; readonly version: string };
  /** The registry everything else comes from. */
  readonly upstream: string;
}

export async function loopbackRegistry({ tarball, manifest, upstream }: Published): Promise<LoopbackRegistry> {
  const bytes = readFileSync(tarball);
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const { name, version } = manifest;
  const tarballPath = `/${name}/-/${name}-${version}.tgz`;
  const asked: string[] = [];
  const packument = (origin: string): string =>
    JSON.stringify({
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist: { integrity, tarball: `${origin}${tarballPath}` } } },
    });

  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (request.method !== 'GET') response.writeHead(405).end();
    else if (path === `/${name}`) {
      asked.push(path);
      response.writeHead(200, { 'content-type': 'application/json' }).end(packument(url));
    } else if (path === tarballPath) {
      asked.push(path);
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes);
    } else response.writeHead(302, { location: new URL(path, upstream).href }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
