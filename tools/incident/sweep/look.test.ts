import { describe, expect, it } from 'vitest';
import { clusterError } from '../../../src/cluster/errors.ts';
import { allChecks } from '../../../src/incident/sweep/checks.ts';
import type { SweepSource } from '../../../src/incident/sweep/port.ts';
import { sweepSources } from '../../../src/incident/sweep/port.ts';
import { lookAround, type SweepPorts } from './look.ts';

const nothing: SweepPorts = {
  record: new Proxy({} as SweepPorts['record'], {
    get: () => async () => {
      throw new Error('password=hunter2 in a driver’s message');
    },
  }),
  cluster: undefined,
  metrics: undefined,
  alerts: undefined,
  logStore: undefined,
  keep: undefined,
  repository: undefined,
  vault: undefined,
  probes: {
    http: () => expect.unreachable('nothing is watched'),
    tls: () => expect.unreachable('nothing is watched'),
    dns: () => expect.unreachable('nothing is watched'),
    refusalOf: () => undefined,
  },
  watch: { http: [], tls: [], dns: [] },
};

const look = (
  ports: Partial<SweepPorts>,
  without: readonly SweepSource[] = [],
  signal = new AbortController().signal,
) =>
  lookAround(
    { ...nothing, ...ports },
    { checks: allChecks, without, signal, now: new Date('2026-11-20T12:00:00Z'), progress: () => undefined },
  );

describe('looking around', () => {
  it('says of every source that is not configured what is missing in castellan.yaml', async () => {
    const { failed } = await look({});
    expect([...failed.keys()].sort()).toEqual([...sweepSources].sort());
    expect(failed.get('cluster')).toContain('`kubernetes`');
    expect(failed.get('probes')).toContain('`incident.probes.watch`');
  });

  it('tells no message of a driver', async () => {
    const { failed } = await look({});
    expect(failed.get('record')).toBe('it failed in a way that is not known');
  });

  it('tells our own errors by code and words', async () => {
    const { failed } = await look({
      cluster: async () => {
        throw clusterError('cluster-forbidden', { message: 'may not list pods', next: 'grant it' });
      },
    });
    expect(failed.get('cluster')).toBe('cluster-forbidden: may not list pods');
  });

  it('asks nothing that it is told to leave out', async () => {
    const { failed } = await look({ cluster: () => expect.unreachable('it was left out') }, ['cluster']);
    expect(failed.has('cluster')).toBe(false);
  });

  it('sees the sources that answer beside those that do not', async () => {
    const sight = await look({
      logStore: async () => ({
        health: async () => ({ ready: true, version: '3.0.0' }),
        lines: () => expect.unreachable('not asked'),
        ofPods: () => expect.unreachable('not asked'),
        problemIn: () => undefined,
      }),
    });
    expect(sight.logs).toEqual({ ready: true, version: '3.0.0' });
    expect(sight.failed.has('logs')).toBe(false);
  });

  it('leaves a metric unknown whose query fails, and keeps the others', async () => {
    const sight = await look({
      metrics: async () => ({
        health: async () => ({ ready: true, version: '2.42.0' }),
        rules: async () => [],
        instant: async (query) => {
          if (query === 'up') return [];
          throw clusterError('cluster-forbidden', { message: 'too wide', next: 'none' });
        },
        range: () => expect.unreachable('not asked'),
        problemIn: () => undefined,
      }),
    });
    expect(sight.samples.get('up')).toEqual([]);
    expect(sight.samples.get('abs(node_timex_offset_seconds)')).toBe('cluster-forbidden: too wide');
  });

  it('ends when its caller does', async () => {
    const stop = new AbortController();
    const swept = look({ cluster: () => new Promise(() => undefined) }, [], stop.signal);
    stop.abort(new Error('the client is gone'));
    await expect(swept).rejects.toThrow('the client is gone');
  });
});
