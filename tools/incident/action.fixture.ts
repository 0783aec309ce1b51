import type { Action } from '../../src/incident/action.ts';
import { now, shop } from './incident.fixture.ts';

export const actionOf = (change: Partial<Action> = {}): Action => ({
  id: 'act_aaaaaaaa',
  title: 'Alert on restarts of web',
  type: 'alert',
  class: 'detect',
  priority: 'P1',
  owner: 'robin',
  due: '2026-11-01',
  status: 'open',
  path: undefined,
  verify: { kind: 'alert-rule', name: 'WebRestarts' },
  automatable: false,
  incident: shop.id,
  report: undefined,
  createdAt: now,
  updatedAt: now,
  verified: undefined,
  change: undefined,
  ...change,
});
