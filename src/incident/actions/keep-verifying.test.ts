import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import type { AlertRule } from '../../monitoring/port.ts';
import type { Action, VerifyPredicate } from '../action.ts';
import type { ActionChange, Write } from '../record/port.ts';
import { type KeptVerifying, keepVerifying, verifyRound } from './keep-verifying.ts';
import type { VerifyPorts } from './ports.ts';
import { action, metrics, now as start, verifyPorts } from './verify.fixture.ts';

const alert: VerifyPredicate = { kind: 'alert-rule', name: 'DiskFull' };
const rule: AlertRule = {
  ...{ name: 'DiskFull', group: 'g', query: 'up == 0', forSeconds: 60, labels: {} },
  health: 'ok',
  state: 'inactive',
};
const hourMs = 3_600_000;

let now: Date;
let rules: readonly AlertRule[];
let asked: number;
let kept: Map<string, Action>;
let written: { readonly id: string; readonly change: ActionChange; readonly write: Write }[];
let logged: unknown[];
beforeEach(() => {
  now = start;
  rules = [rule];
  asked = 0;
  kept = new Map();
  written = [];
  logged = [];
});

const known = (id: string): Action => {
  const found = kept.get(id);
  if (found !== undefined) return found;
  throw new CastellanError('action-unknown', 'agent', { message: 'no such action', next: 'none' });
};

const record: KeptVerifying['record'] = {
  actions: async ({ status, limit, skip }) => {
    const all = [...kept.values()].filter((one) => status?.includes(one.status) === true);
    return { actions: all.slice(skip, skip + limit), total: all.length };
  },
  action: async (id) => known(id),
  changeAction: async (id, change, write) => {
    const { verified, status = known(id).status } = change;
    const next = { ...known(id), status, verified };
    kept.set(id, next);
    written.push({ id, change, write });
    return next;
  },
};

const ports: VerifyPorts = verifyPorts({
  metrics: metrics({
    rules: async () => {
      asked += 1;
      return rules;
    },
  }),
});

function keep(...actions: readonly Action[]): void {
  for (const one of actions) kept.set(one.id, one);
}

const round = (lastLooks: Map<string, number>, given: Partial<KeptVerifying> = {}) =>
  verifyRound(
    {
      ...{ record, ports, now: () => now, signal: new AbortController().signal },
      log: { info: () => undefined, warn: (...line) => logged.push(line), error: () => undefined },
      ...given,
    },
    lastLooks,
  );

const later = (hours: number): void => {
  now = new Date(now.getTime() + hours * hourMs);
};

describe('a round over all actions', () => {
  it('lands what holds, and tells when it no longer does', async () => {
    keep(action(alert, { id: 'a' }));
    const looks = new Map<string, number>();
    await round(looks);
    expect(kept.get('a')).toMatchObject({ status: 'landed', verified: { result: 'pass' } });
    rules = [];
    later(25);
    await round(looks);
    expect(kept.get('a')).toMatchObject({ status: 'regressed', verified: { result: 'fail' } });
    expect(written.map(({ write }) => write.by.agent)).toEqual(['agent:castellan', 'agent:castellan']);
  });

  it('looks at each at most once a day, whatever came of it', async () => {
    keep(action(alert, { id: 'a' }), action({ kind: 'probe', target: 'x.example.net' }, { id: 'b' }));
    const looks = new Map<string, number>();
    for (let hour = 0; hour < 24; hour += 6) {
      await round(looks);
      later(6);
    }
    expect(asked).toBe(1);
    await round(looks);
    expect(asked).toBe(2);
    // Nothing new was seen the second time.
    expect(written).toHaveLength(2);
  });

  it('knows after a restart what was looked at today', async () => {
    const verified = { result: 'pass', at: new Date(start.getTime() - hourMs), detail: 'seen' } as const;
    keep(action(alert, { id: 'a', status: 'landed', verified }));
    expect(await round(new Map())).toEqual({ looked: 0 });
  });

  it('leaves alone what no machine can see, what has no predicate and what was dropped', async () => {
    keep(
      action({ kind: 'manual', why: 'look' }, { id: 'a' }),
      action(undefined, { id: 'b' }),
      action(alert, { id: 'c', status: 'dropped' }),
    );
    expect(await round(new Map())).toEqual({ looked: 0 });
  });

  it('does not take back what somebody dropped while it looked', async () => {
    keep(action(alert, { id: 'a' }));
    const dropping = metrics({
      rules: async () => {
        keep(action(alert, { id: 'a', status: 'dropped' }));
        return [rule];
      },
    });
    await round(new Map(), { ports: verifyPorts({ metrics: dropping }) });
    expect(kept.get('a')?.status).toBe('dropped');
  });

  it('is bounded: what was looked at longest ago comes first, the rest in the next', async () => {
    keep(...Array.from({ length: 120 }, (_, index) => action(alert, { id: `a${index}` })));
    const looks = new Map<string, number>();
    expect([await round(looks), await round(looks), await round(looks), await round(looks)]).toEqual(
      [50, 50, 20, 0].map((looked) => ({ looked })),
    );
    expect(asked).toBe(120);
  });

  it('goes on with the others where one fails', async () => {
    keep(action(alert, { id: 'a' }), action(alert, { id: 'b' }), action(alert, { id: 'c' }));
    const failing = {
      ...record,
      changeAction: async (id: string, change: ActionChange, write: Write) => {
        if (id === 'b') throw new CastellanError('database-unreachable', 'operator', { message: 'away', next: 'wait' });
        return record.changeAction(id, change, write);
      },
    };
    await round(new Map(), { record: failing });
    expect([...kept.values()].map(({ status }) => status)).toEqual(['landed', 'open', 'landed']);
    expect(logged).toHaveLength(1);
  });

  it('forgets what is gone', async () => {
    keep(action(alert, { id: 'a' }));
    const looks = new Map<string, number>();
    await round(looks);
    kept.clear();
    await round(looks);
    expect(looks.size).toBe(0);
  });
});

describe('keeping at it', () => {
  it('survives a round that fails, and ends with its signal', async () => {
    keep(action(alert, { id: 'a' }));
    const stop = new AbortController();
    let rounds = 0;
    const shaky = {
      ...record,
      actions: async (filter: Parameters<typeof record.actions>[0]) => {
        rounds += 1;
        if (rounds === 1)
          throw new CastellanError('database-unreachable', 'operator', { message: 'away', next: 'wait' });
        return record.actions(filter);
      },
    };
    const log = { info: () => undefined, warn: (...line: unknown[]) => logged.push(line), error: () => undefined };
    const keeping = keepVerifying({ record: shaky, ports, everyMs: 5, now: () => now, log, signal: stop.signal });
    while (kept.get('a')?.status !== 'landed') await sleep(5);
    stop.abort();
    await keeping;
    expect(logged.length).toBeGreaterThan(0);
    const after = rounds;
    await sleep(30);
    expect(rounds).toBe(after);
  });
});
