import { describe, expect, it } from 'vitest';
import { type VerifyPredicate, verifyPredicate } from '../action.ts';
import type { VerifyPorts } from './ports.ts';
import { action, awayPorts, metrics, now, probes, repository, verifyPorts } from './verify.fixture.ts';
import { verifyAction } from './verify.ts';

const signal = new AbortController().signal;

async function resultOf(verify: VerifyPredicate | undefined, given: Partial<VerifyPorts> = {}): Promise<string> {
  return (await verifyAction(action(verify), verifyPorts(given), { signal, now })).result;
}

const path = 'stacks/photos/alerts.yaml';
const every: readonly VerifyPredicate[] = [
  { kind: 'alert-rule', name: 'DiskFull' },
  { kind: 'file-exists', path },
  { kind: 'file-contains', path, text: 'DiskFull' },
  { kind: 'file-changed', path, since: '2026-11-20T00:00:00Z' },
  { kind: 'object-field', target: 'deploy/web', namespace: 'shop', field: 'spec.replicas', is: '2' },
  { kind: 'probe', target: 'https://photos.example.net' },
  { kind: 'metric', query: 'up', op: '==', value: 1 },
  { kind: 'document', corpus: 'runbooks', name: 'restart-photos' },
  { kind: 'manual', why: 'somebody has to look' },
];

describe('an action that a machine looks at', () => {
  it('knows every kind of predicate there is', () => {
    expect(new Set(every.map(({ kind }) => kind))).toEqual(
      new Set(verifyPredicate.options.map((option) => option.shape.kind.value)),
    );
  });

  it.each(every)('is unknown where nothing is configured: $kind', async (predicate) => {
    const seen = await verifyAction(action(predicate), verifyPorts(), { signal, now });
    expect(seen).toEqual({ result: 'unknown', at: now, detail: expect.stringMatching(/\w{3}/) });
  });

  it.each(every)('is unknown where nothing can be reached: $kind', async (predicate) => {
    expect(await verifyAction(action(predicate), awayPorts(), { signal, now })).toMatchObject({ result: 'unknown' });
  });

  it('is unknown without a predicate', async () => {
    expect(await resultOf(undefined)).toBe('unknown');
  });

  it('is not waited for any more when its caller gives up', async () => {
    const stopped = AbortSignal.abort(new Error('no longer wanted'));
    const ask = { ...awayPorts(), metrics: metrics({ rules: async (one) => one.throwIfAborted() ?? [] }) };
    await expect(verifyAction(action(every[0]), ask, { signal: stopped, now })).rejects.toThrow('no longer wanted');
  });

  it('does not take a defect of ours for an answer', async () => {
    const broken = metrics({
      rules: async () => {
        throw new TypeError('a defect');
      },
    });
    await expect(resultOf(every[0], { metrics: broken })).rejects.toThrow('a defect');
  });
});

describe('an alert', () => {
  const rule = (name: string, health: 'ok' | 'err') => ({
    ...{ name, health, group: 'g', query: 'up == 0', forSeconds: 60, labels: {} },
    state: 'inactive' as const,
  });
  it.each([
    ['is there', [rule('Other', 'ok'), rule('DiskFull', 'ok')], 'pass'],
    ['is not there', [rule('DiskFullSoon', 'ok'), rule('diskfull', 'ok')], 'fail'],
    ['is there and cannot fire', [rule('DiskFull', 'err')], 'fail'],
  ] as const)('that %s', async (_, rules, expected) => {
    const given = { metrics: metrics({ rules: async () => rules }) };
    expect(await resultOf({ kind: 'alert-rule', name: 'DiskFull' }, given)).toBe(expected);
  });
});

describe('a metric', () => {
  const of = (...values: readonly number[]) =>
    metrics({ instant: async () => values.map((value) => ({ labels: {}, value, at: now })) });
  it.each([
    ['<', [1, 2], 'pass'],
    ['<', [1, 3], 'fail'],
    ['<=', [3], 'pass'],
    ['>', [3], 'fail'],
    ['>', [4, Number.POSITIVE_INFINITY], 'pass'],
    ['>=', [3, 2], 'fail'],
    ['==', [3, 3], 'pass'],
    ['==', [], 'fail'],
    ['<', [1, Number.NaN], 'unknown'],
  ] as const)('%s 3 of %j: %s', async (op, values, expected) => {
    expect(await resultOf({ kind: 'metric', query: 'x', op, value: 3 }, { metrics: of(...values) })).toBe(expected);
  });

  it('of what is no query is unknown, and nobody is asked', async () => {
    const given = metrics({ problemIn: () => 'no', instant: () => expect.unreachable('it was asked') });
    expect(await resultOf({ kind: 'metric', query: '((', op: '<', value: 1 }, { metrics: given })).toBe('unknown');
  });
});

describe('a file of the infra repository', () => {
  const files = repository({ [path]: 'groups:\n- alert: DiskFull\n' });
  it('is there or not', async () => {
    expect(await resultOf({ kind: 'file-exists', path }, { repository: files })).toBe('pass');
    expect(await resultOf({ kind: 'file-exists', path: 'other' }, { repository: files })).toBe('fail');
  });

  it('holds a text or does not', async () => {
    expect(await resultOf({ kind: 'file-contains', path, text: 'alert: DiskFull' }, { repository: files })).toBe(
      'pass',
    );
    expect(await resultOf({ kind: 'file-contains', path, text: 'alert: Other' }, { repository: files })).toBe('fail');
    expect(await resultOf({ kind: 'file-contains', path: 'x', text: 'alert' }, { repository: files })).toBe('fail');
  });

  it('was changed since, or not, or is asked of a time that has not come', async () => {
    const commit = { id: 'a'.repeat(40), at: now, author: 'robin', subject: 'alerts', paths: [path] };
    const asked: unknown[] = [];
    const touched = repository(
      {},
      {
        log: async (query) => {
          asked.push(query);
          return [commit];
        },
      },
    );
    const since = '2026-11-20T00:00:00Z';
    expect(await resultOf({ kind: 'file-changed', path, since }, { repository: touched })).toBe('pass');
    expect(asked).toEqual([{ from: new Date(since), to: now, under: [path], limit: 1 }]);
    expect(await resultOf({ kind: 'file-changed', path, since }, { repository: files })).toBe('fail');
    const later = '2026-12-24T00:00:00Z';
    expect(await resultOf({ kind: 'file-changed', path, since: later }, { repository: touched })).toBe('unknown');
  });

  it('of a head that could not be fetched is unknown, whatever was fetched before', async () => {
    const head = async () => ({ commit: 'a'.repeat(40), at: now, stale: 'the remote is away' });
    const stale = repository({ [path]: 'DiskFull' }, { head });
    for (const predicate of every.filter(({ kind }) => kind.startsWith('file-'))) {
      expect(await resultOf(predicate, { repository: stale }), predicate.kind).toBe('unknown');
    }
  });
});

describe('a probe', () => {
  const target = 'https://photos.example.net';
  it.each([
    ['succeeds', { http: { works: 'yes' } }, target, 'pass'],
    ['fails', { http: { works: 'no', status: 502 } }, target, 'fail'],
    ['could not be made', { http: { works: 'unknown' } }, target, 'unknown'],
    ['meets a login page', { http: { works: 'yes', pretends: 'a login page' } }, target, 'unknown'],
    ['is not allowed', { refused: 'not allowed' }, target, 'unknown'],
    ['shakes hands', { http: { works: 'no' }, tls: { works: 'yes' } }, 'photos.example.net:443', 'pass'],
    ['is not answered by a certificate', { tls: { works: 'no' } }, 'photos.example.net:443', 'fail'],
    ['looks a name up', { tls: { works: 'no' }, dns: { works: 'yes' } }, 'photos.example.net', 'pass'],
    ['finds no name', { dns: { works: 'no' } }, 'photos.example.net', 'fail'],
  ] as const)('that %s', async (_, given, asked, expected) => {
    expect(await resultOf({ kind: 'probe', target: asked }, { probes: probes(given) })).toBe(expected);
  });
});
