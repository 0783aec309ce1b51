import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kit/index.ts';
import { refText } from '../owner.ts';
import { mergeShapes, type Shape } from '../shape.ts';
import { deployment, fixtureNow, make } from './manifest.fixture.ts';
import { type Root, rootsOf } from './roots.ts';
import { viewOf } from './rule.fixture.ts';
import type { Rule } from './rule.ts';
import { allRules } from './rules.ts';
import { type FoundBy, severityOrder } from './survey.ts';
import { node, owner, pod, workload } from './workload.fixture.ts';

/** What every rule reads, in one view. */
const needs: Record<string, Shape> = {};
for (const [id, shape] of allRules.flatMap((rule) => Object.entries({ ...rule.wants, ...rule.needs }))) {
  needs[id] = mergeShapes(needs[id] ?? {}, shape);
}
const everything: Rule = { id: 'everything', title: '', needs, find: () => [] };

function rootsIn(...objects: readonly JsonObject[]): readonly Root[] {
  const view = viewOf(everything, objects, fixtureNow);
  const findings = allRules
    .flatMap((rule) =>
      [...rule.find(view)].map((found): FoundBy => ({ ...found, rule: rule.id, root: view.rootOf(found.object) })),
    )
    .sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
  return rootsOf({ at: fixtureNow, view, findings, unread: [], broken: [] });
}

const names = (roots: readonly Root[]) => roots.map(({ ref, severity }) => `${severity} ${refText(ref)}`);
const symptoms = (roots: readonly Root[], name: string) =>
  roots.find(({ ref }) => refText(ref) === name)?.symptoms.map(({ ref }) => refText(ref));

const crashing = { waiting: { reason: 'CrashLoopBackOff', message: '' } };
const died = { terminated: { exitCode: 1, reason: 'Error' } };

/** A Deployment, its ReplicaSet, and one pod of it that crashes, or is not ready. */
function broken(name: string, { nodeName = 'n1', crashes = false } = {}): readonly JsonObject[] {
  const labels = { app: name };
  return [
    workload('Deployment', {
      metadata: { name },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels } } },
      status: { replicas: 1, readyReplicas: undefined, availableReplicas: undefined },
    }),
    workload('ReplicaSet', {
      metadata: { name: `${name}-1`, ownerReferences: [owner('Deployment', name)] },
    }),
    pod({
      name: `${name}-1-a`,
      ready: false,
      metadata: { labels, ownerReferences: [owner('ReplicaSet', `${name}-1`)] },
      spec: { nodeName },
      ...(crashes ? { containerStatus: { restartCount: 3, state: crashing, lastState: died } } : {}),
    }),
  ];
}
const down = node({ status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
const service = (name: string, app: string) =>
  make('v1 Service', `shop/${name}`, {
    spec: { selector: { app }, clusterIP: '192.0.2.1', ports: [{ port: 80, targetPort: 80 }] },
  });

describe('roots', () => {
  it('gather what is wrong with a workload and its pods, and what tells why comes first', () => {
    const [root, ...others] = rootsIn(...broken('web', { crashes: true }));
    expect(others).toEqual([]);
    expect(root?.findings.map(({ rule }) => rule)).toEqual(['container-crashing', 'replicas-unavailable']);
  });

  it('come worst first, and among equals nodes first', () => {
    const roots = rootsIn(
      ...broken('web'),
      node({ metadata: { name: 'n2' }, spec: { unschedulable: true } }),
      node({ metadata: { name: 'z' }, status: { conditions: [{ type: 'Ready', status: 'False' }] } }),
      workload('DaemonSet', { metadata: { name: 'agent' }, status: { numberMisscheduled: 1 } }),
    );
    expect(names(roots)).toEqual([
      'critical Node z',
      'critical Deployment shop/web',
      'notice Node n2',
      'notice DaemonSet shop/agent',
    ]);
  });

  it('of three workloads on a node that is down are its symptoms', () => {
    const roots = rootsIn(down, ...['web', 'db', 'mail'].flatMap((name) => broken(name)));
    expect(names(roots)).toEqual(['critical Node n1']);
    expect(symptoms(roots, 'Node n1')).toEqual(['Deployment shop/web', 'Deployment shop/db', 'Deployment shop/mail']);
  });

  it('of two are not: it may be a coincidence', () => {
    expect(names(rootsIn(down, ...broken('web'), ...broken('db')))).toEqual([
      'critical Node n1',
      'critical Deployment shop/db',
      'critical Deployment shop/web',
    ]);
  });

  it('of workloads elsewhere, or on a node that is up, are not', () => {
    const elsewhere = ['web', 'db', 'mail'].flatMap((name) => broken(name, { nodeName: 'n2' }));
    expect(names(rootsIn(down, ...elsewhere))).toHaveLength(4);
    expect(names(rootsIn(node(), ...['web', 'db', 'mail'].flatMap((name) => broken(name))))).toHaveLength(3);
  });

  it('with a fault of their own besides keep it', () => {
    const refused = workload('Deployment', {
      metadata: { name: 'web' },
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
      status: {
        replicas: 1,
        readyReplicas: undefined,
        conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'no' }],
      },
    });
    const [, ...ofWeb] = broken('web');
    const roots = rootsIn(down, refused, ...ofWeb, ...['db', 'mail', 'chat'].flatMap((name) => broken(name)));
    expect(names(roots)).toEqual(['critical Node n1', 'critical Deployment shop/web']);
  });

  it('of a Service are symptoms of the workload behind it', () => {
    const roots = rootsIn(...broken('web', { crashes: true }), service('web-http', 'web'));
    expect(names(roots)).toEqual(['critical Deployment shop/web']);
    expect(symptoms(roots, 'Deployment shop/web')).toEqual(['Service shop/web-http']);
  });

  it('of a Service before workloads on a node that is down are symptoms of the node', () => {
    const roots = rootsIn(down, ...['web', 'db', 'mail'].flatMap((name) => broken(name)), service('web', 'web'));
    expect(names(roots)).toEqual(['critical Node n1']);
    expect(symptoms(roots, 'Node n1')).toContain('Service shop/web');
  });

  it('of a workload a quota refuses pods are symptoms of the quota', () => {
    const refused = {
      ...deployment('shop/web', 'web', { replicas: 3 }),
      status: {
        observedGeneration: 1,
        replicas: 2,
        readyReplicas: 2,
        conditions: [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message: 'pods "web-1" is forbidden: exceeded quota: memory, requested: requests.memory=64Mi',
          },
        ],
      },
    };
    const quota = (name: string) =>
      make('v1 ResourceQuota', `shop/${name}`, {
        status: { hard: { 'requests.memory': '160Mi' }, used: { 'requests.memory': '128Mi' } },
      });
    const roots = rootsIn(refused, quota('memory'));
    expect(names(roots)).toHaveLength(1);
    expect(symptoms(roots, 'ResourceQuota shop/memory')).toEqual(['Deployment shop/web']);
    expect(names(rootsIn(refused, quota('other')))).toEqual(['warning Deployment shop/web']);
  });
});
