import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithLab } from '../use-lab.ts';
import { ask, ended, planned, someone } from './ask-keep.ts';
import { keepProcesses, untilProcess } from './processes.ts';
import { prepareKeep, type ScratchKeep } from './scratch-keep.ts';
import { filesHolding } from './traces.ts';

/** What runs at each step, as its command line tells. */
const steps = [
  { step: 'the clone is made', stack: 'mail', seen: /git .*(clone|checkout|read-tree|worktree)/ },
  { step: 'the state is decrypted', stack: 'dns', seen: /sops .*decrypt|sops .*-d/ },
  { step: 'it is initialised', stack: 'mail', seen: /(terragrunt|tofu).* init/ },
  { step: 'it is planned', stack: 'dns', seen: /(terragrunt|tofu).* plan/ },
  { step: 'the plan is read', stack: 'dns', seen: /tofu.* show/ },
] as const;

/** What a plan of tier 0 holds in clear while it is made. */
const plaintext = ['"serial":', 'yaml_body_parsed'];

await describeWithLab('a keep that is killed', (lab) => {
  let keep: ScratchKeep;
  beforeAll(async () => {
    keep = await prepareKeep(lab);
    await keep.start();
  });
  afterAll(() => keep[Symbol.asyncDispose]());

  const proposed = async (stack: string): Promise<string> => {
    const { run } = await ask(keep, { verb: 'propose', kind: 'plan', by: someone, stack });
    if (run === undefined) throw new Error('the keep told of no run');
    return run.id;
  };

  /** A run that is at this step now. A step may be over before it is seen: then another run is looked at. */
  const caught = async (stack: string, seen: RegExp) => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const id = await proposed(stack);
      let isOver = false;
      const end = ended(keep, id).finally(() => {
        isOver = true;
      });
      end.catch(() => undefined); // Whoever waits for it hears of it.
      const found = await untilProcess(keep.pid(), seen, () => isOver);
      if (found !== undefined) return { id, end, pid: found.pid };
    }
    throw new Error(`no process like ${seen} was seen`);
  };

  describe('while', () => {
    it.each(steps)('$step, leaves no process, no plaintext, and a run whose end is known', async ({ stack, seen }) => {
      const { id, end } = await caught(stack, seen);
      await keep.stop('SIGKILL');
      await expect(end).rejects.toThrow();
      await expect.poll(() => keepProcesses()).toEqual([]);
      await keep.start();
      const { run } = await ask(keep, { verb: 'status', of: 'run', id, waitMs: 0 });
      expect(run).toMatchObject({ id, state: 'interrupted' });
      expect(readdirSync(keep.work)).toEqual([]);
      expect(filesHolding(keep.state, plaintext)).toEqual([]);
    });
  });

  describe('has a child killed while', () => {
    it.each(steps.slice(2))('$step, and says so', async ({ stack, seen }) => {
      const { end, pid } = await caught(stack, seen);
      process.kill(pid, 'SIGKILL');
      const run = await end;
      expect(run.state).toBe('failed');
      expect(run.failure?.message).not.toBe('');
      await expect.poll(() => keepProcesses().filter(({ command }) => !/main\.ts keep/.test(command))).toEqual([]);
      expect(readdirSync(keep.work)).toEqual([]);
    });
  });

  it('goes on planning afterwards', async () => {
    expect(await planned(keep, { stack: 'dns' })).toMatchObject({ state: 'no-changes' });
  });

  it('withdraws a run while it is planned, and ends what it had started', async () => {
    const { id } = await caught('dns', /(terragrunt|tofu).* (init|plan)/);
    await ask(keep, { verb: 'withdraw', by: someone, id });
    expect(await ended(keep, id)).toMatchObject({ state: 'withdrawn' });
    await expect.poll(() => keepProcesses().filter(({ command }) => !/main\.ts keep/.test(command))).toEqual([]);
    await expect.poll(() => readdirSync(keep.work)).toEqual([]);
  });

  it('is stopped in the middle of a plan as it should be, and leaves nothing either', async () => {
    const { id } = await caught('dns', /(terragrunt|tofu).* (init|plan)/);
    await keep.stop();
    expect(keepProcesses()).toEqual([]);
    expect(readdirSync(keep.work)).toEqual([]);
    await keep.start();
    const { run } = await ask(keep, { verb: 'status', of: 'run', id, waitMs: 0 });
    expect(run).toMatchObject({ state: 'interrupted' });
  });
});
