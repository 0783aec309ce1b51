import type { JsonObject } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import { serviceNeeds } from '../../../service/service.ts';
import { hostText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { missingBackend } from './shared-backend.ts';

export const ingressBackendMissing: Rule = {
  id: 'ingress-backend-missing',
  title: 'An Ingress that leads to a Service or a port which does not exist.',
  needs: { ...serviceNeeds, 'ingresses.networking.k8s.io': { spec: { defaultBackend: true, rules: true } } },
  *find(view) {
    for (const ingress of view.all('ingresses.networking.k8s.io')) {
      const said = new Set<string>();
      for (const { host, backend } of backendsOf(at(ingress.body, 'spec'))) {
        const service = at(backend, 'service');
        const port = at(service, 'port');
        // A controller of one cloud reads its own annotation in the place of this Service.
        if (service === undefined || port?.['name'] === 'use-annotation') continue;
        const missing = missingBackend(view, {
          namespace: ingress.namespace,
          name: service['name'],
          port: port?.['number'] ?? port?.['name'],
        });
        if (missing === undefined || said.has(missing)) continue;
        said.add(missing);
        yield {
          severity: 'critical',
          object: ingress,
          summary: host === undefined ? missing : `${hostText(host)}: ${missing}`,
          next: describeCall(ingress),
        };
      }
    }
  },
};

function backendsOf(spec: JsonObject | undefined) {
  const rules = listAt(spec, 'rules').flatMap((rule) =>
    listAt(at(rule, 'http'), 'paths').map((path) => ({ host: textAt(rule, 'host'), backend: at(path, 'backend') })),
  );
  return [...rules, { host: undefined, backend: at(spec, 'defaultBackend') }];
}
