import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Secret } from '../kit/index.ts';
import { openPostgres } from './postgres.ts';

const nowhere = {
  host: '127.0.0.1',
  port: 1,
  database: 'castellan',
  user: 'castellan',
  password: undefined,
  tls: 'disable',
  caFile: undefined,
} as const;

describe('a Postgres server that is not there', () => {
  it('is an error that names host and port, and neither the driver’s words nor the password', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const address = closed.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    const password = `pw-${crypto.randomUUID()}`;
    const error = await openPostgres({ ...nowhere, port, password: new Secret(password) }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code: 'database-unreachable',
      message: `postgres at 127.0.0.1:${port} cannot be used`,
      next: expect.stringContaining('castellan.yaml'),
    });
    expect(String(error)).not.toMatch(/ECONNREFUSED|connect /);
    expect(JSON.stringify(error)).not.toContain(password);
  });

  it('that takes no TLS is told nothing in clear text when TLS is asked for', async () => {
    const told: Buffer[] = [];
    const plain = createServer((socket) => {
      socket.on('data', (bytes) => {
        told.push(bytes);
        socket.write('N');
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => plain.once('listening', resolve));
    const address = plain.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const tls of ['require', 'verify-full'] as const) {
      await expect(openPostgres({ ...nowhere, port, tls })).rejects.toMatchObject({ code: 'database-unreachable' });
    }
    plain.close();
    // The question for TLS is eight bytes and names nothing.
    expect(told.map(({ length }) => length)).toEqual([8, 8]);
  });

  it('is not even asked when the certificate authority cannot be read', async () => {
    await expect(openPostgres({ ...nowhere, tls: 'verify-full', caFile: '/nonexistent/ca.pem' })).rejects.toMatchObject(
      { code: 'database-unreachable', message: expect.stringContaining('/nonexistent/ca.pem') },
    );
  });
});
