import type { ChangeView } from '../../src/change/wire/change.ts';
import type { RequestView } from '../../src/change/wire/secret.ts';
import { summaryOf } from './keep.fixture.ts';

export const changeId = `chg_${'b3'.repeat(13)}`;
export const setId = `set_${'c4'.repeat(13)}`;

/** A memory limit, raised, planned, waiting for its human. */
export const changeOf = (change: Partial<ChangeView> = {}): ChangeView => ({
  id: changeId,
  set: setId,
  order: 1,
  of: 1,
  stack: 'stacks/mail',
  state: 'awaiting-approval',
  attempt: 1,
  createdAt: '2026-03-01T09:59:40.000Z',
  changedAt: '2026-03-01T10:00:00.000Z',
  expiresAt: '2026-03-02T10:00:00.000Z',
  agent: 'agent:claude',
  human: 'human:robin',
  reason: 'it is killed at night',
  base: 'a'.repeat(40),
  proposed: 'c'.repeat(40),
  changedFiles: [{ path: 'stacks/mail/main.tf', change: 'modified' }],
  findings: [],
  summary: summaryOf(),
  expect: [],
  approvedBy: [],
  brokenGlass: false,
  took: {},
  ...change,
});

export const requestIdOfTests = `req_${'d5'.repeat(13)}`;

/** A human is asked to look at a password. */
export const requestOf = (change: Partial<RequestView> = {}): RequestView => ({
  id: requestIdOfTests,
  wish: { kind: 'reveal', of: { mount: 'secret', path: 'apps/mail', key: 'password' } },
  state: 'waiting',
  agent: 'agent:claude',
  human: 'human:robin',
  reason: 'robin wants to log in',
  createdAt: '2026-03-01T09:59:40.000Z',
  changedAt: '2026-03-01T09:59:40.000Z',
  expiresAt: '2026-03-01T10:14:40.000Z',
  ...change,
});
