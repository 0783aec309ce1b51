import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kit/index.ts';
import type { ClusterObject } from '../reader.ts';
import { healthOf } from './health-of.ts';

const now = new Date('2026-03-01T12:00:00Z');

function verdictOf(group: string, kind: string, body: JsonObject): string {
  const object: ClusterObject = { group, kind, name: 'web', namespace: 'shop', created: now, body, withheld: {} };
  const { status, summary } = healthOf(object).judge(object, now);
  return `${status}: ${summary}`;
}

describe('a disruption budget', () => {
  it.each<[JsonObject, string]>([
    [{}, 'unknown: no status'],
    [{ currentHealthy: 2, desiredHealthy: 2, expectedPods: 2, disruptionsAllowed: 0 }, 'ok: 2 pods healthy'],
    [{ currentHealthy: 1, desiredHealthy: 2, expectedPods: 2 }, 'problem: 1 of at least 2 pods healthy'],
    [{ currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }, 'ok: selects no pods'],
  ])('with status %j', (status, says) => {
    expect(verdictOf('policy', 'PodDisruptionBudget', { status })).toBe(says);
  });

  it('is not judged by an older state of it', () => {
    const status = { observedGeneration: 1, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 };
    expect(verdictOf('policy', 'PodDisruptionBudget', { metadata: { generation: 2 }, status })).toMatch(/^unknown/);
  });
});

describe('an autoscaler', () => {
  const conditions = (...types: readonly [string, string][]): JsonObject => ({
    currentReplicas: 3,
    conditions: types.map(([type, status]) => ({ type, status, reason: 'FailedGetResourceMetric' })),
  });
  it.each<[JsonObject, string]>([
    [{ currentReplicas: 3 }, 'unknown: no status'],
    [conditions(['AbleToScale', 'True'], ['ScalingActive', 'True'], ['ScalingLimited', 'False']), 'ok: 3 replicas'],
    [conditions(['ScalingLimited', 'True']), 'ok: 3 replicas, at its limit'],
    [conditions(['AbleToScale', 'False'], ['ScalingActive', 'False']), 'problem: cannot scale'],
    [conditions(['AbleToScale', 'True'], ['ScalingActive', 'Unknown']), 'problem: does not scale'],
  ])('with status %j', (status, says) => {
    expect(verdictOf('autoscaling', 'HorizontalPodAutoscaler', { status })).toBe(says);
  });
});
