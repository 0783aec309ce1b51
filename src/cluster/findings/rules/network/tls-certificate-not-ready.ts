import { at, listAt, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import type { ClusterObject } from '../../../reader.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const routes = { spec: { tls: true } } as const;
const routeKinds = ['ingresses.networking.k8s.io', 'ingressroutes.traefik.io'];

export const tlsCertificateNotReady: Rule = {
  id: 'tls-certificate-not-ready',
  title:
    'An Ingress or a route whose TLS secret a cert-manager Certificate is to write, and has not. Other secrets are not looked at: nobody may read them.',
  needs: {
    ...Object.fromEntries(routeKinds.map((kindId) => [kindId, routes])),
    'certificates.cert-manager.io': { spec: { secretName: true }, status: { conditions: true } },
  },
  *find(view) {
    const unready = new Map<string, ClusterObject>();
    for (const certificate of view.all('certificates.cert-manager.io')) {
      const secret = textAt(at(certificate.body, 'spec'), 'secretName');
      const ready = conditionsOf(certificate).find(({ type }) => type === 'Ready');
      if (secret !== undefined && ready?.status === 'False')
        unready.set(`${certificate.namespace}/${secret}`, certificate);
    }
    for (const route of routeKinds.flatMap((kindId) => view.all(kindId))) {
      for (const secret of tlsSecretsOf(route)) {
        const certificate = unready.get(`${route.namespace}/${secret}`);
        if (certificate === undefined) continue;
        const ready = conditionsOf(certificate).find(({ type }) => type === 'Ready');
        yield {
          severity: 'warning',
          object: route,
          summary: `its TLS secret waits for Certificate ${certificate.name}, which is not ready`,
          detail: outsideText(ready?.reason, ready?.message),
          since: ready?.since,
          next: describeCall(certificate),
        };
      }
    }
  },
};

/** An Ingress has a list of them, a Traefik route one. */
function tlsSecretsOf({ body }: ClusterObject): ReadonlySet<string> {
  const spec = at(body, 'spec');
  const secrets = [...listAt(spec, 'tls'), at(spec, 'tls')].map((tls) => textAt(tls, 'secretName'));
  return new Set(secrets.filter((secret) => secret !== undefined));
}
