import { nameText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { bindingShape, isBuiltIn, subjectsOf } from './shared-binding.ts';

export const defaultAccountBound: Rule = {
  id: 'default-account-bound',
  title: 'Rights given to a `default` ServiceAccount: every pod of its namespace that names no account has them.',
  needs: {
    'clusterrolebindings.rbac.authorization.k8s.io': bindingShape,
    'rolebindings.rbac.authorization.k8s.io': bindingShape,
  },
  *find(view) {
    const bindings = ['clusterrolebindings', 'rolebindings'].flatMap((resource) =>
      view.all(`${resource}.rbac.authorization.k8s.io`),
    );
    for (const binding of bindings) {
      const account = subjectsOf(binding).find(({ kind, name }) => kind === 'ServiceAccount' && name === 'default');
      if (account === undefined || isBuiltIn(binding)) continue;
      const namespace = nameText(account['namespace'] ?? binding.namespace);
      yield {
        severity: 'notice',
        object: binding,
        summary: `it gives rights to the default account of ${namespace}: to every pod there that names no other`,
        next: describeCall(binding),
      };
    }
  },
};
