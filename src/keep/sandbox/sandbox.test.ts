import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SandboxedCommand } from './port.ts';
import { explainFailure } from './programs.ts';
import { createSandbox, type SandboxOptions } from './sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ran = join(folder, 'ran');

/** A program that leaves a mark when it is asked to run anything. */
function standIn(name: string, version: string): string {
  const path = join(folder, name);
  const script = `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; else : >'${ran}'; fi\n`;
  writeFileSync(path, script, { mode: 0o700 });
  return path;
}

const good = { socat: '/usr/bin/env', prlimit: '/usr/bin/env', setpriv: '/usr/bin/env' };
const options = (bwrap: string, rest: Partial<SandboxOptions> = {}): SandboxOptions => ({
  programs: { bwrap, ...good },
  uid: 61_001,
  memoryMb: 64,
  processes: 10,
  fileMb: 1,
  never: [],
  ...rest,
});
const command: SandboxedCommand = {
  argv: ['/bin/true'],
  cwd: '/tmp',
  env: {},
  binds: [],
  sockets: [],
  wallMs: 5_000,
  outputBytes: 1_000,
};
const { signal } = new AbortController();

describe('a sandbox that cannot be had', () => {
  it.each([
    ['is missing', () => join(folder, 'gone')],
    ['is not absolute', () => 'bwrap'],
    ['is too old', () => standIn('old', 'bubblewrap 0.7.0')],
    ['is another program', () => standIn('other', 'somewrap 9')],
  ])('because bubblewrap %s runs nothing, and says what to do', async (_, path) => {
    const sandbox = createSandbox(options(path()));
    await expect(sandbox.run(command, signal)).rejects.toMatchObject({
      code: 'sandbox-unavailable',
      next: expect.stringContaining('bubblewrap'),
    });
    expect(await sandbox.probe()).toMatchObject({ works: false, next: expect.stringContaining('bubblewrap') });
    expect(existsSync(ran)).toBe(false);
  });

  it('because a program lies where a run cannot see it runs nothing', async () => {
    const bwrap = standIn('bwrap', 'bubblewrap 0.9.0');
    const sandbox = createSandbox(options(bwrap, { programs: { bwrap, ...good, socat: standIn('socat', '') } }));
    await expect(sandbox.run(command, signal)).rejects.toMatchObject({ code: 'sandbox-unavailable' });
    expect(existsSync(ran)).toBe(false);
  });

  it.skipIf(process.getuid?.() !== 0)('because it would run as root runs nothing', async () => {
    const sandbox = createSandbox(options(standIn('bwrap', 'bubblewrap 0.9.0'), { uid: 0 }));
    await expect(sandbox.run(command, signal)).rejects.toMatchObject({
      code: 'sandbox-unavailable',
      message: expect.stringContaining('root'),
    });
    expect(existsSync(ran)).toBe(false);
  });

  it.each([
    ['setting up uid map: Permission denied', 'AppArmor'],
    ['No permissions to create new namespace, likely because the kernel does not allow it', 'user.max_user_namespaces'],
    ["Can't find source path /a/b: Permission denied", '0711'],
    ['something nobody has seen', 'castellan doctor'],
  ])('because bubblewrap says “%s” names a remedy', (said, remedy) => {
    expect(explainFailure(`bwrap: ${said}\n`)).toMatchObject({
      code: 'sandbox-unavailable',
      message: expect.stringContaining(said.slice(0, 30)),
      next: expect.stringContaining(remedy),
    });
  });
});

describe('a malformed run', () => {
  it.each([
    ['a program found on the PATH', { argv: ['sh'] }],
    ['a zero in an argument', { argv: ['/bin/echo', 'a\0--bind'] }],
    ['a zero in a value', { env: { A: 'a\0--bind' } }],
    ['a name of a variable with a sign in it', { env: { 'A=B': 'x' } }],
    ['a working directory with a zero', { cwd: '/tmp\0' }],
  ])('with %s is not started', async (_, change) => {
    const sandbox = createSandbox(options(standIn('bwrap', 'bubblewrap 0.9.0')));
    const run = sandbox.run({ ...command, ...(change as Partial<SandboxedCommand>) }, signal);
    await expect(run).rejects.toMatchObject({ code: 'sandbox-request-refused' });
    expect(existsSync(ran)).toBe(false);
  });
});
