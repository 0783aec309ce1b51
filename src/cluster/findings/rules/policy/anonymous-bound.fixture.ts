import type { JsonObject } from '../../../../kit/index.ts';
import { fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const api = 'rbac.authorization.k8s.io/v1';
const binding = (kind: string, place: string, role: string, subject: JsonObject): JsonObject =>
  make(`${api} ${kind}`, place, { roleRef: { kind: 'ClusterRole', name: role }, subjects: [subject] });
const group = { kind: 'Group', name: 'system:unauthenticated' };
const user = { kind: 'User', name: 'system:anonymous' };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'anybody may look at everything',
      objects: [binding('ClusterRoleBinding', 'open', 'view', user)],
      finds: [{ object: 'ClusterRoleBinding open', severity: 'warning', says: /without a login have role view/ }],
    },
    {
      because: 'a name that looks built in makes it no better',
      objects: [binding('ClusterRoleBinding', 'system:open', 'system:node', group)],
      finds: [{ object: 'ClusterRoleBinding system:open', severity: 'warning', says: /without a login/ }],
    },
    {
      because: 'anybody may edit a namespace',
      objects: [binding('RoleBinding', 'shop/open', 'edit', group)],
      finds: [{ object: 'RoleBinding shop/open', severity: 'warning', says: /role edit/ }],
    },
  ],
  green: [
    {
      because: 'the version may be read by anybody',
      objects: [binding('ClusterRoleBinding', 'info', 'system:public-info-viewer', group)],
    },
    {
      because: 'who joins the cluster has no login yet',
      objects: [binding('RoleBinding', 'kube-public/join', 'kubeadm:bootstrap-signer-clusterinfo', user)],
    },
    {
      because: 'those with a login may',
      objects: [binding('ClusterRoleBinding', 'known', 'view', { kind: 'Group', name: 'system:authenticated' })],
    },
  ],
};
