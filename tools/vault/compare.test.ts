import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/change/wire/secret.ts';
import { compare } from './compare.ts';
import { byFile, byVariable, podOf } from './homelab.fixture.ts';
import { callTool, canary, portsOf, principal, scriptedCluster, scriptedKeep } from './scripted-vault.fixture.ts';

const left = 'secret/apps/mail#password';
const right = 'k8s:mail/mail-secret#password';
const saying = (comparison: Comparison) => scriptedKeep(() => ({ comparison }));
const equal = saying({ outcome: 'equal', leftVersion: 4, rightChangedAt: '2026-03-01T08:00:00Z' });

describe('two references', () => {
  it.each([
    ['equal', { outcome: 'equal' }, 'EQUAL: secret/apps/mail#password and secret/root#pin'],
    ['different', { outcome: 'different' }, 'DIFFERENT: '],
    ['unknown, with the reason', { outcome: 'unknown', why: 'the store is away' }, 'UNKNOWN (the store is away): '],
  ] as const)('are %s', async (_, comparison, said) => {
    const keep = saying(comparison);
    expect((await callTool(compare, portsOf({ keep }), { left, right: 'secret/root#pin' })).startsWith(said)).toBe(
      true,
    );
    expect(keep.asked).toEqual([
      {
        verb: 'status',
        of: 'comparison',
        left: { mount: 'secret', path: 'apps/mail', key: 'password' },
        right: { mount: 'secret', path: 'root', key: 'pin' },
      },
    ]);
  });

  it('are unknown when the keep says nothing, and not equal', async () => {
    expect(await callTool(compare, portsOf({ keep: scriptedKeep(() => ({})) }), { left, right })).toMatch(/^UNKNOWN/);
  });

  it('may come in either order', async () => {
    const keep = saying({ outcome: 'equal' });
    await callTool(compare, portsOf({ keep }), { left: right, right: `${left}@3` });
    expect(keep.asked).toMatchObject([{ left: { version: 3 }, right: { namespace: 'mail' } }]);
    await expect(callTool(compare, portsOf({ keep }), { left: right, right })).rejects.toMatchObject({
      code: 'vault-reference-invalid',
    });
  });
});

describe('a Kubernetes Secret', () => {
  const cluster = scriptedCluster([
    byVariable('web', 'mail-secret', 'password'),
    byVariable('other', 'mail-secret', 'user'),
    byFile('worker', 'mail-secret'),
    ...podOf('web', '2026-02-01T00:00:00Z'),
    ...podOf('other', '2026-02-01T00:00:00Z'),
    ...podOf('worker', '2026-02-01T00:00:00Z'),
  ]);

  it('that is right tells which pods took it before it was: they are to be restarted', async () => {
    const text = await callTool(compare, portsOf({ keep: equal, cluster }), { left, right });
    expect(text.split('\n')[0]).toBe(
      'EQUAL: secret/apps/mail#password and k8s:mail/mail-secret#password; 1 PODS PREDATE THE CHANGE: restart needed',
    );
    expect(text).toContain('web-5d9c-x of Deployment mail/web');
    expect(text).not.toContain('worker-5d9c-x');
  });

  it('that lags behind tells which version it has', async () => {
    const keep = saying({ outcome: 'different', leftVersion: 4, equalsVersion: 3 });
    expect(await callTool(compare, portsOf({ keep, cluster }), { left, right })).toContain(
      'the other side still has version 3',
    );
  });

  it('whose pods nobody saw is not said to need no restart', async () => {
    expect(await callTool(compare, portsOf({ keep: equal }), { left, right })).toContain(
      'NOT SEEN: pods that use it (no cluster is configured)',
    );
  });
});

describe('nobody can guess', () => {
  const value = canary();

  it.each([
    value,
    `#${value}`,
    'password123',
    'secret/apps/mail',
    `k8s:${value}`,
    'secret/../x#y',
    '',
    'x'.repeat(700),
  ])('with a value in place of a reference: %#', async (given) => {
    const keep = saying({ outcome: 'equal' });
    const ports = portsOf({ keep });
    for (const asked of [
      { left, right: given },
      { left: given, right: left },
    ]) {
      const refused = await callTool(compare, ports, asked).catch((error: unknown) => error);
      expect(String((refused as Error).message)).not.toContain(value);
      if (given !== '') expect(refused).toMatchObject({ code: 'vault-compare-literal' });
    }
    expect(keep.asked).toEqual([]);
  });

  it('more than 30 times an hour, whatever the answer; others are not held up by it', async () => {
    const ports = portsOf({ keep: saying({ outcome: 'different' }) });
    for (let count = 1; count <= 30; count += 1) {
      expect(await callTool(compare, ports, { left, right: 'secret/root#pin' })).toContain(
        `comparison ${count} of 30 this hour`,
      );
    }
    await expect(callTool(compare, ports, { left, right: 'secret/root#pin' })).rejects.toMatchObject({
      code: 'vault-compare-limited',
    });
    const other = { ...principal, agent: 'agent:other' };
    expect(await callTool(compare, ports, { left, right: 'secret/root#pin' }, other)).toContain('comparison 1 of 30');
  });
});
