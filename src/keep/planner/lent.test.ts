import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../kit/index.ts';
import type { VaultClient } from '../../vault/port.ts';
import type { LentToPlans, Profile } from '../config/valid.ts';
import { lendingPlanner } from './lent.ts';
import type { Planned, Planner, PlanRequest } from './port.ts';

const word = (): string => randomBytes(12).toString('hex');
const [password, token] = [word(), word()];
const { signal } = new AbortController();

let asked: string[];
let live: Set<string>;
let given: Profile[];
let logged: string[];
let broken: string | undefined;
beforeEach(() => {
  [asked, live, given, logged, broken] = [[], new Set(), [], [], undefined];
});

const vault: VaultClient = {
  address: 'http://192.0.2.1:8200',
  ask: async ({ path, body, reply }) => {
    const place = path.join('/');
    asked.push(place);
    if (place === broken) throw new Error('away');
    if (place === 'sys/leases/revoke') {
      const lease = body?.['lease_id'];
      if (lease instanceof Secret) live.delete(lease.reveal());
      return reply.parse(undefined);
    }
    if (place === 'database/static-creds/reader')
      return reply.parse({ lease_id: '', data: { username: 'reader', password } });
    const lease_id = word();
    live.add(lease_id);
    const account = { service_account_name: 'reader', service_account_namespace: 'castellan' };
    const data = place.startsWith('kubernetes/') ? { ...account, service_account_token: token } : { password };
    return reply.parse({ lease_id, lease_duration: 3_600, data });
  },
};

const profile = (lent: Partial<LentToPlans> | undefined, more: Partial<Profile> = {}): Profile => ({
  name: 'apps',
  stacks: ['stacks/*'],
  tier: '1',
  skip: [],
  runner: { kind: 'tofu', program: '/nonexistent' },
  state: { kind: 'none' },
  env: {},
  credentials: {},
  varFiles: [],
  providerMirror: '/nonexistent',
  kubernetes: { kubeconfig: '/nonexistent', context: undefined, variables: [] },
  vault: lent === undefined ? undefined : { kubernetes: undefined, credentials: {}, ...lent },
  endpoints: [],
  charts: undefined,
  timeoutSeconds: 600,
  apply: undefined,
  ...more,
});
const account = { mount: 'kubernetes', role: 'reader', namespace: 'castellan', clusterWide: false, minutes: 60 };

/** Plans, and lets `during` look while the plan runs. */
async function plan(
  of: Profile,
  during: () => void = () => undefined,
  lender: VaultClient | undefined = vault,
): Promise<void> {
  const planned: Planned = {
    outcome: 'failed',
    engine: 'tofu',
    took: {},
    state: undefined,
    step: 'plan',
    ended: 'exit',
    diagnostics: [],
    json: undefined,
  };
  const planner: Planner = {
    cleanUp: async () => undefined,
    plan: async (request) => {
      given.push(request.profile);
      during();
      return planned;
    },
  };
  const keep = (fields: object, event: string): void => {
    logged.push(`${event} ${inspect(fields)}`);
  };
  const log = { info: keep, warn: keep, error: keep };
  const request: PlanRequest = {
    run: 'r',
    tree: 't',
    baseTree: 't',
    stack: 'stacks/mail',
    profile: of,
    onStep: () => undefined,
  };
  await lendingPlanner(planner, { vault: () => lender, log }).plan(request, signal);
}

describe('what a plan is lent by Vault', () => {
  it('is there while it runs, where files would be, and gone after it', async () => {
    const lent = {
      kubernetes: account,
      credentials: {
        PGPASSWORD: { path: 'database/static-creds/reader', field: 'password' },
        OTHER: { path: 'database/creds/other', field: 'password' },
      },
    };
    let during = 0;
    await plan(profile(lent), () => {
      during = live.size;
    });
    const [seen] = given;
    expect(seen?.credentials['PGPASSWORD']?.reveal()).toBe(password);
    expect(seen?.kubernetes?.token?.reveal()).toBe(token);
    expect([during, live.size]).toEqual([2, 0]);
    expect(inspect(seen, { depth: 9 })).not.toContain(token);
  });

  it('is given back when the plan fails, and when half of it cannot be had', async () => {
    const lent = { kubernetes: account, credentials: { A: { path: 'database/creds/other', field: 'password' } } };
    const failing = plan(profile(lent), () => {
      throw new Error('the plan failed');
    });
    await expect(failing).rejects.toThrow('the plan failed');
    expect(live.size).toBe(0);
    broken = 'kubernetes/creds/reader';
    await expect(plan(profile(lent))).rejects.toThrow('away');
    expect([given.length, live.size]).toEqual([1, 0]);
  });

  it('is told when it could not be given back', async () => {
    broken = 'sys/leases/revoke';
    await plan(profile({ kubernetes: account }));
    expect(logged).toEqual([expect.stringContaining('plan.lease-not-revoked')]);
    for (const lease of live) expect(logged.join()).not.toContain(lease);
  });

  it('is nothing where the profile says nothing', async () => {
    await plan(profile(undefined), undefined, undefined);
    expect(asked).toEqual([]);
  });

  it.each<[string, Profile]>([
    ['no kubeconfig', profile({ kubernetes: account }, { kubernetes: undefined })],
    [
      'a plan that may take longer than the token lives',
      profile({ kubernetes: { ...account, minutes: 10 } }, { timeoutSeconds: 900 }),
    ],
    [
      'a field that is not there',
      profile({ credentials: { A: { path: 'database/static-creds/reader', field: '__proto__' } } }),
    ],
    [
      'a variable twice',
      profile({ credentials: { A: { path: 'database/static-creds/reader', field: 'password' } } }, { env: { A: 'b' } }),
    ],
  ])('makes no plan with %s', async (_, of) => {
    await expect(plan(of)).rejects.toMatchObject({ code: 'profile-unusable' });
    expect([given, live.size]).toEqual([[], 0]);
  });

  it('makes no plan without a Vault', async () => {
    const lender = undefined as VaultClient | undefined;
    const work = lendingPlanner(
      { cleanUp: async () => undefined, plan: () => expect.unreachable() },
      {
        vault: () => lender,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      },
    ).plan(
      {
        run: 'r',
        tree: 't',
        baseTree: 't',
        stack: 's',
        profile: profile({ kubernetes: account }),
        onStep: () => undefined,
      },
      signal,
    );
    await expect(work).rejects.toMatchObject({ code: 'profile-unusable' });
  });
});
