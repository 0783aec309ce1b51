import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { PlanSummary } from '../../../src/change/wire/run.ts';
import type { SetPage } from '../../../src/keep/console/api.ts';
import type { ChangeOfSet } from './summary.ts';

/** Pages for the tests of what is made of them. */
export const planned = (more: Partial<PlanSummary> = {}): PlanSummary => ({
  counts: { create: 0, update: 1, delete: 0, replace: 0, forget: 0, import: 0, move: 0, read: 0 },
  changes: [],
  drift: [],
  outputs: [],
  checks: [],
  deferred: [],
  executes: [],
  digest: 'd',
  complete: true,
  risk: { level: 'low', reasons: [] },
  blastRadius: { stacks: [], resources: [], hosts: [], volumes: [], unknown: [] },
  conventions: [],
  ...more,
});

export const viewOf = (id: string, more: Partial<ChangeView> = {}): ChangeView => ({
  id: `chg_${id.padEnd(26, 'a')}`,
  set: `set_${'s'.repeat(26)}`,
  order: 1,
  of: 1,
  stack: `stacks/${id}`,
  state: 'awaiting-approval',
  attempt: 1,
  createdAt: '2026-11-26T05:00:00.000Z',
  changedAt: '2026-11-26T05:01:00.000Z',
  agent: 'agent:claude',
  human: 'human:ada',
  reason: 'because',
  base: 'b'.repeat(40),
  changedFiles: [],
  findings: [],
  summary: planned(),
  expect: [],
  approvedBy: [],
  brokenGlass: false,
  took: {},
  ...more,
});

export const changeOf = (view: ChangeView, more: Partial<ChangeOfSet> = {}): ChangeOfSet => ({
  view,
  page: { files: [], others: [], executes: [], fetches: [], reaches: [] },
  documentSha256: 'a'.repeat(64),
  steps: [],
  ...more,
});

export const pageOf = (changes: SetPage['changes'], more: Partial<SetPage> = {}): SetPage => ({
  set: `set_${'s'.repeat(26)}`,
  changes,
  may: ['approve', 'reject'],
  signatures: { needed: 1, by: [] },
  ...more,
});
