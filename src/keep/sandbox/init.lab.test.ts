import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { initOf } from './init.ts';
import type { SandboxedCommand } from './port.ts';
import { sandboxOptions } from './scratch-run.fixture.ts';

const command: SandboxedCommand = {
  argv: ['/bin/echo', 'it ran'],
  cwd: '/',
  env: {},
  binds: [],
  sockets: [],
  wallMs: 1,
  outputBytes: 1,
};
const limits = { memoryBytes: 1 << 30, processes: 10_000, fileBytes: 1 << 20, cpuSeconds: 10 };

/** The first process inside, outside: what the keep says to it on its descriptor decides. */
async function begin(said: string) {
  const [program = '', ...args] = initOf(command, sandboxOptions.programs, limits);
  const { exitCode, stdout, stdio } = await execa(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', 'pipe', Buffer.from(said)],
    reject: false,
  });
  return { exitCode, stdout, ready: stdio[5] };
}

describe('the first process of a sandbox', () => {
  it('runs the command when the keep says so', async () => {
    expect(await begin('go\n')).toEqual({ exitCode: 0, stdout: 'it ran', ready: 'ready' });
  });

  it('runs nothing when the keep is gone before it said so', async () => {
    expect(await begin('')).toEqual({ exitCode: 125, stdout: '', ready: 'ready' });
  });
});
