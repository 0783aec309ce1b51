import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkBinds, checkSockets, trustBundle } from './binds.ts';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'castellan-binds-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'clone/.ssh'), { recursive: true });
mkdirSync(join(folder, 'state/journal'), { recursive: true });
writeFileSync(join(folder, 'authority.pem'), '');
symlinkSync(join(folder, 'clone'), join(folder, 'link'));
mkdirSync(join(folder, 'clone/inner'));

const never = [join(folder, 'state')];
const clone = join(folder, 'clone');
const refused = { code: 'sandbox-request-refused' };
const show = (from: string, to = '/work') => checkBinds([{ from, to, writable: false }], never);

describe('what a run may be shown', () => {
  it('is a folder or file by its real path', async () => {
    await expect(show(clone)).resolves.toBeUndefined();
    await expect(show(join(folder, 'authority.pem'), trustBundle)).resolves.toBeUndefined();
  });

  it.each(['clone', '/', '//tmp', `${clone}/`, `${clone}/../state`, `${clone}/./inner`, `${clone}\nx`])(
    'is not named by %j',
    async (from) => {
      await expect(show(from)).rejects.toMatchObject(refused);
    },
  );

  it('is not behind a symbolic link, wherever it is on the way', async () => {
    await expect(show(join(folder, 'link'))).rejects.toMatchObject(refused);
    await expect(show(join(folder, 'link/inner'))).rejects.toMatchObject(refused);
  });

  it('is nothing that is not there', async () => {
    await expect(show(join(folder, 'gone'))).rejects.toMatchObject(refused);
  });

  it.each([
    '/proc',
    '/proc/self',
    '/sys',
    '/dev',
    '/dev/shm',
    '/run',
    '/run/docker.sock',
    '/etc',
    '/etc/shadow',
    '/var',
    '/var/lib/castellan',
    '/root',
    '/home',
    '/home/mira',
    '/home/mira/.ssh',
    '/srv/x/.kube/config',
  ])('is never %s', async (from) => {
    await expect(show(from)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('never shown') });
  });

  it('is neither the keep’s own, nor below it, nor a folder it lies in', async () => {
    for (const path of ['state', 'state/journal', '.']) {
      await expect(show(join(folder, path))).rejects.toMatchObject(refused);
    }
  });

  it.each(['/', '/usr', '/usr/bin/sh', '/etc', '/etc/hosts', '/dev', '/run/castellan', 'work', '/a/../etc', '/lib/x'])(
    'is not put at %s',
    async (to) => {
      await expect(show(clone, to)).rejects.toMatchObject(refused);
    },
  );

  it('is put where nothing else is', async () => {
    const bind = { from: clone, to: '/work', writable: false };
    await expect(checkBinds([bind, bind], never)).rejects.toMatchObject(refused);
  });
});

describe('a socket of a run', () => {
  const from = join(folder, 'door.sock');
  const server = createServer();
  afterAll(() => server.close());

  it('is a socket, with a port of its own and plain host names', async () => {
    await new Promise<void>((resolve) => server.listen(from, resolve));
    const socket = { from, port: 443, hosts: ['api.example.net'] };
    await expect(checkSockets([socket], never)).resolves.toBeUndefined();
    for (const wrong of [
      { ...socket, port: 0 },
      { ...socket, port: 70_000 },
      { ...socket, port: 1.5 },
      { ...socket, hosts: ['a b'] },
      { ...socket, hosts: ['a\n127.0.0.1 b'] },
      { ...socket, hosts: [''] },
      { ...socket, from: join(folder, 'authority.pem') },
    ]) {
      await expect(checkSockets([wrong], never)).rejects.toMatchObject(refused);
    }
    await expect(checkSockets([socket, { ...socket, hosts: [] }], never)).rejects.toMatchObject(refused);
  });
});
