import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../../src/cluster/index.ts';
import { type JsonObject, Untrusted } from '../../src/kit/index.ts';
import { parseGoal } from './wait-goal.ts';

function make(kind: string, status: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}): ClusterObject {
  const body = { kind, metadata: { name: 'web', namespace: 'shop', ...metadata }, spec, status };
  const group = ['Pod', 'Node'].includes(kind) ? '' : kind === 'Job' ? 'batch' : 'apps';
  return { group, kind, name: 'web', namespace: 'shop', created: undefined, body, withheld: {} };
}

/** `met: …`, `waiting: … (detail)` or `hopeless: …`. */
function lookFor(goal: string, object: ClusterObject): string {
  const { state, says, detail } = parseGoal(goal).look(object);
  return `${state}: ${says}${detail === undefined ? '' : ` (${Untrusted.openForRendering(detail)})`}`;
}

const condition = (type: string, status: string, reason = 'Because'): JsonObject => ({ type, status, reason });
const ready = (status: string): JsonObject => ({ phase: 'Running', conditions: [condition('Ready', status)] });
const counts = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
const generation = { generation: 2 };

describe('what is waited for', () => {
  it.each([
    ['ready', make('Pod', ready('True')), 'met: Ready is True'],
    ['Ready', make('Node', ready('False')), 'waiting: Ready is not True (False: Because)'],
    ['ready', make('Pod', { phase: 'Pending' }), 'waiting: it has no condition Ready yet'],
    ['ready', make('Pod', { phase: 'Failed' }), 'hopeless: it has ended, so it will not be ready'],
    ['ready', make('Deployment', counts, { replicas: 3 }, generation), 'met: 3 of 3 pods are ready'],
    [
      'ready',
      make('StatefulSet', { observedGeneration: 2, replicas: 1 }, {}, generation),
      'waiting: 0 of 1 pods are ready',
    ],
    [
      'available',
      make('Deployment', { ...counts, availableReplicas: 2 }, { replicas: 3 }, generation),
      'waiting: 2 of 3 pods are available',
    ],
    ['available', make('Deployment', counts, { replicas: 0 }, generation), 'met: 3 of 0 pods are available'],
    [
      'available',
      make('Deployment', counts, { replicas: 3 }, { generation: 3 }),
      'waiting: its controller has not looked at the last change yet',
    ],
    [
      'available',
      make('DaemonSet', { observedGeneration: 1, desiredNumberScheduled: 3, numberAvailable: 3 }),
      'met: 3 of 3 pods are available',
    ],
    ['available', make('APIService', { conditions: [condition('Available', 'True')] }), 'met: Available is True'],
    [
      'rollout',
      make('Deployment', counts, { replicas: 3 }, generation),
      'met: rollout complete, 3 pods on the current revision',
    ],
    [
      'rollout',
      make('Deployment', { ...counts, updatedReplicas: 1 }, { replicas: 3 }, generation),
      'waiting: rollout waiting: 1 of 3 new replicas are there',
    ],
    [
      'rollout',
      make('Deployment', counts, { replicas: 3, paused: true }, generation),
      'hopeless: its rollout is paused',
    ],
    [
      'rollout',
      make(
        'Deployment',
        { ...counts, conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded')] },
        { replicas: 3 },
        generation,
      ),
      'hopeless: rollout gave up: progress deadline exceeded, 3 of 3 updated, 3 available',
    ],
    ['rollout', make('Pod', ready('True')), 'hopeless: a Pod has no rollout'],
    ['complete', make('Job', { succeeded: 1, conditions: [condition('Complete', 'True')] }), 'met: Complete is True'],
    ['complete', make('Job', { active: 2, succeeded: 1 }), 'waiting: 1 pods ended well, 2 run'],
    [
      'complete',
      make('Job', { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')] }),
      'hopeless: it failed (BackoffLimitExceeded)',
    ],
    ['complete', make('Pod', { phase: 'Succeeded' }), 'met: it ended well'],
    ['deleted', make('Pod', ready('True')), 'waiting: nobody has deleted it'],
    [
      'deleted',
      make('Pod', ready('True'), {}, { deletionTimestamp: '2026-01-31T12:00:00Z', finalizers: ['a.example.net/x'] }),
      'waiting: it is being deleted, held by 1 finalizer (a.example.net/x)',
    ],
    ['condition=Ready', make('Pod', ready('True')), 'met: Ready is True'],
    ['condition=ready=false', make('Pod', ready('False')), 'met: ready is false'],
    ['condition=Synced', make('Pod', ready('True')), 'waiting: it has no condition Synced yet (it has Ready)'],
    [
      'condition=Ready',
      make('Certificate', { observedGeneration: 1, ...ready('True') }, {}, generation),
      'waiting: Ready is True, but its controller has not looked at the last change yet',
    ],
    ['status.phase=Running', make('Pod', ready('True')), 'met: status.phase is as wanted'],
    [
      'status.phase=Succeeded',
      make('Pod', ready('True')),
      'waiting: status.phase is not as wanted (status.phase: Running)',
    ],
    ['jsonpath={.status.phase}=Running', make('Pod', ready('True')), 'met: status.phase is as wanted'],
    ['{.status.phase}="Running"', make('Pod', ready('True')), 'met: status.phase is as wanted'],
    [
      'status.loadBalancer.ingress',
      make('Service', { loadBalancer: {} }),
      'waiting: it has nothing at status.loadBalancer.ingress yet',
    ],
    [
      'status.loadBalancer.ingress',
      make('Service', { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }),
      'met: it has status.loadBalancer.ingress',
    ],
    [
      'status.loadBalancer.ingress[0].ip=192.0.2.1',
      make('Service', { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }),
      'met: status.loadBalancer.ingress[0].ip is as wanted',
    ],
    ['status.replicas=3', make('Deployment', counts), 'met: status.replicas is as wanted'],
  ])('%s', (goal, object, says) => {
    expect(lookFor(goal, object)).toBe(says);
  });

  it.each([
    '',
    'happy',
    'constructor',
    '__proto__',
    'condition=',
    'condition=Ready=a b',
    'ready\nnow',
    'status',
    '=x',
    '.',
    'a b.c=1',
  ])('is not %j, and what could be is said', (goal) => {
    expect(() => parseGoal(goal)).toThrow(
      expect.objectContaining({ code: 'arguments-conflict', next: expect.stringContaining('condition=Type') }),
    );
  });
});
