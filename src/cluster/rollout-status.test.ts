import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kit/index.ts';
import { objectFrom } from './describe/object.fixture.ts';
import { make } from './findings/manifest.fixture.ts';
import { type RolloutStatus, rolloutStatusOf } from './rollout-status.ts';

function statusOf(kind: string, spec: JsonObject, status: JsonObject, generation = 1): RolloutStatus {
  const object = objectFrom(make(`apps/v1 ${kind}`, 'shop/web', { metadata: { generation }, spec, status }));
  return rolloutStatusOf(object) ?? expect.unreachable(`${kind} has a rollout`);
}

const exceeded = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];

describe('a Deployment’s rollout', () => {
  it.each<[string, JsonObject, RolloutStatus['state'], string]>([
    ['nobody has looked at', { observedGeneration: 0, replicas: 3 }, 'waiting', 'look at the last change'],
    [
      'is given up',
      { updatedReplicas: 3, availableReplicas: 1, conditions: exceeded },
      'failed',
      '3 of 3 updated, 1 available',
    ],
    ['has not made all pods', { replicas: 3, updatedReplicas: 1 }, 'waiting', '1 of 3 new replicas'],
    ['has made none', { replicas: 3 }, 'waiting', '0 of 3 new replicas'],
    ['has old pods left', { replicas: 4, updatedReplicas: 3 }, 'waiting', '1 old replica still'],
    [
      'has pods that are not available',
      { replicas: 3, updatedReplicas: 3, availableReplicas: 2 },
      'waiting',
      '2 of 3 updated',
    ],
    ['is through', { replicas: 3, updatedReplicas: 3, availableReplicas: 3 }, 'complete', '3 pods'],
  ])('that %s', (_, status, state, says) => {
    const found = statusOf('Deployment', { replicas: 3 }, { observedGeneration: 1, ...status });
    expect(found.state).toBe(state);
    expect(found.says).toContain(says);
  });

  it('to zero is through', () => {
    expect(statusOf('Deployment', { replicas: 0 }, { observedGeneration: 1 }).state).toBe('complete');
  });
});

describe('a StatefulSet’s rollout', () => {
  const same = { currentRevision: 'web-1', updateRevision: 'web-1' };
  const rolling = { currentRevision: 'web-1', updateRevision: 'web-2' };
  it.each<[string, JsonObject, JsonObject, RolloutStatus['state'], string]>([
    ['nobody has looked at', {}, { observedGeneration: 0 }, 'waiting', 'look at the last change'],
    ['says nothing yet', {}, {}, 'waiting', 'look at the last change'],
    ['has pods that are not ready', {}, { observedGeneration: 1, readyReplicas: 1, ...same }, 'waiting', '2 of 3 pods'],
    [
      'goes on',
      {},
      { observedGeneration: 1, readyReplicas: 3, updatedReplicas: 1, ...rolling },
      'waiting',
      '1 of 3 pods',
    ],
    ['is through', {}, { observedGeneration: 1, readyReplicas: 3, currentReplicas: 3, ...same }, 'complete', '3 pods'],
    [
      'has a partition to go',
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      { observedGeneration: 1, readyReplicas: 3, updatedReplicas: 1, ...rolling },
      'waiting',
      '1 of 2 pods of the partition',
    ],
    [
      'is through up to its partition',
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      { observedGeneration: 1, readyReplicas: 3, updatedReplicas: 2, ...rolling },
      'complete',
      'up to its partition',
    ],
    ['waits for a hand', { updateStrategy: { type: 'OnDelete' } }, { observedGeneration: 1 }, 'manual', 'OnDelete'],
  ])('that %s', (_, spec, status, state, says) => {
    const found = statusOf('StatefulSet', { replicas: 3, ...spec }, status);
    expect(found.state).toBe(state);
    expect(found.says).toContain(says);
  });
});

describe('a DaemonSet’s rollout', () => {
  it.each<[string, JsonObject, JsonObject, RolloutStatus['state'], string]>([
    ['nobody has looked at', {}, { observedGeneration: 0 }, 'waiting', 'look at the last change'],
    ['has nodes left', {}, { updatedNumberScheduled: 1, numberAvailable: 3 }, 'waiting', '1 of 3 nodes'],
    [
      'has pods that are not available',
      {},
      { updatedNumberScheduled: 3, numberAvailable: 2 },
      'waiting',
      '2 of 3 updated',
    ],
    ['is through', {}, { updatedNumberScheduled: 3, numberAvailable: 3 }, 'complete', '3 pods'],
    ['waits for a hand', { updateStrategy: { type: 'OnDelete' } }, {}, 'manual', 'OnDelete'],
  ])('that %s', (_, spec, status, state, says) => {
    const found = statusOf('DaemonSet', spec, { observedGeneration: 1, desiredNumberScheduled: 3, ...status });
    expect(found.state).toBe(state);
    expect(found.says).toContain(says);
  });
});

const count = fc.integer({ min: 0, max: 5 });
const counts = fc.record({
  observedGeneration: count,
  replicas: count,
  updatedReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
  currentReplicas: count,
  desiredNumberScheduled: count,
  updatedNumberScheduled: count,
  numberAvailable: count,
  currentRevision: fc.constantFrom('a', 'b'),
  updateRevision: fc.constantFrom('a', 'b'),
});

it('a rollout is complete only when every pod wanted is updated and can be used', () => {
  fc.assert(
    fc.property(fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet'), count, counts, (kind, replicas, status) => {
      if (statusOf(kind, { replicas }, status).state !== 'complete') return;
      expect(status.observedGeneration).toBeGreaterThanOrEqual(1);
      if (kind === 'Deployment') {
        expect(status.updatedReplicas).toBeGreaterThanOrEqual(Math.max(replicas, status.replicas));
        expect(status.availableReplicas).toBeGreaterThanOrEqual(status.updatedReplicas);
      } else if (kind === 'StatefulSet') {
        expect(status.readyReplicas).toBeGreaterThanOrEqual(replicas);
        expect(status.currentRevision).toBe(status.updateRevision);
      } else {
        expect(Math.min(status.updatedNumberScheduled, status.numberAvailable)).toBeGreaterThanOrEqual(
          status.desiredNumberScheduled,
        );
      }
    }),
  );
});

it('other kinds have none', () => {
  expect(rolloutStatusOf(objectFrom(make('v1 Pod', 'shop/web')))).toBeUndefined();
  expect(rolloutStatusOf(objectFrom(make('example.net/v1 Deployment', 'shop/web')))).toBeUndefined();
});
