import { describe, expect, it } from 'vitest';
import { Secret } from '../kit/index.ts';
import { capabilitiesOf } from './capabilities.ts';
import { leaderOf, nodeHealth, raftState } from './health.ts';
import { word } from './hostile.fixture.ts';
import { listKeys, metadataOf, mountsOf, subkeysOf } from './kv.ts';
import type { VaultClient, VaultSession } from './port.ts';
import { anyReply } from './replies.ts';
import { metadataOnly } from './scripted-vault.fixture.ts';
import { readValues, unwrapValues, wrapRead, writeKey } from './values.ts';

/** A Vault under contract, whichever it is. */
export interface ContractedVault {
  /** May everything. */
  readonly vault: VaultSession;
  /** May read data if it is wrapped for 30 s at least, and nothing else. */
  readonly wrapping: VaultClient;
}

const mount = 'secret';

/** What the typed operations promise, run against the scripted server and against a real one: a script that lies fails here. */
export function vaultContract(title: string, open: () => ContractedVault): void {
  const write = async (path: string, key: string, value: string, cas: number) =>
    writeKey(open().vault, { mount, path, key, value: new Secret(value), cas });

  describe(title, () => {
    it('shows its mounts', async () => {
      expect(await mountsOf(open().vault)).toContainEqual(
        expect.objectContaining({ name: mount, type: 'kv', kvVersion: 2 }),
      );
    });

    it('writes one key, leaves the others, and never over a version that was not looked at', async () => {
      const { vault } = open();
      const path = `contract/${word()}`;
      const [first, second] = [word(), word()];
      expect(await write(path, 'password', first, 0)).toMatchObject({ version: 1, createdAt: expect.any(Date) });
      await expect(write(path, 'password', word(), 0)).rejects.toMatchObject({ code: 'vault-conflict' });
      expect(await write(path, 'pin', second, 1)).toMatchObject({ version: 2 });
      await expect(write(path, 'pin', word(), 1)).rejects.toMatchObject({ code: 'vault-conflict' });
      const { values, version } = await readValues(vault, mount, path);
      expect(version).toBe(2);
      expect([...values].map(([key, value]) => [key, value.reveal()])).toEqual([
        ['password', first],
        ['pin', second],
      ]);
      expect((await readValues(vault, mount, path, 1)).values.size).toBe(1);
    });

    it('lists folders and secrets, and nothing where nothing is', async () => {
      const { vault } = open();
      const folder = word();
      await write(`${folder}/mail`, 'a', 'b', 0);
      await write(`${folder}/mail/deeper`, 'a', 'b', 0);
      expect(await listKeys(vault, mount, folder)).toEqual(['mail', 'mail/']);
      expect(await listKeys(vault, mount, '')).toContain(`${folder}/`);
      expect(await listKeys(vault, mount, word())).toEqual([]);
    });

    it('tells the versions of a secret, and what it is made of', async () => {
      const { vault } = open();
      const path = `contract/ä ö & co/${word()}`;
      await vault.ask({
        method: 'POST',
        path: [mount, 'data', ...path.split('/')],
        body: { options: { cas: 0 }, data: { b: 'x', n: { pin: 'y', deep: { er: 1 } }, list: [1], flag: true } },
        reply: anyReply,
      });
      await write(path, 'c', 'z', 1);
      const metadata = await metadataOf(vault, mount, path);
      expect(metadata).toMatchObject({ currentVersion: 2, casRequired: false, custom: new Map() });
      expect(metadata.versions).toMatchObject([
        { version: 1, deletedAt: undefined, destroyed: false, createdAt: expect.any(Date) },
        { version: 2 },
      ]);
      const keys = ['b', 'c', 'flag', 'list', 'n', 'n.deep.er', 'n.pin'];
      expect(await subkeysOf(vault, mount, path)).toMatchObject({ keys, version: 2 });
      const { values } = await readValues(vault, mount, path);
      expect([...values.keys()].sort()).toEqual(keys);
      expect(values.get('n.pin')?.reveal()).toBe('y');
      expect(values.get('n.deep.er')?.reveal()).toBe('1');
      expect(values.get('list')?.reveal()).toBe('[1]');
      expect(JSON.parse(values.get('n')?.reveal() ?? '')).toEqual({ pin: 'y', deep: { er: 1 } });
    });

    it('does not give out a version that was deleted', async () => {
      const { vault } = open();
      const path = `contract/${word()}`;
      await write(path, 'a', word(), 0);
      const request = { method: 'POST', path: [mount, 'delete', ...path.split('/')], body: { versions: [1] } } as const;
      await vault.ask({ ...request, reply: anyReply });
      await expect(readValues(vault, mount, path)).rejects.toMatchObject({ code: 'vault-not-found' });
      await expect(subkeysOf(vault, mount, path)).rejects.toMatchObject({ code: 'vault-not-found' });
      const [version] = (await metadataOf(vault, mount, path)).versions;
      expect(version?.deletedAt).toBeInstanceOf(Date);
    });

    it('keeps a key that would be somebody’s prototype', async () => {
      const { vault } = open();
      const path = `contract/${word()}`;
      const value = word();
      await write(path, '__proto__', value, 0);
      const { values } = await readValues(vault, mount, path);
      expect(values.get('__proto__')?.reveal()).toBe(value);
    });

    it('tells what is not there from what it cannot do', async () => {
      const { vault } = open();
      const absent = { code: 'vault-not-found' };
      await expect(metadataOf(vault, mount, word())).rejects.toMatchObject(absent);
      await expect(subkeysOf(vault, mount, word())).rejects.toMatchObject(absent);
      await expect(readValues(vault, mount, word())).rejects.toMatchObject(absent);
      await expect(metadataOf(vault, word(), 'a')).rejects.toMatchObject({ code: 'vault-unsupported' });
      await expect(listKeys(vault, word(), '')).rejects.toMatchObject({ code: 'vault-unsupported' });
      await expect(metadataOf(vault, mount, '')).rejects.toMatchObject({ code: 'vault-path-invalid' });
    });

    it('wraps what is read, to be opened once', async () => {
      const { vault } = open();
      const path = `contract/${word()}`;
      const value = word();
      await write(path, 'a', value, 0);
      const wrapped = await wrapRead(vault, { mount, path, version: 1, seconds: 60 });
      expect(wrapped).toMatchObject({ creationPath: `${mount}/data/${path}`, ttlSeconds: 60 });
      const { values, version } = await unwrapValues(vault, wrapped.token);
      expect([values.get('a')?.reveal(), version]).toEqual([value, 1]);
      const gone = { code: 'vault-wrapping-gone' };
      await expect(unwrapValues(vault, wrapped.token)).rejects.toMatchObject(gone);
      await expect(unwrapValues(vault, new Secret(word()))).rejects.toMatchObject(gone);
    });

    it('gives a value only wrapped where a policy wants it so', async () => {
      const { vault, wrapping } = open();
      const path = `contract/${word()}`;
      await write(path, 'a', word(), 0);
      await expect(readValues(wrapping, mount, path)).rejects.toMatchObject({ code: 'vault-refused' });
      const short = wrapRead(wrapping, { mount, path, version: undefined, seconds: 5 });
      await expect(short).rejects.toMatchObject({ code: 'vault-refused' });
      const { token } = await wrapRead(wrapping, { mount, path, version: undefined, seconds: 60 });
      expect((await unwrapValues(vault, token)).version).toBe(1);
    });

    it('runs a job with fewer rights, and no longer than the work', async () => {
      const { vault } = open();
      const path = `contract/${word()}`;
      await write(path, 'a', word(), 0);
      const options = { policies: [metadataOnly], ttlSeconds: 60 };
      const kept = await vault.job(options, async (job) => {
        expect(await listKeys(job, mount, 'contract')).toContain(path.slice('contract/'.length));
        await expect(readValues(job, mount, path)).rejects.toMatchObject({ code: 'vault-refused' });
        const paths = [`${mount}/data/${path}`, `${mount}/metadata/${path}`];
        expect(await capabilitiesOf(job, paths)).toEqual(
          new Map([
            [paths[0], ['deny']],
            [paths[1], ['list', 'read']],
          ]),
        );
        return job;
      });
      await expect(listKeys(kept, mount, '')).rejects.toMatchObject({ code: 'vault-token-lost' });
      expect(vault.standing()).toMatchObject({ state: 'alive' });
      const failing = vault.job(options, async () => Promise.reject(new Error('the work failed')));
      await expect(failing).rejects.toThrow('the work failed');
    });

    it('says what the token may', async () => {
      expect(await capabilitiesOf(open().vault, [`${mount}/data/a`])).toEqual(new Map([[`${mount}/data/a`, ['root']]]));
    });

    it('is active, knows its leader, and keeps nothing in raft', async () => {
      const { vault } = open();
      const health = await nodeHealth({ address: vault.address, caFile: undefined });
      expect(health).toMatchObject({ role: 'active', version: expect.stringMatching(/^\d/), why: undefined });
      expect(await leaderOf(vault)).toMatchObject({ haEnabled: false, activeSince: undefined });
      expect(await raftState(vault)).toBeUndefined();
    });
  });
}
