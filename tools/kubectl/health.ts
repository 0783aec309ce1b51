import { z } from 'zod';
import {
  type ClusterReader,
  currentSurvey,
  orderKey,
  type Root,
  rootsOf,
  type Severity,
  type Survey,
  severityOrder,
  tallyOf,
} from '../../src/cluster/index.ts';
import { type Coverage, table, toolsFor } from '../../src/kit/index.ts';
import { fields } from './fields.ts';
import { columns, readLogs, rowOf } from './health-rows.ts';
import { assertNamespace } from './namespace.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const severities = ['critical', 'warning', 'notice'] as const satisfies readonly Severity[];

const input = z.strictObject({
  namespace: fields.namespace,
  severity: z.enum(severities).optional().describe('least shown; default warning'),
  context: fields.context,
  limit: fields.limit,
  cursor: fields.cursor,
  budget: fields.budget,
});

/** Rows of one answer, unless more are asked for. */
const standardRows = 20;

/** Where a cursor stands: behind this root, in the order of a survey that may be a newer one. */
const positionShape = z.object({ after: z.string() });

export const health = defineTool({
  name: 'cluster_health',
  title: 'What is wrong in the cluster',
  description:
    'Start here. Everything found wrong, by workload or node, worst first, with the reason, since when and what to call ' +
    'next; how many objects are ok; and what could not be checked.',
  effect: 'read',
  searchHint: 'kubernetes broken failing problems status check diagnose',
  alwaysLoad: true,
  input,
  async run({ namespace, severity = 'warning', context, limit = standardRows }, { ports, signal, now, page }) {
    const cluster = ports.cluster.inContext(context);
    const survey = await currentSurvey(cluster, { signal, now: now() });
    const isThere = namespace === undefined || survey.view.get('namespaces', '', namespace) !== undefined;
    if (!isThere) await assertNamespace(cluster, namespace, signal);
    const found = rootsOf(survey).filter((root) => namespace === undefined || concerns(root, namespace));
    const shown = found.filter((root) => severityOrder[root.severity] <= severityOrder[severity]);
    const position = positionShape.optional().parse(page.position);
    const skipped = position === undefined ? 0 : shown.filter((root) => orderKey(root) <= position.after).length;
    const here = shown.slice(skipped, skipped + limit);
    const logs = await readLogs(cluster, here, signal);
    const [worst] = here;
    const next = worst?.findings.find((finding) => finding.next !== undefined)?.next;
    return table({
      asOf: survey.at,
      coverage: coverageOf({ survey, cluster, namespace, logs: logs.missing }),
      headline: headlineOf(found, shown, survey),
      columns,
      rows: here.map((root) => rowOf(root, survey.at, logs.lines.get(root))),
      total: shown.length,
      skipped,
      continueAt: (row) => {
        const last = shown[row - 1];
        return page.mint({ after: last === undefined ? '' : orderKey(last) });
      },
      narrow: 'narrow with namespace= or severity=critical',
      notes: [...(next === undefined ? [] : [`next, for the first: ${next}`]), ...tallyNote(survey, namespace)],
    });
  },
});

function concerns(root: Root, namespace: string): boolean {
  return root.ref.namespace === namespace || root.symptoms.some(({ ref }) => ref.namespace === namespace);
}

function headlineOf(found: readonly Root[], shown: readonly Root[], { unread, broken }: Survey): string {
  const unknown = [...unread.map(({ kindId }) => kindId), ...broken];
  const counts = severities.map((severity) => {
    const count = found.filter((root) => root.severity === severity).length;
    return { severity, count, text: `${count} ${severity}${severity === 'critical' || count === 1 ? '' : 's'}` };
  });
  const told = counts.filter(({ count }) => count > 0).map(({ text }) => text);
  const hidden = found.length - shown.length;
  const least = counts.findLast(({ count }) => count > 0)?.severity;
  return [
    told.length > 0 ? told.join(', ') : `nothing found wrong${unknown.length === 0 ? '' : ' in what could be checked'}`,
    ...(hidden > 0 ? [`${hidden} not shown (severity=${least ?? 'notice'})`] : []),
    ...(unknown.length > 0 ? [`UNKNOWN: ${unknown.join(', ')}`] : []),
  ].join('; ');
}

interface Covered {
  readonly survey: Survey;
  readonly cluster: ClusterReader;
  readonly namespace: string | undefined;
  readonly logs: Coverage['missing'];
}

function coverageOf({ survey, cluster, namespace, logs = [] }: Covered): Coverage {
  const { view, unread, broken } = survey;
  const count = view.all('namespaces').length;
  const where = namespace === undefined ? `${count === 0 ? 'all' : count} namespaces` : `namespace ${namespace}`;
  return {
    covered: `${where}, context ${cluster.context}`,
    missing: [
      ...unread.map(({ kindId, why, rules }) => ({
        what: rules.length === 0 ? kindId : `${kindId}, so not checked: ${rules.join(', ')}`,
        why,
      })),
      ...broken.map((rule) => ({ what: `not checked: ${rule}`, why: 'the rule failed' })),
      ...logs,
    ],
  };
}

function tallyNote(survey: Survey, namespace: string | undefined): readonly string[] {
  const counts = tallyOf(survey, (place) => namespace === undefined || place === namespace);
  if (counts.length === 0) return [];
  return [`ok: ${counts.map(({ kindId, ok, total }) => `${ok}/${total} ${kindId.split('.')[0]}`).join(', ')}`];
}
