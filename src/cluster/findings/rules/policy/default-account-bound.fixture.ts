import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'rbac.authorization.k8s.io/v1';
const account = (name: string): JsonObject => ({ kind: 'ServiceAccount', namespace: 'shop', name });
const binding = (kind: string, place: string, subject: JsonObject): JsonObject =>
  make(`${api} ${kind}`, place, { roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [subject] });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'all pods of a namespace may look at everything',
      objects: [binding('ClusterRoleBinding', 'shop-view', account('default'))],
      finds: [{ object: 'ClusterRoleBinding shop-view', severity: 'notice', says: /default account of shop/ }],
    },
    {
      because: 'all pods of a namespace may look at it',
      objects: [binding('RoleBinding', 'shop/view', account('default'))],
      finds: [{ object: 'RoleBinding shop/view', severity: 'notice', says: /default account of shop/ }],
    },
  ],
  green: [
    { because: 'an account of its own has the rights', objects: [binding('RoleBinding', 'shop/view', account('web'))] },
    {
      because: 'a person is called so',
      objects: [binding('RoleBinding', 'shop/view', { kind: 'User', name: 'default' })],
    },
    {
      because: 'Kubernetes brings the binding',
      objects: [binding('ClusterRoleBinding', 'system:view', account('default'))],
    },
  ],
};
