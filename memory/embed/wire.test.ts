import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { openWire } from './wire.ts';

const names = new Map<string, string>();
vi.mock(import('node:dns'), async (original) => {
  const real = await original();
  const lookup: LookupFunction = (name, options, done) => {
    const address = names.get(name);
    if (address === undefined) real.lookup(name, options, done);
    else if (options.all === true) done(null, [{ address, family: 4 }]);
    else done(null, address, 4);
  };
  return { ...real, lookup: lookup as never };
});

describe('the way to an endpoint', () => {
  it('trusts no certificate that nobody vouches for, whatever the environment says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-wire-'));
    await execa(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', 'key', '-out', 'certificate'],
      ],
      { cwd: folder },
    );
    const pem = (name: string): string => readFileSync(join(folder, name), 'utf8');
    let asked = 0;
    const server = createServer({ key: pem('key'), cert: pem('certificate') }, (_, response) => {
      asked += 1;
      response.end('[]');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await using wire = openWire();
      await expect(
        wire.post(
          new URL(`https://127.0.0.1:${port}/embed`),
          {},
          {
            most: 100,
            timeoutMs: 10_000,
            signal: AbortSignal.timeout(60_000),
            apiKey: () => 'sk-canary',
          },
        ),
      ).rejects.toMatchObject({ kind: 'busy', message: 'it cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)' });
      expect(asked).toBe(0);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true });
    }
  });

  it('asks nobody at a name that stands for an address outside', async () => {
    let asked = 0;
    const server = createPlainServer((_, response) => {
      asked += 1;
      response.end('[]');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const options = { most: 100, timeoutMs: 10_000, signal: AbortSignal.timeout(60_000), apiKey: undefined };
    try {
      await using wire = openWire();
      names.set('near.example.net', '127.0.0.1');
      expect(await wire.post(new URL(`http://near.example.net:${port}/embed`), {}, options)).toEqual([]);
      names.set('far.example.net', '192.0.2.7');
      await expect(wire.post(new URL(`http://far.example.net:${port}/embed`), {}, options)).rejects.toMatchObject({
        message: expect.stringContaining('leads out of the private network'),
      });
      expect(asked).toBe(1);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
