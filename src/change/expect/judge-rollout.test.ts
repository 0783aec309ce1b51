import { expect, it } from 'vitest';
import { objectFrom } from '../../cluster/describe/object.fixture.ts';
import { make } from '../../cluster/findings/manifest.fixture.ts';
import type { JsonObject } from '../../kit/index.ts';
import { judgeRollout } from './judge-rollout.ts';

const judge = (kind: string, spec: JsonObject, status: JsonObject) =>
  judgeRollout(objectFrom(make(`apps/v1 ${kind}`, 'mail/postfix', { metadata: { generation: 4 }, spec, status })));

const deployed = { observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
const revised = { currentRevision: 'postfix-2', updateRevision: 'postfix-2' };
const settled = { observedGeneration: 4, readyReplicas: 2, currentReplicas: 2, availableReplicas: 2, ...revised };
const everywhere = {
  observedGeneration: 4,
  desiredNumberScheduled: 3,
  updatedNumberScheduled: 3,
  numberAvailable: 3,
};

it('holds when every replica is of the last change and available', () => {
  expect(judge('Deployment', { replicas: 2 }, deployed).result).toBe('pass');
  expect(judge('StatefulSet', { replicas: 2 }, settled).result).toBe('pass');
  expect(judge('DaemonSet', {}, everywhere).result).toBe('pass');
});

it.each<[string, string, JsonObject, JsonObject, string]>([
  [
    'a change nobody has looked at',
    'Deployment',
    { replicas: 2 },
    { ...deployed, observedGeneration: 3 },
    'controller',
  ],
  ['old replicas', 'Deployment', { replicas: 2 }, { ...deployed, updatedReplicas: 1 }, '1 of 2 new replicas'],
  ['replicas that are not available', 'Deployment', { replicas: 2 }, { ...deployed, availableReplicas: 1 }, '1 of 2'],
  ['a paused rollout', 'Deployment', { replicas: 2, paused: true }, deployed, 'paused'],
  ['pods not available yet', 'StatefulSet', { replicas: 2 }, { ...settled, availableReplicas: 0 }, '0 of 2 pods'],
  [
    'no revision written yet',
    'StatefulSet',
    { replicas: 2 },
    { observedGeneration: 4, readyReplicas: 2, availableReplicas: 2 },
    'revision',
  ],
  ['another revision', 'StatefulSet', { replicas: 2 }, { ...settled, updateRevision: 'postfix-3' }, 'new revision'],
  ['nodes without the new pod', 'DaemonSet', {}, { ...everywhere, updatedNumberScheduled: 2 }, '2 of 3 nodes'],
  ['pods of a node not available', 'DaemonSet', {}, { ...everywhere, numberAvailable: 1 }, '1 of 3'],
])('does not hold with %s, and says what is missing', (_, kind, spec, status, says) => {
  const look = judge(kind, spec, status);
  expect(look.result).toBe('fail');
  expect(look.detail).toContain(says);
});

it('cannot be told where nothing rolls out by itself', () => {
  expect(judge('DaemonSet', { updateStrategy: { type: 'OnDelete' } }, everywhere).result).toBe('unknown');
  expect(judge('ReplicaSet', { replicas: 2 }, deployed).result).toBe('unknown');
});
