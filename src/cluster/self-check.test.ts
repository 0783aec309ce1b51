import { describe, expect, it } from 'vitest';
import { openRecordedApi } from '../../test/recorded/api.ts';
import type { JsonObject, JsonValue } from '../kit/index.ts';
import { createSelfCheck } from './self-check.ts';
import { transportTo } from './transport/loopback.fixture.ts';
import type { Transport } from './transport/transport.ts';

const { signal } = new AbortController();

function transportAnswering(answer: () => JsonValue): Pick<Transport, 'review'> & { asked: number } {
  const transport = {
    asked: 0,
    review: async () => {
      transport.asked += 1;
      return answer() as JsonObject;
    },
  };
  return transport;
}

const refused = () => ({ status: { allowed: false } });

describe('the self-check', () => {
  it('passes a credential that may only look', async () => {
    await using api = await openRecordedApi();
    await using transport = transportTo(api.server, api.token);
    const selfCheck = createSelfCheck(transport);
    await expect(selfCheck.assertReadOnly(signal)).resolves.toBeUndefined();
    const findings = await selfCheck.findings(signal);
    expect(findings.map(({ status }) => status)).toEqual(findings.map(() => 'pass'));
    expect(findings[0]?.detail).toContain('system:serviceaccount:castellan:reader');
  });

  it.each([
    [{ verb: 'get', resource: 'secrets' }, 'get secrets'],
    [{ verb: 'list', resource: 'secrets' }, 'list secrets'],
    [{ verb: 'create', resource: 'pods', subresource: undefined }, 'create pods'],
    [{ verb: 'create', subresource: 'exec' }, 'create pods/exec'],
    [{ verb: 'get', subresource: 'exec' }, 'get pods/exec'],
    [{ verb: 'patch', resource: 'deployments', group: 'apps' }, 'patch deployments.apps'],
    [{ verb: 'impersonate', resource: 'users' }, 'impersonate users'],
    [{ verb: 'get', resource: 'nodes', subresource: 'proxy' }, 'get nodes/proxy'],
    [{ verb: 'create', resource: 'serviceaccounts', subresource: 'token' }, 'create serviceaccounts/token'],
  ])('refuses a credential that may %j', async (right, what) => {
    await using api = await openRecordedApi();
    await using transport = transportTo(api.server, api.token);
    api.allow = (asked) => Object.entries(right).every(([field, value]) => asked[field] === value);
    const selfCheck = createSelfCheck(transport);
    await expect(selfCheck.assertReadOnly(signal)).rejects.toMatchObject({
      code: 'cluster-overprivileged',
      message: expect.stringContaining(`(${what})`),
      next: expect.stringContaining('deploy/kubernetes/reader-role.yaml'),
    });
    const failed = (await selfCheck.findings(signal)).filter(({ status }) => status === 'fail');
    expect(failed.map(({ check }) => check)).toEqual([`may not ${what}`]);
  });

  it.each([{}, { status: {} }, { status: { allowed: 'false' } }, { status: null }])(
    'does not pass on an answer that does not say no: %j',
    async (answer) => {
      const selfCheck = createSelfCheck(transportAnswering(() => answer));
      await expect(selfCheck.assertReadOnly(signal)).rejects.toMatchObject({ code: 'cluster-self-check-failed' });
      expect((await selfCheck.findings(signal)).every(({ status }) => status === 'unknown')).toBe(true);
    },
  );

  it('is made once for ten minutes, shared by those who wait, and again when it failed', async () => {
    let now = 0;
    let answer: () => JsonValue = () => ({});
    const transport = transportAnswering(() => answer());
    const selfCheck = createSelfCheck(transport, () => now);
    await expect(selfCheck.assertReadOnly(signal)).rejects.toThrow();
    answer = refused;
    transport.asked = 0;
    await Promise.all([selfCheck.assertReadOnly(signal), selfCheck.assertReadOnly(signal)]);
    expect(transport.asked).toBe(9);
    now = 9 * 60_000;
    await selfCheck.assertReadOnly(signal);
    expect(transport.asked).toBe(9);
    now = 10 * 60_000;
    answer = () => ({ status: { allowed: true } });
    await expect(selfCheck.assertReadOnly(signal)).rejects.toMatchObject({ code: 'cluster-overprivileged' });
    await expect(selfCheck.assertReadOnly(signal)).rejects.toMatchObject({ code: 'cluster-overprivileged' });
  });
});
