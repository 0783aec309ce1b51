import { nameText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { bindingShape, roleNameOf, subjectsOf } from './shared-binding.ts';

const anonymous = new Set(['system:anonymous', 'system:unauthenticated']);

/** What Kubernetes and its distributions let anybody do by design: read the version and health, log in, join. */
const open = new Set([
  'system:public-info-viewer',
  'system:discovery',
  'system:basic-user',
  'system:service-account-issuer-discovery',
  'kubeadm:bootstrap-signer-clusterinfo',
  'system:oauth-token-deleter',
  'system:scope-impersonation',
  'system:webhook',
]);

export const anonymousBound: Rule = {
  id: 'anonymous-bound',
  title: 'Rights given to callers without a login, beyond what Kubernetes lets everybody read.',
  needs: {
    'clusterrolebindings.rbac.authorization.k8s.io': bindingShape,
    'rolebindings.rbac.authorization.k8s.io': bindingShape,
  },
  *find(view) {
    const bindings = ['clusterrolebindings', 'rolebindings'].flatMap((resource) =>
      view.all(`${resource}.rbac.authorization.k8s.io`),
    );
    for (const binding of bindings) {
      const role = roleNameOf(binding);
      const given = subjectsOf(binding).some(
        ({ kind, name }) => kind !== 'ServiceAccount' && typeof name === 'string' && anonymous.has(name),
      );
      if (!given || open.has(role)) continue;
      yield {
        severity: 'warning',
        object: binding,
        summary: `callers without a login have role ${nameText(role)}`,
        next: describeCall(binding),
      };
    }
  },
};
