import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi, type Rights } from '../../../test/recorded/api.ts';
import { CastellanError, type JsonObject, type JsonValue } from '../../kit/index.ts';
import { transportTo } from '../transport/loopback.fixture.ts';
import type { Transport } from '../transport/transport.ts';
import { createSelfCheck, type SelfCheck } from './self-check.ts';

const { signal } = new AbortController();
const own = 'castellan';

let api: RecordedApi;
let transport: Transport;
let now: number;
let selfCheck: SelfCheck;
/** What the role of the recording gives. */
let shipped: Rights;

/** Gives more in one namespace, as a Role bound there does. */
function grant(namespace: string, rule: Partial<Rights['resourceRules'][number]>): void {
  const more = { verbs: ['get'], apiGroups: [''], resources: ['pods'], ...rule };
  api.rights = (asked) =>
    asked === namespace ? { ...shipped, resourceRules: [...shipped.resourceRules, more] } : shipped;
}

const namespaces = (): readonly string[] => api.objects('namespaces').map(({ metadata }) => metadata.name);
const nearby = ['default', 'kube-system', own];
/** A namespace only the sweep comes to. */
const farAway = (): string => namespaces().find((name) => !nearby.includes(name)) ?? '';
const reviews = (): number => api.requests.filter(({ url }) => url.endsWith('selfsubjectrulesreviews')).length;
const sweepDone = () => expect.poll(reviews).toBe(new Set([...namespaces(), ...nearby]).size);

const refusal = async (): Promise<CastellanError | undefined> => {
  try {
    await selfCheck.assertReadOnly(signal);
    return undefined;
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'cluster-overprivileged') return error;
    throw error;
  }
};
const findingOf = async (check: string) => {
  const findings = await selfCheck.findings(signal);
  return findings.find((finding) => finding.check.includes(check));
};

describe('the self-check', () => {
  beforeEach(async () => {
    api = await openRecordedApi();
    transport = transportTo(api.server, api.token);
    shipped = api.rights('default');
    now = 0;
    selfCheck = createSelfCheck(transport, () => now);
  });
  afterEach(async () => {
    await selfCheck[Symbol.asyncDispose]();
    await transport[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it('passes the shipped role whole, with what every account may', async () => {
    await expect(selfCheck.assertReadOnly(signal)).resolves.toBeUndefined();
    await sweepDone();
    await expect(selfCheck.assertReadOnly(signal)).resolves.toBeUndefined();
    const findings = await selfCheck.findings(signal);
    expect(findings.map(({ status }) => status)).toEqual(findings.map(() => 'pass'));
    expect(findings[0]?.detail).toContain('system:serviceaccount:castellan:reader');
    expect(findings.at(-1)).toMatchObject({ check: 'may only look, in every namespace' });
  });

  it.each([
    [{ verb: 'get', resource: 'secrets' }, 'get secrets'],
    [{ verb: 'list', resource: 'secrets' }, 'list secrets'],
    [{ verb: 'create', resource: 'pods', subresource: '' }, 'create pods'],
    [{ verb: 'create', subresource: 'exec' }, 'create pods/exec'],
    [{ verb: 'get', subresource: 'exec' }, 'get pods/exec'],
    [{ verb: 'patch', resource: 'deployments', group: 'apps' }, 'patch deployments.apps'],
    [{ verb: 'impersonate', resource: 'users' }, 'impersonate users'],
    [{ verb: 'get', resource: 'nodes', subresource: 'proxy' }, 'get nodes/proxy'],
    [{ verb: 'create', resource: 'serviceaccounts', subresource: 'token' }, 'create serviceaccounts/token'],
  ])('refuses a credential that may %j in all namespaces', async (right, what) => {
    api.allow = (asked) => Object.entries(right).every(([field, value]) => asked[field] === value);
    expect(await refusal()).toMatchObject({
      message: expect.stringContaining(`(${what})`),
      next: expect.stringMatching(/deploy\/kubernetes\/reader-role\.yaml.*castellan init kubernetes/),
    });
    const failed = (await selfCheck.findings(signal)).filter(({ status }) => status === 'fail');
    expect(failed.map(({ check }) => check)).toEqual([`may not ${what}`]);
  });

  it.each([
    ['patch deployments.apps', 'default', { verbs: ['get', 'patch'], apiGroups: ['apps'], resources: ['deployments'] }],
    ['get secrets', 'kube-system', { resources: ['secrets'], resourceNames: ['one'] }],
    ['create pods/exec', own, { verbs: ['create'], resources: ['pods/exec'] }],
    ['* configmaps', 'default', { verbs: ['*'], resources: ['configmaps'] }],
    ['impersonate serviceaccounts', own, { verbs: ['impersonate'], resources: ['serviceaccounts'] }],
  ])('refuses a credential that may %s in %s alone, before anything is read', async (right, namespace, rule) => {
    grant(namespace, rule);
    expect((await refusal())?.message).toContain(`(${right} in namespace ${namespace})`);
    expect(api.requests.every(({ method }) => method === 'POST')).toBe(true);
  });

  it('stops reads for what it finds in any other namespace, until it is gone from there', async () => {
    grant(farAway(), { verbs: ['delete'] });
    expect(await refusal()).toBeUndefined();
    await expect.poll(async () => (await refusal())?.message).toContain(`(delete pods in namespace ${farAway()})`);
    expect((await refusal())?.message).toContain('delete pods');
    api.rights = () => shipped;
    expect(await refusal()).toBeUndefined();
    expect(await refusal()).toBeUndefined();
  });

  it('looks again every ten minutes, in the other namespaces too', async () => {
    await selfCheck.assertReadOnly(signal);
    await sweepDone();
    grant(farAway(), { verbs: ['delete'] });
    now = 9 * 60_000;
    expect(await refusal()).toBeUndefined();
    now = 10 * 60_000;
    expect(await refusal()).toBeUndefined();
    await expect.poll(refusal).toMatchObject({ message: expect.stringContaining('delete pods') });
  });

  it('stops reads for what an operator’s look finds', async () => {
    await selfCheck.assertReadOnly(signal);
    await sweepDone();
    grant(farAway(), { verbs: ['delete'] });
    expect(await findingOf('every namespace')).toMatchObject({
      status: 'fail',
      detail: `the credential may delete pods in namespace ${farAway()}`,
      next: expect.stringContaining('castellan init kubernetes'),
    });
    expect((await refusal())?.message).toContain('delete pods');
  });

  it('does not make the first read wait for the other namespaces', async () => {
    await selfCheck.assertReadOnly(signal);
    expect(api.requests.length).toBeLessThan(20);
    await sweepDone();
  });

  it('reviews a bounded number of namespaces, two at a time, and says that it left some out', async () => {
    const many = api.objects('namespaces');
    many.push(...Array.from({ length: 300 }, (_, index) => ({ metadata: { name: `made-${index}` } })));
    expect(await findingOf('every namespace')).toMatchObject({
      status: 'unknown',
      detail: expect.stringMatching(/^\d+ namespaces reviewed, \d+ not$/),
    });
    expect(reviews()).toBeLessThan(210);
  });

  it('does not call an incomplete list of rules right, and asks the canaries in that namespace', async () => {
    api.rights = (asked) => ({ ...shipped, incomplete: asked === farAway() });
    await expect(selfCheck.assertReadOnly(signal)).resolves.toBeUndefined();
    expect(await findingOf('every namespace')).toMatchObject({
      status: 'unknown',
      detail: expect.stringContaining(`incompletely in ${farAway()};`),
      next: expect.stringContaining('authorizers'),
    });
    api.rights = (asked) => ({ ...shipped, incomplete: asked === 'default' });
    api.allow = ({ namespace, resource }) => namespace === 'default' && resource === 'secrets';
    now = 10 * 60_000;
    expect((await refusal())?.message).toContain(
      '(get secrets in namespace default; list secrets in namespace default)',
    );
  });

  it('refuses for what an incomplete list does hold', async () => {
    const rule = { verbs: ['delete'], apiGroups: [''], resources: ['pods'] };
    api.rights = () => ({ ...shipped, resourceRules: [rule], incomplete: true });
    expect((await refusal())?.message).toContain('(delete pods)');
  });

  it('names a bounded part of what is too much, in a line of plain text', async () => {
    const resources = Array.from({ length: 500 }, (_, index) => `kind${index}`);
    grant('default', { verbs: ['delete', '\u001b[2Jx\n'], resources });
    const message = (await refusal())?.message ?? '';
    expect(message).toMatch(/and \d+ more/);
    expect(message.length).toBeLessThan(700);
    expect(message).toMatch(/^[\x20-\x7e]+$/);
  });

  it('says that it could not see the namespaces, and serves by what it saw', async () => {
    const blind = { ...transport, read: async () => ({}) };
    await using partial = createSelfCheck(blind, () => now);
    await expect(partial.assertReadOnly(signal)).resolves.toBeUndefined();
    expect((await partial.findings(signal)).at(-1)).toMatchObject({ status: 'unknown' });
  });

  it('ends its sweep when the connection is closed', async () => {
    api
      .objects('namespaces')
      .push(...Array.from({ length: 150 }, (_, index) => ({ metadata: { name: `made-${index}` } })));
    await selfCheck.assertReadOnly(signal);
    await selfCheck[Symbol.asyncDispose]();
    const asked = api.requests.length;
    await sleep(50);
    expect(api.requests.length - asked).toBeLessThan(3);
    expect(reviews()).toBeLessThan(100);
  });
});

describe('an API server that does not say', () => {
  const refused = () => ({ status: { allowed: false } });
  const rules = { status: { resourceRules: [], nonResourceRules: [], incomplete: false } };
  const self = { status: { userInfo: { username: 'reader' } } };

  function answering(answers: Partial<Record<'access' | 'rules' | 'self', () => JsonValue>>) {
    const asked: string[] = [];
    const stub: Pick<Transport, 'read' | 'review'> = {
      read: async () => ({ items: [] }),
      review: async (review) => {
        asked.push(review);
        return { access: refused, rules: () => rules, self: () => self, ...answers }[review]() as JsonObject;
      },
    };
    return { stub, asked };
  }

  it.each([
    ['access', {}],
    ['access', { status: {} }],
    ['access', { status: { allowed: 'false' } }],
    ['access', { status: null }],
    ['rules', {}],
    ['rules', { status: { resourceRules: [], nonResourceRules: [] } }],
    ['self', {}],
  ])('does not pass: %s → %j', async (review, answer) => {
    await using doubtful = createSelfCheck(answering({ [review]: () => answer }).stub);
    await expect(doubtful.assertReadOnly(signal)).rejects.toMatchObject({
      code: expect.stringMatching(/^cluster-(self-check-failed|answer-unreadable)$/),
    });
    expect((await doubtful.findings(signal)).some(({ status }) => status === 'unknown')).toBe(true);
  });

  it('is asked once for ten minutes, by all who wait together, and again when it failed', async () => {
    let time = 0;
    let access: () => JsonValue = () => ({});
    const { stub, asked } = answering({ access: () => access() });
    await using patient = createSelfCheck(stub, () => time);
    await expect(patient.assertReadOnly(signal)).rejects.toThrow();
    access = refused;
    asked.length = 0;
    await Promise.all([patient.assertReadOnly(signal), patient.assertReadOnly(signal)]);
    const once = asked.length;
    expect(once).toBe(9 + 1 + 2);
    time = 9 * 60_000;
    await patient.assertReadOnly(signal);
    expect(asked).toHaveLength(once);
    time = 10 * 60_000;
    access = () => ({ status: { allowed: true } });
    await expect(patient.assertReadOnly(signal)).rejects.toMatchObject({ code: 'cluster-overprivileged' });
    await expect(patient.assertReadOnly(signal)).rejects.toMatchObject({ code: 'cluster-overprivileged' });
  });

  it('whose account it is, because it is too old, is asked the rest', async () => {
    const missing = new CastellanError('cluster-not-found', 'agent', { message: 'no such path', next: 'none' });
    const { stub } = answering({
      self: () => {
        throw missing;
      },
    });
    await using old = createSelfCheck(stub);
    await expect(old.assertReadOnly(signal)).resolves.toBeUndefined();
  });
});
