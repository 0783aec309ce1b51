import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { clusterError } from '../errors.ts';
import type { Kind } from '../kind.ts';
import type { ClusterObject, WatchEvent } from '../reader.ts';
import type { Noted } from './entry.ts';
import { type Following, followKind } from './follow.ts';
import type { Span } from './table.ts';

const pods: Kind = {
  ...{ kind: 'Pod', group: '', version: 'v1', resource: 'pods', singular: 'pod' },
  ...{ shortNames: [], namespaced: true, verbs: ['get', 'list', 'watch'] },
};

function pod(name: string): ClusterObject {
  const created = new Date();
  return { group: '', kind: 'Pod', namespace: 'shop', name, created, body: {}, withheld: {} };
}

const failed = (code: 'cluster-unreachable' | 'cluster-list-expired' | 'cluster-forbidden'): Error =>
  clusterError(code, { message: code, next: 'none' });

type Step = WatchEvent | Error | 'end';
const added = (name: string, resourceVersion: string): WatchEvent => ({
  type: 'added',
  object: pod(name),
  resourceVersion,
});

/** A server whose watches do what was written down, one after the other, and whose last one stays open. */
async function followed(
  watches: readonly (readonly Step[])[],
  until: (seen: Seen) => boolean,
  lists: readonly (Error | undefined)[] = [],
) {
  const stopping = new AbortController();
  const seen: Seen = { listed: 0, watchedFrom: [], told: [], spans: new Map(), reports: [] };
  const following: Following = {
    reader: {
      kind: async () => pods,
      async list() {
        const fails = lists[seen.listed];
        seen.listed += 1;
        if (fails !== undefined) throw fails;
        return { objects: [], resourceVersion: String(seen.listed * 100), withheld: {} };
      },
      async *watch(_kind, { resourceVersion = '', signal }) {
        const steps = watches[seen.watchedFrom.length] ?? [];
        seen.watchedFrom.push(resourceVersion);
        for (const step of steps) {
          if (step === 'end') return;
          if (step instanceof Error) throw step;
          yield step;
        }
        if (steps.at(-1) !== 'end') await sleep(60_000, undefined, { signal });
      },
    },
    subject: {
      kindId: 'pods',
      shape: {},
      resume: (_objects, last) => {
        seen.told.push(`resume ${last?.ended ?? ''}`.trim());
        return { facts: [], states: [] };
      },
      see: (type, object) => {
        seen.told.push(`${type} ${object.name}`);
        if (object.name === 'broken') throw new TypeError('ours');
        const about = { group: '', kind: 'Pod', namespace: 'shop', name: object.name };
        return { facts: [{ what: 'created', about, root: about, text: type, mark: '' }], states: [] };
      },
    },
    writer: {
      note: (entries: readonly Noted[]) => void entries,
      span: (span) => void seen.spans.set(span.from.getTime(), span),
    },
    last: undefined,
    signal: stopping.signal,
    now: () => new Date(),
    firstPauseMs: 5,
    report: (error) => void seen.reports.push(error instanceof Error ? error.message : error),
    begun: () => undefined,
  };
  const work = followKind(following);
  await expect.poll(() => until(seen), { interval: 2 }).toBe(true);
  stopping.abort();
  await work;
  return seen;
}

interface Seen {
  listed: number;
  readonly watchedFrom: string[];
  readonly told: string[];
  readonly spans: Map<number, Span>;
  readonly reports: unknown[];
}

const endings = ({ spans }: Seen): readonly unknown[] => [...spans.values()].map(({ ended }) => ended);

describe('a kind that is followed', () => {
  it('goes on where the last watch ended, without a list and without a gap', async () => {
    const seen = await followed([[added('a', '107'), 'end'], [added('b', '109')]], ({ told }) =>
      told.includes('added b'),
    );
    expect(seen).toMatchObject({ listed: 1, watchedFrom: ['100', '107'], told: ['resume', 'added a', 'added b'] });
    expect(endings(seen)).toEqual(['Castellan was stopped']);
  });

  it('takes how far it is from bookmarks, too', async () => {
    const seen = await followed(
      [[{ type: 'bookmark', resourceVersion: '150' }, 'end'], [added('b', '151')]],
      ({ told }) => told.includes('added b'),
    );
    expect(seen.watchedFrom).toEqual(['100', '150']);
  });

  it('goes on from the same version after the connection was lost', async () => {
    const lost = failed('cluster-unreachable');
    const seen = await followed([[added('a', '107'), lost], [lost], [added('b', '108')]], ({ told }) =>
      told.includes('added b'),
    );
    expect(seen).toMatchObject({ listed: 1, watchedFrom: ['100', '107', '107'] });
    expect(seen.reports).toContain('cluster-unreachable');
    expect(seen.reports.at(-1)).toBeUndefined();
    expect(endings(seen)).toEqual(['Castellan was stopped']);
  });

  it('lists again, in a new span, when its version is gone', async () => {
    const seen = await followed(
      [[added('a', '107'), failed('cluster-list-expired')], [added('b', '201')]],
      ({ told }) => told.includes('added b'),
    );
    expect(seen).toMatchObject({ listed: 2, watchedFrom: ['100', '200'] });
    expect(seen.told[2]).toBe('resume the API server no longer had what came next');
    expect(endings(seen)).toEqual(['the API server no longer had what came next', 'Castellan was stopped']);
  });

  it('begins again when it is Castellan that failed, and claims nothing of what it missed', async () => {
    const seen = await followed([[added('broken', '107')], [added('b', '201')]], ({ told }) =>
      told.includes('added b'),
    );
    expect(endings(seen)).toEqual(['Castellan could not follow', 'Castellan was stopped']);
    expect(seen.reports).toContain('ours');
  });

  it('waits and tries again while it cannot be listed', async () => {
    const seen = await followed([[added('a', '300')]], ({ told }) => told.includes('added a'), [
      failed('cluster-unreachable'),
      new TypeError('ours'),
    ]);
    expect(seen).toMatchObject({ listed: 3, watchedFrom: ['300'] });
  });

  it('does not ask at once again when a watch ends at once', async () => {
    const begun = performance.now();
    await followed([['end'], ['end'], ['end'], []], ({ watchedFrom }) => watchedFrom.length === 4);
    // Pauses of 5, 10 and 20 ms, each at least half as long.
    expect(performance.now() - begun).toBeGreaterThan(15);
  });
});
