import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Secret } from '../kit/index.ts';
import { openPostgres } from './postgres.ts';

describe('a Postgres server that is not there', () => {
  it('is an error that names host and port, and neither the driver’s words nor the password', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const address = closed.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    const password = `pw-${crypto.randomUUID()}`;
    const error = await openPostgres({
      host: '127.0.0.1',
      port,
      database: 'castellan',
      user: 'castellan',
      password: new Secret(password),
      tls: 'disable',
      caFile: undefined,
    }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'database-unreachable',
      message: `postgres at 127.0.0.1:${port} cannot be used`,
      next: expect.stringContaining('castellan.yaml'),
    });
    expect(String(error)).not.toMatch(/ECONNREFUSED|connect /);
    expect(JSON.stringify(error)).not.toContain(password);
  });

  it('is not even asked when the certificate authority cannot be read', async () => {
    await expect(
      openPostgres({
        host: '127.0.0.1',
        port: 1,
        database: 'castellan',
        user: 'castellan',
        password: undefined,
        tls: 'verify-full',
        caFile: '/nonexistent/ca.pem',
      }),
    ).rejects.toMatchObject({ code: 'database-unreachable', message: expect.stringContaining('/nonexistent/ca.pem') });
  });
});
