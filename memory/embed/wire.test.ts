import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { openWire } from './wire.ts';

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
});
