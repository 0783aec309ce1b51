import { mkdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createKnownValues } from '../../redaction/known/known-values.ts';
import { type Fingerprinting, startFingerprinting } from './fingerprinting.ts';
import { openHistoryRows } from './history-rows.ts';
import { loadMacKey } from './mac-key.ts';
import { openPublished } from './published.ts';
import {
  FingerprinterScratch,
  make,
  never,
  randomValue,
  ScriptedVault,
  silent,
  vaultSaid,
} from './scripted-vault.fixture.ts';

let opened: AsyncDisposableStack;
afterEach(() => opened.disposeAsync());

interface Setting {
  readonly exclude?: readonly string[];
  readonly mounts?: readonly string[];
  readonly intervalMs?: number;
  readonly folder?: string;
}

function start(
  vault: ScriptedVault,
  { exclude = [], mounts, intervalMs = 3_600_000, folder }: Setting = {},
): Fingerprinting {
  opened ??= new AsyncDisposableStack();
  if (opened.disposed) opened = new AsyncDisposableStack();
  const directory = folder ?? `${opened.use(new FingerprinterScratch()).folder}/state`;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const macs = loadMacKey(directory);
  const published = openPublished(directory, macs);
  return opened.use(
    startFingerprinting({
      vault,
      rows: openHistoryRows(directory, silent),
      judge: { make, macs, isPublished: published.has },
      mounts,
      exclude,
      published,
      intervalMs,
      log: silent,
      now: () => new Date(),
      loaded: () => undefined,
    }),
  );
}

const ready = (fingerprinting: Fingerprinting, have?: string) => fingerprinting.fingerprints(have, 30_000, never);
const mail = { mount: 'secret', path: 'apps/mail' };

/** What stands in place of a text, for a daemon that has the set. */
async function shown(fingerprinting: Fingerprinting, text: string): Promise<readonly string[]> {
  const known = createKnownValues();
  const { set } = await ready(fingerprinting);
  if (set !== undefined) known.load(set);
  return known.hits(text, 'others').map(({ label }) => `${label.path}#${label.key}@${label.version}`);
}

describe('what the fingerprinter knows', () => {
  it('is every value of every mount, under its newest version, and what older versions held', async () => {
    const vault = new ScriptedVault();
    const [old, now, token] = [randomValue(), randomValue(), randomValue()];
    vault.write('secret/apps/mail', { password: old, token });
    vault.write('secret/apps/mail', { password: now, token });
    const fingerprinting = start(vault);
    expect(await shown(fingerprinting, `a ${now} b`)).toEqual(['apps/mail#password@2']);
    expect(await shown(fingerprinting, `a ${old} b`)).toEqual(['apps/mail#password@1']);
    expect(await shown(fingerprinting, token)).toEqual(['apps/mail#token@2']);
    expect((await ready(fingerprinting)).coverage).toMatchObject({
      secrets: 1,
      values: 3,
      byClass: { a: 3 },
      unread: [],
    });
  });

  it('holds no value: not in the set, not in what it says, not in its memory of versions', async () => {
    const vault = new ScriptedVault();
    const value = randomValue();
    vault.write('secret/apps/mail', { password: value, pin: '4711', map: JSON.stringify({ inner: value }) });
    const fingerprinting = start(vault);
    const said = [await ready(fingerprinting), await fingerprinting.history(mail, never), fingerprinting.state()];
    for (const form of [value, Buffer.from(value).toString('base64'), Buffer.from(value).toString('hex')]) {
      expect(JSON.stringify(said)).not.toContain(form);
      expect([...fingerprinting.reader.secrets.values()].map((secret) => inspectable(secret)).join()).not.toContain(
        form,
      );
    }
  });

  it('learns what others wrote at the next look, reads nothing twice, and wakes who waits', async () => {
    const vault = new ScriptedVault();
    vault.write('secret/apps/mail', { password: randomValue() });
    vault.write('secret/apps/web', { password: randomValue() });
    const fingerprinting = start(vault, { intervalMs: 20 });
    const first = await ready(fingerprinting);
    const next = randomValue();
    vault.write('secret/apps/mail', { password: next });
    const second = await ready(fingerprinting, first.generation);
    expect(second.generation).not.toBe(first.generation);
    expect(await shown(fingerprinting, next)).toEqual(['apps/mail#password@2']);
    expect([...vault.reads()].sort()).toEqual([
      'GET secret/data/apps/mail?version=1',
      'GET secret/data/apps/mail?version=2',
      'GET secret/data/apps/web?version=1',
    ]);
    expect(await fingerprinting.fingerprints(second.generation, 50, never)).not.toHaveProperty('set');
  });

  it('has a new value in the set that the next asker gets, once a refresh of it is over', async () => {
    const vault = new ScriptedVault();
    const fingerprinting = start(vault);
    await ready(fingerprinting);
    const [one, all] = [randomValue(), randomValue()];
    vault.write('secret/apps/mail', { password: one });
    await fingerprinting.refresh(mail, never);
    expect(await shown(fingerprinting, one)).toEqual(['apps/mail#password@1']);
    vault.write('secret/apps/mail', { password: all });
    await fingerprinting.refresh(undefined, never);
    expect(await shown(fingerprinting, all)).toEqual(['apps/mail#password@2']);
  });

  it('keeps masking what was deleted, destroyed or is gone, as long as it runs', async () => {
    const vault = new ScriptedVault();
    const values = [randomValue(), randomValue(), randomValue()];
    for (const value of values) vault.write('secret/apps/mail', { password: value });
    const fingerprinting = start(vault);
    await ready(fingerprinting);
    vault.destroy('secret/apps/mail', 1);
    vault.remove('secret/apps/mail', 3);
    await fingerprinting.refresh(undefined, never);
    expect((await fingerprinting.history(mail, never)).keys).toEqual([]);
    vault.secrets.clear();
    await fingerprinting.refresh(undefined, never);
    for (const value of values) expect(await shown(fingerprinting, value)).toHaveLength(1);
    expect((await ready(fingerprinting)).coverage).toMatchObject({ secrets: 0 });
    await expect(fingerprinting.history(mail, never)).rejects.toMatchObject({ code: 'vault-not-found' });
  });

  it('does not take the versions of a secret that was made anew for those of the old one', async () => {
    const vault = new ScriptedVault();
    const [first, second, third] = [randomValue(), randomValue(), randomValue()];
    vault.write('secret/apps/mail', { password: first });
    vault.write('secret/apps/mail', { password: second });
    const fingerprinting = start(vault);
    await ready(fingerprinting);
    vault.secrets.clear();
    vault.write('secret/apps/mail', { password: third });
    await fingerprinting.refresh(mail, never);
    expect(await shown(fingerprinting, third)).toEqual(['apps/mail#password@1']);
    expect(await shown(fingerprinting, second)).toEqual(['apps/mail#password@0']);
    const { keys } = await fingerprinting.history(mail, never);
    expect(keys).toMatchObject([{ since: { version: 1 }, atLeast: false }]);
  });

  it('remembers when a key changed across a restart, also when Vault has forgotten', async () => {
    const vault = new ScriptedVault();
    using scratch = new FingerprinterScratch();
    const folder = `${scratch.folder}/state`;
    const token = randomValue();
    vault.write('secret/apps/mail', { password: randomValue(), token });
    vault.write('secret/apps/mail', { password: randomValue(), token });
    const before = start(vault, { folder });
    await ready(before);
    await before[Symbol.asyncDispose]();
    vault.destroy('secret/apps/mail', 1);
    const after = start(vault, { folder });
    await ready(after);
    const { keys } = await after.history(mail, never);
    expect(keys).toMatchObject([
      { key: 'password', since: { version: 2 }, atLeast: false, class: 'a' },
      { key: 'token', since: { version: 1 }, atLeast: false },
    ]);
    await after[Symbol.asyncDispose]();
  });

  it('names where else a long random value is, and of short ones nothing', async () => {
    const vault = new ScriptedVault();
    const [value, short] = [randomValue(), 'kestrel7'];
    vault.write('secret/apps/mail', { password: value, pin: short });
    vault.write('secret/apps/web', { smtp: value, pin: short });
    const fingerprinting = start(vault);
    await ready(fingerprinting);
    const { keys } = await fingerprinting.history(mail, never);
    expect(keys.map(({ key, sameAs }) => [key, sameAs])).toEqual([
      ['password', ['secret/apps/web#smtp']],
      ['pin', []],
    ]);
  });
});

describe('what it may not or cannot read', () => {
  it('is told, path by path, and stops nothing else', async () => {
    const vault = new ScriptedVault();
    const value = randomValue();
    vault.write('secret/apps/mail', { password: value });
    vault.write('secret/apps/bank', { password: randomValue() });
    vault.refused.add('secret/data/apps/bank');
    const fingerprinting = start(vault, { intervalMs: 10 });
    const { coverage, generation } = await ready(fingerprinting);
    expect(coverage?.unread).toEqual([{ path: 'secret/apps/bank', why: 'Vault said vault-refused' }]);
    expect(await shown(fingerprinting, value)).toHaveLength(1);
    const asked = vault.reads().length;
    await fingerprinting.fingerprints(generation, 100, never);
    expect(vault.reads()).toHaveLength(asked);
    expect((await ready(fingerprinting)).coverage?.unread).toHaveLength(1);
    await expect(fingerprinting.history({ mount: 'secret', path: 'apps/bank' }, never)).rejects.toMatchObject({
      code: 'vault-refused',
    });
  });

  it('is never asked for when fingerprinter.yaml excludes it, by whatever way', async () => {
    const vault = new ScriptedVault();
    for (const id of ['secret/vault', 'secret/vault/deep/er', 'secret/vaulted', 'break/glass']) {
      vault.write(id, { key: randomValue() });
    }
    vault.kv.push({ name: 'break', kvVersion: 2 });
    const fingerprinting = start(vault, { exclude: ['secret/vault', 'break'] });
    expect((await ready(fingerprinting)).coverage).toMatchObject({
      mounts: ['secret'],
      secrets: 1,
      unread: [{ path: 'secret/vault' }, { path: 'break' }],
    });
    for (const [mount, path] of [
      ['secret', 'vault'],
      ['secret', 'vault/deep/er'],
      ['break', 'glass'],
    ] as const) {
      const refusal = { code: 'fingerprinter-excluded' };
      await expect(fingerprinting.history({ mount, path }, never)).rejects.toMatchObject(refusal);
      await expect(fingerprinting.refresh({ mount, path }, never)).rejects.toMatchObject(refusal);
      await expect(fingerprinting.reader.values({ mount, path }, never)).rejects.toMatchObject(refusal);
    }
    expect(vault.asked.filter((line) => /vault(\/|\?|$)|break/.test(line.replace('mounts', '')))).toEqual([]);
  });

  it('reads only the mounts it is told, and says which of them are not there', async () => {
    const vault = new ScriptedVault();
    vault.kv.push({ name: 'other', kvVersion: 2 });
    const fingerprinting = start(vault, { mounts: ['other', 'gone'] });
    expect((await ready(fingerprinting)).coverage).toMatchObject({ mounts: ['other'], unread: [{ path: 'gone' }] });
  });

  it('keeps what it knows while Vault is down, and says since when', async () => {
    const vault = new ScriptedVault();
    const value = randomValue();
    vault.write('secret/apps/mail', { password: value });
    const fingerprinting = start(vault, { intervalMs: 10 });
    await ready(fingerprinting);
    vault.down = vaultSaid('vault-sealed');
    await expect.poll(() => fingerprinting.state().vaultDownSince).toBeDefined();
    const reply = await ready(fingerprinting);
    expect(reply).toMatchObject({ state: 'ready', why: expect.stringContaining('vault-sealed') });
    expect(await shown(fingerprinting, value)).toHaveLength(1);
    vault.down = undefined;
    await expect.poll(() => fingerprinting.state().vaultDownSince).toBeUndefined();
  });

  it('tells whoever waits for another set at once that Vault went away, and that it came back', async () => {
    const vault = new ScriptedVault();
    const fingerprinting = start(vault, { intervalMs: 10 });
    const { generation } = await ready(fingerprinting);
    // Longer than the test may take: only the news ends it.
    const news = () => fingerprinting.fingerprints(generation, 600_000, never);
    const waiting = news();
    vault.down = vaultSaid('vault-sealed');
    expect(await waiting).toMatchObject({ state: 'ready', generation, why: expect.stringContaining('vault-sealed') });
    const back = news();
    vault.down = undefined;
    expect((await back).why).toBeUndefined();
  });

  it('is starting, and not ready with nothing, until Vault was read once', async () => {
    const vault = new ScriptedVault();
    vault.down = vaultSaid('vault-unreachable');
    const fingerprinting = start(vault, { intervalMs: 10 });
    await expect.poll(() => fingerprinting.state().vaultDownSince).toBeDefined();
    const reply = await fingerprinting.fingerprints(undefined, 50, never);
    expect(reply).toMatchObject({ state: 'starting', why: expect.stringContaining('vault-unreachable') });
    expect(reply).not.toHaveProperty('set');
    vault.down = undefined;
    expect(await ready(fingerprinting)).toMatchObject({ state: 'ready' });
  });

  it.each([
    ['secret/data/apps/mail', ['read', 'update']],
    ['secret/data/apps/mail', ['root']],
    ['secret/metadata/apps/mail', ['list', 'delete']],
    ['secret/data/apps/mail', ['read', 'patch']],
    ['secret/data/apps/mail', ['sudo', 'read']],
  ])('reads nothing with a token that has more than read: %s %j', async (path, rights) => {
    const vault = new ScriptedVault();
    vault.write('secret/apps/mail', { password: randomValue() });
    vault.rights.set(path, rights);
    const fingerprinting = start(vault);
    await expect(fingerprinting.failed).rejects.toMatchObject({ code: 'fingerprinter-token-writes' });
    expect(vault.reads()).toEqual([]);
  });

  it('reads a mount of version 1 whole, counts its contents, and says what that means', async () => {
    const vault = new ScriptedVault();
    vault.kv.push({ name: 'plain', kvVersion: 1 });
    const [old, now] = [randomValue(), randomValue()];
    vault.write('plain/app', { key: old });
    const fingerprinting = start(vault);
    expect((await ready(fingerprinting)).coverage?.unread).toMatchObject([
      { path: 'plain/', why: expect.stringContaining('version 1') },
    ]);
    await fingerprinting.refresh(undefined, never);
    expect(await shown(fingerprinting, old)).toEqual(['app#key@1']);
    vault.write('plain/app', { key: now });
    await fingerprinting.refresh(undefined, never);
    expect(await shown(fingerprinting, old)).toEqual(['app#key@1']);
    expect(await shown(fingerprinting, now)).toEqual(['app#key@2']);
  });
});

describe('words of the trusted base', () => {
  const commit = 'a'.repeat(40);
  const publish = (fingerprinting: Fingerprinting, words: string[]): void =>
    fingerprinting.publish({ verb: 'publish', commit, part: 1, parts: 1, words });

  it('are no secrets, and are again when they stand there no more', async () => {
    const vault = new ScriptedVault();
    const word = 'kestrel7x';
    vault.write('secret/apps/mail', { user: word });
    const fingerprinting = start(vault, { intervalMs: 10 });
    await ready(fingerprinting);
    expect(await shown(fingerprinting, word)).toHaveLength(1);
    publish(fingerprinting, [word, 'other']);
    await expect.poll(() => shown(fingerprinting, word)).toHaveLength(0);
    expect((await ready(fingerprinting)).coverage).toMatchObject({ byClass: { b: 0, public: 1 } });
    publish(fingerprinting, ['other']);
    await expect.poll(() => shown(fingerprinting, word)).toHaveLength(1);
  });

  it('are none inside a document either, and what stands beside them there is', async () => {
    const vault = new ScriptedVault();
    const [word, beside, token] = ['kestrel7x', 'merlin8yz', randomValue()];
    vault.write('secret/apps/mail', { map: JSON.stringify({ word, beside, deep: { token } }) });
    const fingerprinting = start(vault, { intervalMs: 10 });
    await ready(fingerprinting);
    expect(await shown(fingerprinting, word)).toEqual(['apps/mail#map.word@1']);
    publish(fingerprinting, [word]);
    await expect.poll(() => shown(fingerprinting, word)).toHaveLength(0);
    expect(await shown(fingerprinting, beside)).toEqual(['apps/mail#map.beside@1']);
    expect(await shown(fingerprinting, token)).toEqual(['apps/mail#map.deep.token@1']);
    publish(fingerprinting, ['other']);
    await expect.poll(() => shown(fingerprinting, word)).toEqual(['apps/mail#map.word@1']);
  });

  it('stay secrets when they are long and random, and are told as leaked', async () => {
    const vault = new ScriptedVault();
    const value = randomValue();
    vault.write('secret/apps/mail', { password: value });
    const fingerprinting = start(vault, { intervalMs: 10 });
    await ready(fingerprinting);
    publish(fingerprinting, [value]);
    await expect
      .poll(async () => (await ready(fingerprinting)).coverage?.inRepository)
      .toEqual(['secret/apps/mail#password']);
    expect(await shown(fingerprinting, value)).toHaveLength(1);
  });

  it('are remembered without being written down', async () => {
    using scratch = new FingerprinterScratch();
    const directory = scratch.folder;
    const macs = loadMacKey(directory);
    const published = openPublished(directory, macs);
    const chunk = { verb: 'publish', commit, parts: 2 } as const;
    expect(() => published.take({ ...chunk, part: 2, words: ['second'] })).toThrow('before the first');
    expect(published.take({ ...chunk, part: 1, words: ['first'] })).toBeUndefined();
    expect(published.has(macs.of('first'))).toBe(false);
    expect(published.take({ ...chunk, part: 2, words: ['second'] })?.size).toBe(2);
    const again = openPublished(directory, macs);
    expect([again.commit, again.has(macs.of('first')), again.has(macs.of('third'))]).toEqual([commit, true, false]);
  });
});

function inspectable(secret: { values: Map<string, { patterns: Buffer }> }): string {
  return JSON.stringify([
    secret,
    [...secret.values.values()].map((value) => [value, value.patterns.toString('latin1')]),
  ]);
}
