import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { LabEnv } from '../lab-env.ts';
import { describeWithLab } from '../use-lab.ts';
import { ask, onlyOf, proposedChange, restored, setOf, settled } from './ask-keep.ts';
import type { Human } from './human.ts';
import { appOf, generationOf, memoryOf, setMemory } from './media.ts';
import { keepProcesses, untilProcess } from './processes.ts';
import { keepUser, prepareKeep, type ScratchKeep } from './scratch-keep.ts';
import { filesHolding } from './traces.ts';

type Ends = readonly ChangeView['state'][];

/**
 * What runs at each step of an apply, as its command line tells, and where a change must be that was killed right then: with its
 * keep, and alone. What is killed a moment later may be a step further.
 */
const steps: readonly { readonly step: string; readonly seen: RegExp; readonly keep: Ends; readonly alone: Ends }[] = [
  { step: 'it is unpacked', seen: /^\/usr\/bin\/tar --extract/, keep: ['stale'], alone: ['stale'] },
  { step: 'its state is read', seen: /^\/castellan\/bin\/tofu state pull/, keep: ['stale'], alone: ['stale'] },
  { step: 'its plan is read', seen: /^\/castellan\/bin\/tofu show .*sealed/, keep: ['stale'], alone: ['stale'] },
  { step: 'it is announced', seen: /^git push .*refs\/castellan\/chg_/, keep: ['stale'], alone: ['stale'] },
  { step: 'it is applied', seen: /^\/castellan\/bin\/tofu apply/, keep: ['interrupted'], alone: ['interrupted'] },
  {
    step: 'it is planned again',
    seen: /^\/castellan\/bin\/tofu plan -detailed/,
    keep: ['interrupted'],
    alone: ['failed-expectation'],
  },
  { step: 'it is landed', seen: /^git push .*refs\/heads\/main/, keep: ['landed'], alone: ['landing-failed'] },
];

/** How long after a step was seen it is killed: each at its beginning, and those that change anything also further on. */
const moments = [
  { afterMs: 0, those: steps },
  { afterMs: 150, those: steps.slice(4) },
  { afterMs: 400, those: steps.slice(4) },
];

const wentOn: Ends = ['interrupted', 'failed-expectation', 'landed'];
const later = (afterMs: number): Ends => (afterMs === 0 ? [] : wentOn);

/** Nothing but the keep itself, and git that it asks for objects, runs while nothing is applied or planned. */
const resident = /main\.ts keep|^git cat-file --batch/;

await describeWithLab('an apply that is killed', (lab) => {
  const sides: Side[] = [];
  const side = (index: number): Side => {
    const found = sides[index];
    if (found === undefined) throw new Error('it was not started');
    return found;
  };
  /** Ended also where one of them could not be made ready. */
  const keeps: ScratchKeep[] = [];
  const open = async (user: number, apps: Readonly<Record<string, string>>): Promise<Side> => {
    const keep = await prepareKeep(lab, { user });
    keeps.push(keep);
    const opened = openSide(lab, keep, apps);
    await opened.begin();
    return opened;
  };
  beforeAll(async () => {
    const opened = both(
      open(keepUser, { 'stacks/media': 'request page', 'stacks/finance': 'bank import' }),
      open(keepUser + 1, { 'stacks/photos': 'face recognition', 'stacks/identity': 'login worker' }),
    );
    sides.push(...(await opened));
  });
  afterAll(() => Promise.all(keeps.map((keep) => keep[Symbol.asyncDispose]())));

  describe.each(moments)('$afterMs ms after it was seen', ({ afterMs, those }) => {
    it.each(those)(
      'while $step, with its keep or alone: its end is known, it is applied once or not at all',
      async (one) => {
        await both(
          killedWithKeep(side(0), one.seen, afterMs, [...one.keep, ...later(afterMs)]),
          killedAlone(side(1), one.seen, afterMs, [...one.alone, ...later(afterMs)]),
        );
      },
    );
  });

  it('is stopped as it should be: the engine writes its state first', async () => {
    await both(again(side(0)), again(side(1)));
    const at = await side(0).caught(/^\/castellan\/bin\/tofu apply/);
    await side(0).keep.stop('SIGTERM');
    expect(keepProcesses(side(0).keep.user)).toEqual([]);
    await side(0).begin();
    await side(0).assertKnown(at, ['interrupted', 'landed', 'failed-expectation']);
  });

  it('can be followed by another, and all is as before', async () => {
    await both(side(0).restore(), side(1).restore());
  });
});

async function killedWithKeep(at: Side, seen: RegExp, afterMs: number, ends: Ends): Promise<void> {
  const caught = await at.caught(seen);
  await sleep(afterMs);
  await at.keep.stop('SIGKILL');
  await expect.poll(() => keepProcesses(at.keep.user)).toEqual([]);
  await at.begin();
  await at.assertKnown(caught, ends);
}

async function killedAlone(at: Side, seen: RegExp, afterMs: number, ends: Ends): Promise<void> {
  const caught = await at.caught(seen);
  if (afterMs > 0) await sleep(afterMs);
  // Over by then, as a push is in some milliseconds: it went on.
  await at.assertKnown(caught, endAlone(caught.pid) ? ends : [...ends, ...wentOn]);
}

/** Whether it still ran. */
function endAlone(pid: number): boolean {
  try {
    // One that has ended and was not waited for yet can be killed, too.
    if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code))) return false;
    throw error;
  }
}

async function again(side: Side): Promise<void> {
  await side.keep.stop();
  await side.begin();
}

/** Both to their ends, also where one fails. */
async function both<Result>(one: Promise<Result>, other: Promise<Result>): Promise<readonly Result[]> {
  const ends = await Promise.allSettled([one, other]);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

/** A change that was signed. */
interface Signed {
  readonly set: string;
  readonly stack: string;
  /** Of its app, before it was applied and after. */
  readonly generation: number;
  readonly size: string;
}

/** A keep with stacks of its own, beside another. */
interface Side {
  readonly keep: ScratchKeep;
  begin(): Promise<void>;
  /** A signed change at this step now. A step may be over before it is seen: then another is looked at. */
  caught(seen: RegExp): Promise<Signed & { readonly pid: number }>;
  /** What must be true afterwards, and the stack brought back to where anybody can work on it. */
  assertKnown(signed: Signed, ends: Ends): Promise<void>;
  /** By changes that nobody disturbs. */
  restore(): Promise<void>;
}

function openSide(lab: LabEnv, keep: ScratchKeep, apps: Readonly<Record<string, string>>): Side {
  const file = (stack: string) => `${stack}/main.tf`;
  const originals = new Map(Object.keys(apps).map((stack) => [stack, keep.infra.read(file(stack))] as const));
  const appIn = (stack: string) => appOf(originals.get(stack) ?? '', apps[stack] ?? '');
  let human: Human;
  const begin = async (): Promise<void> => {
    await keep.start();
    human = await keep.human();
  };

  /** Planned together, since a keep that has just started has to read everything first. */
  let waiting: Signed[] = [];
  const prepare = async (): Promise<void> => {
    await keep.infra.pull();
    const patches: { stack: string; patch: string; size: string }[] = [];
    for (const [stack, app] of Object.entries(apps)) {
      const size = `${Number.parseInt(await memoryOf(lab, appIn(stack)), 10) + 1}Mi`;
      patches.push({ stack, size, patch: await keep.infra.patch({ [file(stack)]: setMemory(app, size) }) });
    }
    waiting = await Promise.all(
      patches.map(async ({ stack, patch, size }) => {
        const change = onlyOf(await proposedChange(keep, { patch }));
        // Whatever was killed before: the stack is free again.
        expect(change).toMatchObject({ state: 'awaiting-approval', stack });
        return { set: change.set, stack, size, generation: await generationOf(lab, appIn(stack)) };
      }),
    );
  };

  const end = async (set: string): Promise<ChangeView> => onlyOf(await settled(keep, set));

  const assertKnown: Side['assertKnown'] = async ({ set, stack, generation, size }, ends) => {
    const view = await end(set);
    try {
      await assertEnd({ set, stack, generation, size }, view, ends);
    } finally {
      // Whatever was found: what comes next has its stack.
      await free(view);
    }
  };

  const assertEnd = async ({ stack, generation, size }: Signed, view: ChangeView, ends: Ends): Promise<void> => {
    expect(ends).toContain(view.state);
    // Applied once or not at all, whatever it is called.
    const times = (await generationOf(lab, appIn(stack))) - generation;
    expect([0, 1]).toContain(times);
    expect((await memoryOf(lab, appIn(stack))) === size).toBe(times === 1);
    if (view.state !== 'interrupted') expect(times).toBe(view.state === 'stale' ? 0 : 1);
    if (view.state !== 'landed') expect(view.why).toMatch(/\w/);
    if (view.state === 'landed') expect(await keep.infra.remoteFile(file(stack))).toContain(size);
    // A revert of what failed its expectation is planned meanwhile, by processes that end.
    await expect
      .poll(() => keepProcesses(keep.user).filter(({ command }) => !resident.test(command)), { timeout: 90_000 })
      .toEqual([]);
    await expect.poll(() => readdirSync(keep.work)).toEqual([]);
    expect(filesHolding(keep.state, ['"serial":', 'yaml_body_parsed'])).toEqual([]);
    // What waits for a signature waits on.
    for (const other of waiting) expect(await end(other.set)).toMatchObject({ state: 'awaiting-approval' });
  };

  /** As whoever proposed it. */
  const withdraw = async ({ id, agent, human: by }: ChangeView): Promise<void> => {
    await ask(keep, { verb: 'withdraw', id, by: { agent, human: by } });
  };

  const free = async (view: ChangeView): Promise<void> => {
    switch (view.state) {
      case 'interrupted':
        await human.sign({ kind: 'unlock', stack: view.stack });
        return;
      case 'failed-expectation': {
        // Its revert waits for a signature, and has the stack.
        await expect.poll(async () => (await end(view.set)).revertedBy).toBeDefined();
        const { revertedBy = '' } = await end(view.set);
        const revert = await end(revertedBy);
        expect(revert).toMatchObject({ state: 'awaiting-approval', reverts: view.id });
        await withdraw(revert);
        return;
      }
      case 'landing-failed':
        await keep.stop('SIGKILL');
        await begin();
        expect(onlyOf(await settled(keep, view.set, ({ state }) => state === 'landed')).landedAs).toBe(
          await keep.infra.remoteHead(),
        );
        return;
      default:
        return;
    }
  };

  return {
    keep,
    begin,
    assertKnown,
    caught: async (seen) => {
      for (let attempt = 0; attempt < 8; attempt += 1) {
        if (waiting.length === 0) await prepare();
        const signed = waiting.shift();
        if (signed === undefined) throw new Error('nothing waits for a signature');
        await human.sign({ kind: 'approve', set: signed.set });
        let isOver = false;
        settled(keep, signed.set).then(
          () => {
            isOver = true;
          },
          () => undefined, // The keep was killed by then.
        );
        const found = await untilProcess(keep.pid(), seen, () => isOver);
        if (found !== undefined) return { ...signed, pid: found.pid };
      }
      throw new Error(`no process like ${seen} was seen`);
    },
    restore: async () => {
      for (const { set } of waiting) await human.reject(set, 'enough');
      await keep.infra.pull();
      const moved = [...originals].filter(([stack, text]) => keep.infra.read(file(stack)) !== text);
      if (moved.length > 0) {
        const patch = await keep.infra.patch(Object.fromEntries(moved.map(([stack, text]) => [file(stack), text])));
        const set = setOf(await proposedChange(keep, { patch }));
        await human.sign({ kind: 'approve', set });
        expect((await settled(keep, set)).map(({ state }) => state)).toEqual(moved.map(() => 'landed'));
      }
      // What was applied and never landed.
      await restored(
        keep,
        human,
        Object.keys(apps).filter((stack) => !moved.some(([one]) => one === stack)),
      );
      for (const [stack, text] of originals) expect(text).toContain(`"${await memoryOf(lab, appIn(stack))}"`);
    },
  };
}
