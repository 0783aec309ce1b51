import { at, numberAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { counted } from '../../../words.ts';
import type { Rule } from '../../rule.ts';

const namespaced = 'policyreports.wgpolicyk8s.io';
const clusterWide = 'clusterpolicyreports.wgpolicyk8s.io';
const report = { summary: true } as const;

export const policyReportFailures: Rule = {
  id: 'policy-report-failures',
  title: 'Checks of a policy engine (Kyverno and others) that failed, counted by namespace.',
  needs: { [namespaced]: report, [clusterWide]: report, namespaces: {} },
  *find(view) {
    const reports = new Map<string, ClusterObject[]>();
    for (const one of view.all(namespaced)) reports.set(one.namespace, [...(reports.get(one.namespace) ?? []), one]);
    for (const [name, own] of reports) {
      const namespace = view.get('namespaces', '', name);
      if (namespace !== undefined) yield* failures(namespace, own, `kubectl_get kind=${namespaced} namespace=${name}`);
    }
    yield* clusterFailures(view);
  },
};

function* clusterFailures(view: ClusterView) {
  const reports = view.all(clusterWide);
  const [first] = reports;
  if (first !== undefined) yield* failures(first, reports, `kubectl_get kind=${clusterWide}`);
}

function* failures(object: ClusterObject, reports: readonly ClusterObject[], next: string) {
  const sum = (field: string): number =>
    reports.reduce((total, { body }) => total + (numberAt(at(body, 'summary'), field) ?? 0), 0);
  const [failed, broken] = [sum('fail'), sum('error')];
  if (failed + broken === 0) return;
  const errors = broken === 0 ? '' : `, ${broken} could not be made`;
  yield {
    severity: 'notice' as const,
    object,
    summary: `${counted(failed, 'policy check')} failed${errors}`,
    next,
  };
}
