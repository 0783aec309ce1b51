import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/index.ts';
import { createLog } from './log.ts';

const token = `hvs.${randomBytes(24).toString('base64url')}`;

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog('debug', createRedactor(), { write: (line: string) => void lines.push(line) }));
  return lines.join('');
}

describe('the log', () => {
  it('is one JSON object a line, redacted wherever the token stands', () => {
    const lines = logged((log) => {
      log.info({ url: `https://user:${token}@vault.example.net/v1` }, `token ${token}`);
      log.error({ err: new Error(`refused ${token}`, { cause: new Error(`because of ${token}`) }) }, 'call.failed');
    });
    expect(lines).not.toContain(token);
    for (const line of lines.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });

  it('keeps code and cause of an error, and nothing a driver hung on it', () => {
    const driver = Object.assign(new Error('no answer'), {
      code: 'ECONNRESET',
      request: { headers: { cookie: 'a=b' } },
    });
    const lines = logged((log) => log.error({ err: new Error('could not read', { cause: driver }) }, 'read.failed'));
    expect(JSON.parse(lines)).toMatchObject({ err: { message: 'could not read', cause: { code: 'ECONNRESET' } } });
    expect(lines).not.toContain('cookie');
  });
});
