import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { DriftResult } from '../journal/drift-table.ts';
import { openTables } from '../journal/journal.ts';
import type { Planned } from '../planner/port.ts';
import { openTrustedRepository } from '../repository/trusted-repository.ts';
import type { RunParts, SummaryQuestion } from '../runs/parts.ts';
import { openKeepDatabase, silent } from '../runs/runs.fixture.ts';
import { createSlots } from '../runs/slots.ts';
import {
  emptySummary,
  MemoryRepository,
  plannedWell,
  StandInPlanner,
  someProfile,
  standInParts,
} from '../runs/stand-ins.fixture.ts';
import { openTrees } from '../runs/trees.ts';
import { openDrift } from './drift.ts';
import { nextTime } from './schedule.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-drift-'));
const database = await openKeepDatabase(join(home, 'database'));
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});
beforeEach(() => database.execute('delete from castellan.drift'));

const tables = openTables(database, { append: async () => undefined });
const change = { notes: [], leaves: [], more: 0 };
const differing = {
  ...emptySummary,
  changes: [
    { ...change, address: 'a.b', action: 'update' } as const,
    { ...change, address: 'd.e', action: 'read' } as const,
  ],
};

async function pass(
  summarise: RunParts['summarise'],
  planner = new StandInPlanner(),
): Promise<{ results: ReadonlyMap<string, DriftResult>; planner: StandInPlanner }> {
  const git = new MemoryRepository();
  const base = git.commitTree(
    {
      'stacks/mail/main.tf': 'm',
      'stacks/blog/main.tf': 'b',
      'stacks/vault/main.tf': 'v',
      'stacks/cache/main.tf': 'c',
    },
    'main',
  );
  const parts = standInParts({ summarise });
  const signal = new AbortController().signal;
  const now = (): Date => new Date('2026-03-01T03:30:00Z');
  const repository = openTrustedRepository({
    git,
    config: { branch: 'main', trustedBase: base },
    authority: { adopted: () => ({ value: [], problem: undefined }) },
    log: silent,
    now,
    signal,
  });
  const drift = openDrift({
    config: { profiles: [someProfile], drift: { at: undefined, parallel: 2 } },
    repository,
    trees: openTrees(repository, parts),
    parts,
    planner,
    records: tables.records,
    slots: createSlots(2),
    now,
    table: tables.drift,
    log: silent,
    signal,
  });
  await Promise.all([drift.pass(), drift.pass()]);
  return { results: await tables.drift.all(), planner };
}

describe('a nightly pass', () => {
  it('plans every stack of the trusted base but the skipped ones, two at a time, as it is', async () => {
    const { results, planner } = await pass(async () => ({ summary: emptySummary, changes: false }));
    expect([...results.keys()].toSorted()).toEqual(['stacks/blog', 'stacks/cache', 'stacks/mail']);
    expect(results.get('stacks/mail')).toMatchObject({ state: 'clean', at: new Date('2026-03-01T03:30:00Z') });
    expect(planner.requests).toHaveLength(3);
    expect(planner.requests.every(({ tree, baseTree }) => tree === baseTree)).toBe(true);
    expect(planner.mostAtOnce).toBe(2);
  });

  it('says what differs, and whether a second plan said the same', async () => {
    let count = 0;
    const { results, planner } = await pass(async ({ stack }) => {
      count += 1;
      const digest = stack === 'stacks/blog' ? `${count}`.padStart(64, '0') : 'd'.repeat(64);
      return { summary: { ...differing, digest }, changes: true };
    });
    expect(results.get('stacks/mail')).toMatchObject({
      state: 'differs',
      counts: '1 to update',
      addresses: ['a.b'],
      confirmed: true,
    });
    expect(results.get('stacks/blog')).toMatchObject({ state: 'differs', confirmed: false });
    expect(planner.requests).toHaveLength(6);
  });

  it('takes what differs once and not again for unknown', async () => {
    const seen = new Set<string>();
    const { results } = await pass(async ({ stack }: SummaryQuestion) => {
      const first = !seen.has(stack);
      seen.add(stack);
      return { summary: differing, changes: first };
    });
    expect(results.get('stacks/mail')).toMatchObject({ state: 'unknown', why: expect.stringContaining('next one') });
  });

  it('is unknown, with the reason, when a plan fails, breaks or is not complete', async () => {
    const planner = new StandInPlanner();
    planner.outcome = async (): Promise<Planned> => ({
      ...plannedWell,
      outcome: 'failed',
      step: 'init',
      ended: 'exit',
      diagnostics: [{ summary: 'no such provider', detail: '' }],
      json: undefined,
    });
    const failed = await pass(async () => ({ summary: emptySummary, changes: false }), planner);
    expect(failed.results.get('stacks/mail')).toMatchObject({
      state: 'unknown',
      why: 'the plan failed at init: no such provider',
    });
    const broken = await pass(async () => {
      throw new Error('words of a driver');
    });
    expect(broken.results.get('stacks/mail')).toMatchObject({ state: 'unknown' });
    expect(broken.results.get('stacks/mail')?.why).not.toContain('driver');
    const partial = await pass(async () => ({ summary: { ...emptySummary, complete: false }, changes: false }));
    expect(partial.results.get('stacks/mail')).toMatchObject({ state: 'unknown', why: 'the plan is not complete' });
  });
});

describe('the night', () => {
  it('comes once a day at the local time', () => {
    const at = nextTime('03:30', new Date(2026, 2, 1, 12, 0));
    expect([at.getDate(), at.getHours(), at.getMinutes()]).toEqual([2, 3, 30]);
    expect(nextTime('03:30', new Date(2026, 2, 1, 3, 0)).getDate()).toBe(1);
  });
});
