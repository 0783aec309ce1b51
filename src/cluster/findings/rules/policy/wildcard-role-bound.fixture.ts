import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'rbac.authorization.k8s.io/v1';
const role = (name: string, rule: JsonObject): JsonObject => make(`${api} ClusterRole`, name, { rules: [rule] });
const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const admin = role('cluster-admin', all);
const binding = (
  name: string,
  roleName: string,
  subjects: readonly JsonObject[],
  labels: JsonObject = {},
): JsonObject =>
  make(`${api} ClusterRoleBinding`, name, {
    metadata: { labels },
    roleRef: { kind: 'ClusterRole', name: roleName },
    subjects,
  });
const runner = { kind: 'ServiceAccount', namespace: 'ci', name: 'runner' };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a program is made an administrator',
      objects: [admin, binding('ci', 'cluster-admin', [runner, { kind: 'User', name: 'mira' }])],
      finds: [{ object: 'ClusterRoleBinding ci', severity: 'notice', says: /everywhere: ServiceAccount ci\/runner$/ }],
    },
    {
      because: 'a role of another name allows everything too',
      objects: [role('everything', all), binding('ci', 'everything', [runner])],
      finds: [{ object: 'ClusterRoleBinding ci', severity: 'notice', says: /ci\/runner/ }],
    },
    {
      because: 'everybody who has a login is one',
      objects: [admin, binding('all', 'cluster-admin', [{ kind: 'Group', name: 'system:authenticated' }])],
      finds: [{ object: 'ClusterRoleBinding all', severity: 'warning', says: /system:authenticated/ }],
    },
  ],
  green: [
    {
      because: 'the group of administrators is what Kubernetes brings',
      objects: [
        admin,
        binding('cluster-admin', 'cluster-admin', [{ kind: 'Group', name: 'system:masters' }], {
          'kubernetes.io/bootstrapping': 'rbac-defaults',
        }),
      ],
    },
    {
      because: 'a person administers the cluster',
      objects: [admin, binding('people', 'cluster-admin', [{ kind: 'User', name: 'mira' }])],
    },
    {
      because: 'the role only looks, at everything',
      objects: [role('look', { ...all, verbs: ['get', 'list'] }), binding('look', 'look', [runner])],
    },
    {
      because: 'the role is of Kubernetes itself',
      objects: [role('system:controller', all), binding('controller', 'system:controller', [runner])],
    },
    { because: 'the role does not exist', objects: [binding('ci', 'gone', [runner])] },
  ],
};
