import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineErrors } from '../../kit/index.ts';

const httpError = defineErrors({
  'http-not-listening': { audience: 'operator', meaning: 'The address of the HTTP listener could not be taken.' },
});

/** Listens, and says where: port 0 is any that is free. Errors: `http-not-listening`. */
export function takeAddress(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException): void => {
      reject(
        httpError('http-not-listening', {
          message: `the HTTP listener could not take ${host}:${port} (${cause.code})`,
          next: 'stop what listens there, name another address with http.listen in castellan.yaml, or turn it off with `http: false`',
          cause,
        }),
      );
    };
    server.once('error', refused);
    server.listen(port, host, () => {
      server.removeListener('error', refused);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the listener has no address'));
      else resolve(address);
    });
  });
}
