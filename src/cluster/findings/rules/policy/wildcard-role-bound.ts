import type { JsonObject } from '../../../../kit/index.ts';
import { listAt, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import { listed, nameText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { bindingShape, roleNameOf, subjectsOf } from './shared-binding.ts';

/** Groups nearly everybody is in. */
const everybody = /^system:(?:authenticated|unauthenticated|serviceaccounts(?::.*)?)$/;

export const wildcardRoleBound: Rule = {
  id: 'wildcard-role-bound',
  title:
    'A ServiceAccount, or a group nearly everybody is in, that may do everything everywhere. People who administer the cluster are left alone.',
  needs: {
    'clusterroles.rbac.authorization.k8s.io': { rules: true },
    'clusterrolebindings.rbac.authorization.k8s.io': bindingShape,
  },
  *find(view) {
    for (const binding of view.all('clusterrolebindings.rbac.authorization.k8s.io')) {
      const role = view.get('clusterroles.rbac.authorization.k8s.io', '', roleNameOf(binding));
      if (role === undefined || role.name.startsWith('system:') || !allowsAll(role)) continue;
      const groups = subjectsOf(binding)
        .filter(({ kind }) => kind === 'Group')
        .map((group) => textAt(group, 'name') ?? '')
        .filter((name) => everybody.test(name));
      const accounts = subjectsOf(binding).filter(({ kind }) => kind === 'ServiceAccount');
      if (groups.length + accounts.length === 0) continue;
      const who = [...groups, ...accounts.map(accountText)];
      yield {
        severity: groups.length > 0 ? 'warning' : 'notice',
        object: binding,
        summary: `may do everything everywhere: ${listed(who)}`,
        next: describeCall(binding),
      };
    }
  },
};

function accountText(subject: JsonObject): string {
  return `ServiceAccount ${nameText(subject['namespace'])}/${nameText(subject['name'])}`;
}

function allowsAll({ body }: ClusterObject): boolean {
  return listAt(body, 'rules').some((rule) =>
    ['apiGroups', 'resources', 'verbs'].every((field) => {
      const values = rule[field];
      return Array.isArray(values) && values.includes('*');
    }),
  );
}
