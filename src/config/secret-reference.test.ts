import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../kit/index.ts';
import { secretReference } from './fields.ts';
import { refusedBy, Scratch } from './scratch.fixture.ts';
import { parseSecretPlace, readSecret, tryReadSecret } from './secret-reference.ts';

const value = (): string => randomBytes(24).toString('base64');

describe('a reference to a secret', () => {
  test.each(['/run/secrets/pg', '~/pg', './pg', '../pg', 'vault://kv/db#password', 'vault://kv/team/db#password@41'])(
    '%s is one',
    (text) => {
      expect(secretReference().safeParse(text).success).toBe(true);
    },
  );

  test.each([
    'password',
    'pg/password',
    '',
    '/',
    'a\n/b',
    'vault://kv#password',
    'vault://kv/db',
    'vault://kv/../sys#key',
    'vault://kv/./db#key',
    'vault://kv/db#password@0',
    'vault://kv/db%2f#key',
    'vault://user:pw@kv/db#key',
    'https://vault.example.net/kv#key',
  ])('%j is none', (text) => {
    expect(secretReference().safeParse(text).success).toBe(false);
  });

  test('into Vault comes apart', () => {
    expect(parseSecretPlace('vault://kv/team/db#password@41')).toEqual({
      kind: 'vault',
      mount: 'kv',
      path: 'team/db',
      key: 'password',
      version: 41,
    });
    expect(parseSecretPlace('/run/secrets/pg')).toEqual({ kind: 'file', path: '/run/secrets/pg' });
  });

  test('into Vault is never taken for a file', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
    fc.assert(
      fc.property(part, fc.array(part, { minLength: 1, maxLength: 4 }), part, (mount, path, key) => {
        const reference = `vault://${mount}/${path.join('/')}#${key}`;
        expect(secretReference().safeParse(reference).success).toBe(true);
        expect(parseSecretPlace(reference)).toMatchObject({ kind: 'vault', mount, path: path.join('/'), key });
      }),
    );
  });

  test('into Vault is refused with the next step', () => {
    const error = refusedBy(() => readSecret('vault://kv/db#password', 'vault.tokenFrom'));
    expect(error.code).toBe('secret-unresolvable');
    expect(error.next).toContain('vault.tokenFrom');
  });
});

describe('a file with a secret', () => {
  test.each([
    ['\n', ''],
    ['\r\n', ''],
    ['\n\n', '\n'],
    ['', ''],
  ])('loses one newline at its end: %j', (end, left) => {
    using scratch = new Scratch();
    const secret = value();
    expect(readSecret(scratch.write('s', `${secret}${end}`), 'x.y').reveal()).toBe(`${secret}${left}`);
  });

  test.each([0o600, 0o400, 0o640, 0o440])('is read with mode %o', (mode) => {
    using scratch = new Scratch();
    const file = scratch.write('s', value());
    chmodSync(file, mode);
    expect(tryReadSecret(file, 'x.y')).toBeInstanceOf(Secret);
  });

  test.each([0o644, 0o604, 0o620, 0o660, 0o602, 0o601, 0o666])('is refused with mode %o', (mode) => {
    using scratch = new Scratch();
    const secret = value();
    const file = scratch.write('s', secret);
    chmodSync(file, mode);
    const error = refusedBy(() => readSecret(file, 'x.y'));
    expect(error.code).toBe('secret-file-unsafe');
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });

  test('is judged by what a link leads to, as volumes in pods are links', () => {
    using scratch = new Scratch();
    const file = scratch.write('s', value());
    const link = join(scratch.folder, 'link');
    symlinkSync(file, link);
    expect(tryReadSecret(link, 'x.y')).toBeInstanceOf(Secret);
    chmodSync(file, 0o644);
    expect(tryReadSecret(link, 'x.y')).toMatchObject({ code: 'secret-file-unsafe' });
  });

  test('of another user is refused', () => {
    using scratch = new Scratch();
    const file = scratch.write('s', value());
    const me = process.geteuid?.() ?? 0;
    expect(tryReadSecret(file, 'x.y', me)).toBeInstanceOf(Secret);
    // Root's own files are trusted, so root has to give this one away before it is a stranger's.
    if (me === 0) chownSync(file, 65_534, 65_534);
    expect(tryReadSecret(file, 'x.y', me === 0 ? 0 : me + 1)).toMatchObject({ code: 'secret-file-unsafe' });
  });

  test('that is missing, empty, blank, too large, a folder or no text is refused', () => {
    using scratch = new Scratch();
    const refused = (file: string): string => refusedBy(() => readSecret(file, 'x.y')).message;
    expect(refused(join(scratch.folder, 'missing'))).toContain('does not exist');
    expect(refused(scratch.write('empty', ''))).toContain('is empty');
    expect(refused(scratch.write('blank', ' \n'))).toContain('is empty');
    expect(refused(scratch.write('large', 'x'.repeat(70_000)))).toContain('is larger than');
    expect(refused(scratch.folder)).toContain('is not a regular file');
    const bytes = join(scratch.folder, 'bytes');
    writeFileSync(bytes, Buffer.from([0xc3, 0x28]), { mode: 0o600 });
    expect(refused(bytes)).toContain('is not UTF-8');
  });

  test('that is a pipe nobody writes to does not hold the start up', () => {
    using scratch = new Scratch();
    const pipe = join(scratch.folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo -m 600 "$0"', pipe]);
    expect(tryReadSecret(pipe, 'x.y')).toMatchObject({ code: 'secret-file-unusable' });
  });

  test('is not named in the error: what was typed may be the secret', () => {
    const typed = `/${value()}`;
    expect(inspect(refusedBy(() => readSecret(typed, 'x.y')))).not.toContain(typed);
  });
});
