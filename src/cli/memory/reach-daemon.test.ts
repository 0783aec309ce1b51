import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import type { AgentSocket } from '../../server/agent-socket.ts';
import type { Build } from '../../server/handshake.ts';
import type { RunCommand } from '../../server/operator-commands.ts';
import type { Momentary } from './momentary-daemon.ts';
import { listenForOperators } from './operator-daemon.fixture.ts';
import { reachDaemon } from './reach-daemon.ts';

const build: Build = { version: '1.0.0', stamp: '' };
let home = '';
const listening: AgentSocket[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-reach-'));
});
afterEach(async () => {
  for (const socket of listening.splice(0)) await socket[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

async function listen(run: RunCommand): Promise<AgentSocket> {
  const socket = await listenForOperators(home, build, run);
  listening.push(socket);
  return socket;
}

const answering =
  (by: string): RunCommand =>
  async ({ command }) => ({ answer: { by, command } });
const nobody = async (): Promise<Momentary | undefined> => undefined;
const reaching = (become: () => Promise<Momentary | undefined>, patienceMs = 5_000) =>
  reachDaemon({ address: { home, config: null, build }, become, note: () => undefined, patienceMs });

/** Becomes the daemon, and counts what is done with it. */
function becoming(run: RunCommand) {
  const seen = { made: 0, letGo: 0 };
  const become = async (): Promise<Momentary> => {
    const socket = await listen(run);
    seen.made += 1;
    return {
      over: false,
      failure: undefined,
      letGo: async () => {
        seen.letGo += 1;
        await socket[Symbol.asyncDispose]();
      },
    };
  };
  return { seen, become };
}

describe('reaching the daemon', () => {
  it('asks the one that runs, and is none itself', async () => {
    await listen(answering('running'));
    const { seen, become } = becoming(answering('momentary'));
    await using daemon = reaching(become);
    expect(await daemon.command('memory.stats', {})).toEqual({ by: 'running', command: 'memory.stats' });
    expect(seen.made).toBe(0);
  });

  it('is one where none runs, for all that is asked, and lets go at the end', async () => {
    const { seen, become } = becoming(answering('momentary'));
    {
      await using daemon = reaching(become);
      expect(await daemon.command('one', {})).toMatchObject({ by: 'momentary' });
      expect(await daemon.command('two', {})).toMatchObject({ by: 'momentary', command: 'two' });
      expect(seen).toEqual({ made: 1, letGo: 0 });
    }
    expect(seen).toEqual({ made: 1, letGo: 1 });
  });

  it('asks whoever took the lock meanwhile', async () => {
    let tries = 0;
    await using daemon = reaching(async () => {
      tries += 1;
      if (tries === 3) await listen(answering('winner'));
      return undefined;
    });
    expect(await daemon.command('one', {})).toMatchObject({ by: 'winner' });
    expect(tries).toBe(3);
  });

  it('goes on with the next one where the daemon leaves before it answered, and repeats what it had not heard of', async () => {
    const asked: string[] = [];
    const dying = await listen(async ({ command }) => {
      asked.push(command);
      if (command === 'two') await dying[Symbol.asyncDispose]();
      return { answer: { by: 'dying' } };
    });
    const { seen, become } = becoming(answering('next'));
    await using daemon = reaching(become);
    expect(await daemon.command('one', {})).toEqual({ by: 'dying' });
    expect(await daemon.command('two', {})).toEqual({ by: 'next', command: 'two' });
    expect(asked).toEqual(['one', 'two']);
    expect(seen.made).toBe(1);
  });

  it('repeats what a leaving daemon cancelled, and nothing that it refused', async () => {
    let times = 0;
    await listen(async ({ command }) => {
      times += 1;
      const code = command === 'refused' ? 'memory-unknown' : 'call-cancelled';
      return times === 1 ? { error: { code, message: 'no', next: 'again' } } : { answer: { times } };
    });
    await using daemon = reaching(nobody);
    expect(await daemon.command('cancelled', {})).toEqual({ times: 2 });
    times = 0;
    await expect(daemon.command('refused', {})).rejects.toThrow('no');
    expect(times).toBe(1);
  });

  it('ends where there is none and none can be', async () => {
    await using daemon = reaching(nobody, 50);
    await expect(daemon.command('one', {})).rejects.toMatchObject({ code: 'daemon-gone' });
  });

  it('tells why the database of its own does not open, whether it was asked before that or behind it', async () => {
    const failure = new CastellanError('database-unreachable', 'operator', {
      message: 'it is broken',
      next: 'mend it',
    });
    const letGo = async (): Promise<void> => undefined;
    await using late = reaching(async () => ({ over: true, failure, letGo }));
    await expect(late.command('one', {})).rejects.toBe(failure);
    await using early = reaching(async () => {
      await listen(async () => ({ error: { code: 'audit-unavailable', message: 'no', next: 'ask' } }));
      return { over: false, failure, letGo };
    });
    await expect(early.command('one', {})).rejects.toBe(failure);
  });
});
