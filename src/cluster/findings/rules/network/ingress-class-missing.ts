import { at, listAt, textAt } from '../../../fields.ts';
import type { ClusterView } from '../../../view.ts';
import { nameText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const ingressClassMissing: Rule = {
  id: 'ingress-class-missing',
  title:
    'An Ingress that names a class which does not exist, or none where there is no default. The old annotation is left alone: controllers match it without a class.',
  needs: {
    'ingresses.networking.k8s.io': {
      metadata: { annotations: true },
      spec: { ingressClassName: true },
      status: { loadBalancer: true },
    },
    'ingressclasses.networking.k8s.io': { metadata: { annotations: true } },
  },
  *find(view) {
    for (const ingress of view.all('ingresses.networking.k8s.io')) {
      const named = textAt(at(ingress.body, 'spec'), 'ingressClassName');
      if (named !== undefined) {
        if (view.get('ingressclasses.networking.k8s.io', '', named) !== undefined) continue;
        yield {
          severity: 'critical',
          object: ingress,
          summary: `there is no IngressClass ${nameText(named)}, so no controller serves it`,
          next: 'kubectl_get kind=ingressclasses',
        };
        continue;
      }
      const annotated =
        textAt(at(ingress.body, 'metadata', 'annotations'), 'kubernetes.io/ingress.class') !== undefined;
      const served = listAt(at(ingress.body, 'status', 'loadBalancer'), 'ingress').length > 0;
      if (annotated || served || hasDefault(view)) continue;
      yield {
        severity: 'notice',
        object: ingress,
        summary: 'it names no class and the cluster has no default one: a controller may serve it or not',
        next: describeCall(ingress),
      };
    }
  },
};

function hasDefault(view: ClusterView): boolean {
  return view
    .all('ingressclasses.networking.k8s.io')
    .some(
      ({ body }) =>
        textAt(at(body, 'metadata', 'annotations'), 'ingressclass.kubernetes.io/is-default-class') === 'true',
    );
}
