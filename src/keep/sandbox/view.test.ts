import { describe, expect, it } from 'vitest';
import { trustBundle } from './binds.ts';
import type { SandboxedCommand } from './port.ts';
import { viewOf } from './view.ts';

const command: SandboxedCommand = {
  argv: ['/bin/true'],
  cwd: '/work',
  env: { PG_CONN_STR: 'x' },
  binds: [{ from: '/dev/shm/run/clone', to: '/work', writable: true }],
  sockets: [{ from: '/dev/shm/run/db.sock', port: 5432, hosts: ['db.example.net', 'state.example.net'] }],
  wallMs: 1,
  outputBytes: 1,
};
const as = { uid: 61_001, gid: 61_001, fileBytes: 1_000 };
const textsOf = (given: SandboxedCommand) => viewOf(given, as).files.map(String);

describe('the view of a run', () => {
  it('names the hosts of its sockets, all at this machine', () => {
    expect(textsOf(command)).toContain('127.0.0.1 localhost\n127.0.0.1 db.example.net\n127.0.0.1 state.example.net\n');
  });

  it('has no capability, but for listeners on ports below 1024', () => {
    expect(viewOf(command, as).args).not.toContain('--cap-add');
    const low = { ...command, sockets: [{ from: '/dev/shm/run/api.sock', port: 443, hosts: [] }] };
    const { args } = viewOf(low, as);
    expect(args.filter((_, index) => args[index - 1] === '--cap-add')).toEqual(['CAP_NET_BIND_SERVICE']);
    expect(viewOf(command, as).args).toContain('--disable-userns');
  });

  it('is made read-only after the last thing is put into it, and shows no /proc', () => {
    const { args } = viewOf(command, as);
    const sealed = args.findIndex((arg, index) => arg === '--remount-ro' && args[index + 1] === '/');
    expect(sealed).toBeGreaterThan(args.lastIndexOf('--bind'));
    expect(sealed).toBeGreaterThan(args.lastIndexOf('--tmpfs'));
    expect(sealed).toBeGreaterThan(args.lastIndexOf('--file'));
    expect(args).not.toContain('--proc');
  });

  it('bounds every place that can be written', () => {
    const { args } = viewOf(command, as);
    for (const [index, arg] of args.entries()) if (arg === '--tmpfs') expect(args[index - 2]).toBe('--size');
  });

  it('trusts nobody, unless a file is bound for that', () => {
    const { args } = viewOf(command, as);
    expect(args).toContain(trustBundle);
    const trusting = viewOf({ ...command, binds: [{ from: '/x', to: trustBundle, writable: false }] }, as);
    expect(trusting.args[trusting.args.indexOf(trustBundle) - 1]).toBe('/x');
  });
});
