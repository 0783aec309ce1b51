import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kit/index.ts';
import { fixtureNow } from './findings/manifest.fixture.ts';
import { viewOf } from './findings/rule.fixture.ts';
import type { Rule } from './findings/rule.ts';
import { cronJob, job, named, owner, pod, replicaSet, workload } from './findings/workload.fixture.ts';
import { refText } from './owner.ts';

const labels = { metadata: { labels: true } } as const;
const reads: Rule = {
  id: 'reads',
  title: '',
  needs: { pods: labels, 'deployments.apps': {}, 'jobs.batch': {}, 'cronjobs.batch': {}, 'widgets.example.net': {} },
  find: () => [],
};
const over = (...objects: readonly JsonObject[]) => viewOf(reads, objects, fixtureNow);

/** The root of the first pod. */
function rootOfPod(...objects: readonly JsonObject[]): string {
  const view = over(...objects);
  const [first] = view.all('pods');
  return first === undefined ? expect.unreachable('no pod') : refText(view.rootOf(first));
}

describe('the root of an object', () => {
  it('is the owner at the top', () => {
    expect(rootOfPod(pod(), replicaSet, workload('Deployment'))).toBe('Deployment shop/web');
    const ofJob = pod({ metadata: { ownerReferences: [owner('Job', 'backup-1')] } });
    const run = job({ metadata: { name: 'backup-1', ownerReferences: [owner('CronJob', 'backup')] } });
    expect(rootOfPod(ofJob, run, cronJob())).toBe('CronJob shop/backup');
  });

  it('is named even where it was not read, or is gone', () => {
    expect(rootOfPod(pod(), replicaSet)).toBe('Deployment shop/web');
    expect(rootOfPod(pod())).toBe('ReplicaSet shop/web-5d9c7b8f6d');
  });

  it('is the object itself where nobody owns it', () => {
    expect(rootOfPod(pod({ metadata: { ownerReferences: undefined } }))).toBe('Pod shop/web-1');
  });

  it('is found even where owners own each other', () => {
    const loop = [
      job({ metadata: { name: 'a', ownerReferences: [owner('Job', 'b')] } }),
      job({ metadata: { name: 'b', ownerReferences: [owner('Job', 'a')] } }),
    ];
    expect(rootOfPod(pod({ metadata: { ownerReferences: [owner('Job', 'a')] } }), ...loop)).toMatch(/^Job shop\/[ab]$/);
  });

  it('is not an owner of the same name in another namespace', () => {
    const elsewhere = workload('ReplicaSet', {
      metadata: { name: 'web-5d9c7b8f6d', namespace: 'harbor', ownerReferences: [owner('Deployment', 'other')] },
    });
    expect(rootOfPod(pod(), elsewhere)).toBe('ReplicaSet shop/web-5d9c7b8f6d');
  });
});

describe('a view', () => {
  it('tells a kind without objects from one that is not served', () => {
    const view = over(pod());
    expect([view.serves('jobs.batch'), view.all('jobs.batch')]).toEqual([true, []]);
    expect([view.serves('widgets.example.net'), view.all('widgets.example.net')]).toEqual([false, []]);
    expect(over(named('example.net/v1', 'Widget', 'one', 'shop')).serves('widgets.example.net')).toBe(true);
  });

  it('gets an object by its place', () => {
    const view = over(pod(), pod({ name: 'web-2' }));
    expect(view.get('pods', 'shop', 'web-2')?.name).toBe('web-2');
    expect(view.get('pods', 'harbor', 'web-2')).toBeUndefined();
    expect(view.get('jobs.batch', 'shop', 'web-2')).toBeUndefined();
  });

  it('selects by labels within one namespace', () => {
    const view = over(
      pod(),
      pod({ name: 'db-1', metadata: { labels: { app: 'db' } } }),
      pod({ name: 'web-9', metadata: { namespace: 'harbor' } }),
    );
    const names = (selector: Parameters<typeof view.selected>[2]) =>
      view.selected('pods', 'shop', selector).map(({ name }) => name);
    expect(names({ matchLabels: { app: 'web' } })).toEqual(['web-1']);
    expect(names({})).toEqual(['web-1', 'db-1']);
    expect(view.selected('pods', 'nowhere', {})).toEqual([]);
  });
});
