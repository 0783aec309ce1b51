import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ageSealer } from '../../../memory/seal/age.ts';
import { unarmored } from '../../../memory/transfer/sealed-text.ts';
import { parseCommandLine } from './arguments.ts';
import { askedDaemon, heardContext } from './asked-daemon.fixture.ts';
import { commands } from './commands.ts';
import { openCommand } from './open-command.ts';

const text = 'der Schlüssel liegt 🔑 unter der Matte\nand nowhere else';
const frame = {
  ...{ id: 12, revision: 1, owner: 'human:robin', author: 'agent:claude', category: 'facts', visibility: 'private' },
  ...{ readers: [], tags: [], keywords: 'key', importance: 0.5, links: [], valid_from: '2026-03-01T00:00:00.000Z' },
  ...{ recorded: '2026-03-01T00:00:00.000Z', updated: '2026-03-01T00:00:00.000Z' },
};

let folder = '';
let identity = '';
let cipher = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-open-'));
  identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  cipher = Buffer.from(await ageSealer([recipient]).seal(text, AbortSignal.timeout(5_000))).toString('base64');
  writeFileSync(join(folder, 'key.txt'), `# created: today\n# public key: ${recipient}\n${identity}\n`);
  writeFileSync(join(folder, 'other.txt'), `${await generateX25519Identity()}\n`);
  writeFileSync(join(folder, 'plugin.txt'), 'AGE-PLUGIN-YUBIKEY-1QQQQ\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function open(entry: object | undefined, ...options: readonly string[]) {
  const entries = entry === undefined ? [] : [{ ...frame, ...entry }];
  const { daemon, asked } = askedDaemon({ command: { entries, total: entries.length, next: null } });
  const { context, out, err } = heardContext('', folder);
  const code = await openCommand(parseCommandLine(['open', '12', ...options], commands), context, daemon);
  return { code, out, err, asked: JSON.stringify(asked) };
}

describe('open', () => {
  it('opens what age sealed with a key that nobody else is told', async () => {
    const opened = await open({ cipher, sealed_with: 'age' }, '--identity', 'key.txt');
    expect(opened).toMatchObject({ code: 0, out: [text], err: [] });
    expect(opened.asked).not.toContain('AGE-SECRET-KEY');
    const json = await open({ cipher, sealed_with: 'age' }, '--identity', 'key.txt', '--json');
    expect(JSON.parse(json.out[0] ?? '')).toEqual({ id: 12, content: text });
  });

  it('stays closed for another key, and for a cipher that was changed, and quotes neither', async () => {
    const damaged = Buffer.from(cipher, 'base64');
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    for (const [sealed, file] of [
      [cipher, 'other.txt'],
      [damaged.toString('base64'), 'key.txt'],
    ]) {
      const told = await open({ cipher: sealed, sealed_with: 'age' }, '--identity', file ?? '');
      expect(told).toMatchObject({ code: 1, out: [], err: [expect.stringContaining('not sealed for the keys')] });
      expect(told.err.join()).not.toContain('AGE-SECRET-KEY');
    }
  });

  it('says what to do where it cannot open it', async () => {
    const sealed = { cipher, sealed_with: 'age' };
    await expect(open(sealed)).rejects.toThrow('--identity');
    await expect(open(sealed, '--identity', 'plugin.txt')).rejects.toThrow('age -d -i');
    expect(await open({ content: 'open' })).toMatchObject({ code: 1, err: [expect.stringContaining('not sealed')] });
    expect(await open(undefined)).toMatchObject({ code: 1, err: [expect.stringContaining('no entry 12')] });
  });

  it('gives what was sealed to age or to Vault as they take it, and the line to write', async () => {
    const { out } = await open({ cipher, sealed_with: 'age' }, '--sealed');
    expect(out[0]).toContain('BEGIN AGE ENCRYPTED FILE');
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(unarmored(out[0] ?? '') ?? new Uint8Array(), 'text')).toBe(text);

    const transit = {
      cipher: Buffer.from('vault:v1:AAAA').toString('base64'),
      sealed_with: 'transit:eu/transit/notes',
    };
    expect((await open(transit, '--sealed')).out).toEqual(['vault:v1:AAAA']);
    const told = await open(transit);
    expect(told.code).toBe(1);
    expect(told.err[1]).toContain('vault write -field=plaintext eu/transit/decrypt/notes ciphertext=- | base64 -d');
    const odd = await open({ ...transit, sealed_with: 'transit:x;reboot/$(id)' });
    expect(odd.err[1]).not.toContain('reboot');
  });
});
