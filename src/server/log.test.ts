import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../redaction/index.ts';
import { createFingerprinter } from '../redaction/known/fingerprint.ts';
import { createKnownValues } from '../redaction/known/known-values.ts';
import { createLog, lentLog, unquoted } from './log.ts';

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

describe('what an agent sent', () => {
  const right = `amber${randomBytes(2).toString('hex')}x`;
  const wrong = `amber${randomBytes(2).toString('hex')}y`;
  const known = createKnownValues();
  const label = { mount: 'secret', path: 'apps/mail', key: 'password', version: 3 };
  known.load(createFingerprinter().of([{ value: right, class: 'b', label }], 'g1'));
  const redactor = createRedactor();
  redactor.addLayer(known.layer);
  const line = (err: unknown): string => {
    const lines: string[] = [];
    createLog('debug', redactor, { write: (text: string) => void lines.push(text) }).error({ err }, 'call.failed');
    return lines.join('').replace(/"time":"[^"]*"/, '');
  };
  const failure = (guess: string): Error =>
    Object.assign(new Error(`no "${guess}"\n    at ${guess} (a.ts:1:1)`, { cause: new Error(`of ${guess}`) }), {
      stack: `Error: no "${guess}"\n    at ${guess} (a.ts:1:1)\n    at run (b.ts:2:3)`,
    });

  it.each([
    ['as it was', (guess: string) => [guess]],
    ['among others', (guess: string) => [`birch ${guess},cedar`]],
  ])('is answered by no line of the log: sent %s', (_, sentWith) => {
    const [told, untold] = [right, wrong].map((guess) => line(unquoted(failure(guess), sentWith(guess))));
    expect(told).toBe(untold);
    for (const text of [told, untold]) {
      expect(text).not.toMatch(/amber|known-value|secret:/);
      expect(text).toContain('run (b.ts:2:3)');
      expect(text).toContain('of «sent»');
    }
  });

  it('stands in none either where nobody knows what it was, nor in a frame that it forged', () => {
    for (const guess of [right, wrong]) {
      const text = line(unquoted(failure(guess)));
      expect(text).not.toMatch(/amber|known-value|secret:/);
      expect(text).toContain('run (b.ts:2:3)');
    }
  });

  it('stands in none of a group, which does not know who said what', () => {
    for (const guess of [right, wrong]) {
      const text = logged((log) => lentLog(log).warn({ err: failure(guess), folder: 'runbooks' }, 'documents.unread'));
      expect(text).not.toMatch(/amber|known-value|secret:/);
      expect(text).toMatch(/run \(b\.ts:2:3\).*"folder":"runbooks".*documents\.unread/);
    }
  });

  it('is masked where others said it', () => {
    expect(line(unquoted(failure(right), ['birch']))).toContain('«secret:secret/apps/mail#password@v3»');
  });

  it('is more than can be looked for: then nothing is told', () => {
    const many = Array.from({ length: 3_000 }, () => randomBytes(6).toString('hex'));
    expect(line(unquoted(failure(right), [...many, right]))).not.toMatch(/amber|secret:/);
  });
});
