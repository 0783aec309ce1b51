import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { StateMark } from '../journal/foreign-table.ts';
import { openTables } from '../journal/journal.ts';
import type { Notice } from '../notify/port.ts';
import { openKeepDatabase, silent } from '../runs/runs.fixture.ts';
import { MemoryRepository, someProfile } from '../runs/stand-ins.fixture.ts';
import { openForeignWatch } from './open.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-foreign-'));
const database = await openKeepDatabase(join(home, 'database'));
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});
beforeEach(() =>
  database.execute(
    'delete from castellan.known_state; delete from castellan.foreign_apply; delete from castellan.landed_commit',
  ),
);
const { foreign: table, landed } = openTables(database, { append: async () => undefined });

const stack = 'stacks/mail';
const sealed = 'state/mail.enc';
const serial = (number: number): StateMark => ({ kind: 'serial', lineage: 'l', serial: number, sha256: `s${number}` });

class Watched {
  readonly git = new MemoryRepository();
  readonly told: Notice[] = [];
  readonly changes: StoredChange[] = [];
  mark: StateMark | { unknown: string } = serial(4);
  fetchFault: Error | undefined;
  /** As of a keep that has just started: nothing is in its mirror until it has fetched. */
  hasFetched = true;
  duringLook: () => void = () => undefined;
  clock = Date.parse('2026-03-01T00:00:00Z');
  profile = {
    ...someProfile,
    state: { kind: 'pg', connection: new Secret('postgres://x') } as (typeof someProfile)['state'],
  };
  head: string | undefined;

  tick(): Date {
    this.clock += 1_000;
    return new Date(this.clock);
  }

  open() {
    return openForeignWatch({
      stacks: async () => {
        if (!this.hasFetched) throw new Error('the mirror is empty');
        return [{ stack, profile: this.profile }];
      },
      states: {
        markOf: async () => {
          this.duringLook();
          return this.mark;
        },
      },
      git: this.git,
      branch: 'main',
      fetch: async () => {
        if (this.fetchFault !== undefined) throw this.fetchFault;
        this.hasFetched = true;
      },
      landed,
      changes: { latest: async () => this.changes },
      table,
      notifier: { tell: (notice) => this.told.push(notice) },
      log: silent,
      now: () => this.tick(),
      everyMs: 1_000_000,
    });
  }

  /** An apply of ours, as the journal tells of it. */
  applied(before: number, after: number | undefined, state = 'landed', of = stack): StoredChange {
    const at = this.tick().toISOString();
    const apply = {
      startedAt: at,
      endedAt: at,
      done: [],
      failed: [],
      unknown: [],
      lines: [],
      ...(after === undefined ? {} : { serial: after }),
    };
    const document = { state: { lineage: 'l', serial: before, sha256: '' } };
    // Only what the watch reads.
    const change: unknown = {
      view: { id: `chg_${after}`, stack: of, state, apply, changedAt: at },
      facts: { document },
    };
    this.changes.push(change as StoredChange);
    return change as StoredChange;
  }

  sops(content: string): string {
    this.profile = {
      ...someProfile,
      state: { kind: 'sops', encrypted: 'state/{name}.enc', plain: 'p', sops: 's', ageKeyFile: 'k' },
    };
    this.head = this.git.commitTree({ [sealed]: content }, 'main', this.head);
    return this.head;
  }
}

describe('a state in Postgres', () => {
  it('seen first is no foreign apply, and neither is one that stays, over a restart', async () => {
    const world = new Watched();
    await world.open().look();
    await world.open().look();
    expect([world.told, await table.unseen()]).toEqual([[], []]);
  });

  it('that moved without a change is told once, urgently, and shown until a human has seen it', async () => {
    const world = new Watched();
    const watch = world.open();
    await watch.look();
    world.mark = serial(6);
    await watch.look();
    await watch.look();
    expect(world.told).toEqual([{ what: 'foreign-apply', id: stack, urgent: true }]);
    const [shown, ...others] = await world.open().foreign();
    expect([shown?.stack, shown?.what, others]).toEqual([stack, 'its state went from serial 4 to 6', []]);
    await watch.seen(stack, new Date((shown?.at.getTime() ?? 0) - 1), 'alice');
    expect(await watch.foreign()).toHaveLength(1);
    await watch.seen(stack, shown?.at ?? new Date(), 'alice');
    expect(await watch.foreign()).toEqual([]);
    world.mark = serial(7);
    await watch.look();
    expect(await watch.foreign()).toMatchObject([{ what: 'its state went from serial 6 to 7' }]);
  });

  it('that moved by our applies is not', async () => {
    const world = new Watched();
    const watch = world.open();
    await watch.look();
    for (const after of [5, 6, 9]) {
      world.applied(after === 9 ? 6 : after - 1, after);
      world.mark = serial(after);
      if (after !== 5) await watch.look();
    }
    world.applied(9, undefined, 'interrupted');
    world.mark = serial(12);
    await watch.look();
    expect([world.told, watch.problems()]).toEqual([[], []]);
  });

  it('is left alone while an apply of ours is under way, begins or ends', async () => {
    const world = new Watched();
    const watch = world.open();
    await watch.look();
    world.applied(4, undefined, 'applying');
    world.mark = serial(5);
    await watch.look();
    world.changes.length = 0;
    world.duringLook = () => {
      if (world.changes.length === 0) world.applied(4, 5, 'applied');
      world.mark = serial(4);
    };
    // It was read before the apply was over, and the apply is in the journal after.
    await watch.look();
    world.duringLook = () => undefined;
    world.mark = serial(5);
    await watch.look();
    expect(world.told).toEqual([]);
  });

  it('moved by an apply of another stack is foreign all the same', async () => {
    const world = new Watched();
    const watch = world.open();
    await watch.look();
    world.applied(4, 5, 'landed', 'stacks/blog');
    world.mark = serial(5);
    await watch.look();
    expect(world.told).toHaveLength(1);
  });

  it('that cannot be read is a problem as long as it lasts, and what moved meanwhile is found after', async () => {
    const world = new Watched();
    const watch = world.open();
    await watch.look();
    world.mark = { unknown: 'nobody answers' };
    await watch.look();
    expect(watch.problems()).toEqual([expect.stringContaining('nobody answers')]);
    world.mark = serial(5);
    await watch.look();
    expect([watch.problems(), world.told.length]).toEqual([[], 1]);
  });
});

describe('a state that lies in the repository', () => {
  it('is foreign where somebody’s commit changed it, and not where the keep’s did', async () => {
    const world = new Watched();
    world.sops('1');
    const watch = world.open();
    await watch.look();
    const ours = world.sops('2');
    await landed.add({ id: ours, change: 'chg_x', at: world.tick() });
    await watch.look();
    expect(world.told).toEqual([]);
    const theirs = world.sops('3');
    await watch.look();
    expect(await watch.foreign()).toMatchObject([
      { what: `its sealed state changed in commit ${theirs.slice(0, 12)}` },
    ]);
    // The branch is set back to what was the keep's.
    world.git.branches.set('main', ours);
    await watch.look();
    expect(await watch.foreign()).toHaveLength(2);
  });

  it('fetches before it asks which stacks there are', async () => {
    const world = new Watched();
    world.hasFetched = false;
    await using watch = world.open();
    await watch.look();
    expect(watch.problems()).toEqual([]);
  });

  it('is unknown where the branch cannot be fetched', async () => {
    const world = new Watched();
    world.sops('1');
    const watch = world.open();
    world.fetchFault = new Error('what the remote printed');
    await watch.look();
    expect(watch.problems()).toEqual([expect.stringContaining('unknown')]);
    expect(watch.problems().join()).not.toContain('remote printed');
    world.fetchFault = undefined;
    await watch.look();
    expect(watch.problems()).toEqual([]);
  });
});
