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
import { readKnownRoots } from './known.ts';
import { assertNamespace } from './namespace.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const severities = ['critical', 'warning', 'notice'] as const satisfies readonly Severity[];

const input = z.strictObject({
  namespace: fields.namespace,
  severity: z.enum(severities).optional().describe('least shown; default warning'),
  known: z.boolean().optional().describe('also what a known issue excuses'),
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
    'next; how many objects are ok; what a known issue excuses, counted and named; and what could not be checked.',
  effect: 'read',
  searchHint: 'kubernetes broken failing problems status check diagnose',
  alwaysLoad: true,
  input,
  async run(
    { namespace, severity = 'warning', known: showsKnown = false, context, limit = standardRows },
    { ports, signal, now, page },
  ) {
    const cluster = ports.cluster.inContext(context);
    const survey = await currentSurvey(cluster, { signal, now: now() });
    const isThere = namespace === undefined || survey.view.get('namespaces', '', namespace) !== undefined;
    if (!isThere) await assertNamespace(cluster, namespace, signal);
    const all = rootsOf(survey);
    // Of the whole cluster, whatever is asked for: how much an issue fits decides what it excuses.
    const known = await readKnownRoots(ports.known, all, survey.at);
    const found = all.filter((root) => namespace === undefined || concerns(root, namespace));
    const severe = found.filter((root) => severityOrder[root.severity] <= severityOrder[severity]);
    const left = showsKnown ? [] : severe.filter((root) => known.excused.has(root));
    const shown = severe.filter((root) => !left.includes(root));
    const position = positionShape.optional().parse(page.position);
    const skipped = position === undefined ? 0 : shown.filter((root) => orderKey(root) <= position.after).length;
    const here = shown.slice(skipped, skipped + limit);
    const logs = await readLogs(cluster, here, signal);
    const [worst] = here;
    const next = worst?.findings.find((finding) => finding.next !== undefined)?.next;
    return table({
      asOf: survey.at,
      coverage: coverageOf({ survey, cluster, namespace, missing: [...logs.missing, ...known.missing] }),
      headline: headlineOf({ found, severe, left }, survey),
      columns,
      rows: here.map((root) => rowOf(root, { now: survey.at, log: logs.lines.get(root), known: known.besides(root) })),
      total: shown.length,
      skipped,
      continueAt: (row) => {
        const last = shown[row - 1];
        return page.mint({ after: last === undefined ? '' : orderKey(last) });
      },
      narrow: 'narrow with namespace= or severity=critical',
      notes: [
        ...(next === undefined ? [] : [`next, for the first: ${next}`]),
        ...known.notes(left),
        ...tallyNote(survey, namespace),
      ],
    });
  },
});

function concerns(root: Root, namespace: string): boolean {
  return root.ref.namespace === namespace || root.symptoms.some(({ ref }) => ref.namespace === namespace);
}

interface Told {
  readonly found: readonly Root[];
  /** Of what was found, what is severe enough to be shown. */
  readonly severe: readonly Root[];
  /** Of that, what a known issue excuses. */
  readonly left: readonly Root[];
}

/** Everything that was found is counted, shown or not. */
function headlineOf({ found, severe, left }: Told, { unread, broken }: Survey): string {
  const unknown = [...unread.map(({ kindId }) => kindId), ...broken];
  const counts = severities.map((severity) => {
    const count = found.filter((root) => root.severity === severity).length;
    return { severity, count, text: `${count} ${severity}${severity === 'critical' || count === 1 ? '' : 's'}` };
  });
  const told = counts.filter(({ count }) => count > 0).map(({ text }) => text);
  const hidden = found.length - severe.length;
  const least = counts.findLast(({ count }) => count > 0)?.severity;
  return [
    told.length > 0 ? told.join(', ') : `nothing found wrong${unknown.length === 0 ? '' : ' in what could be checked'}`,
    ...(hidden > 0 ? [`${hidden} not shown (severity=${least ?? 'notice'})`] : []),
    ...(left.length > 0 ? [`${left.length} known, not shown (known=true)`] : []),
    ...(unknown.length > 0 ? [`UNKNOWN: ${unknown.join(', ')}`] : []),
  ].join('; ');
}

interface Covered {
  readonly survey: Survey;
  readonly cluster: ClusterReader;
  readonly namespace: string | undefined;
  readonly missing: NonNullable<Coverage['missing']>;
}

function coverageOf({ survey, cluster, namespace, missing }: Covered): Coverage {
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
      ...missing,
    ],
  };
}

function tallyNote(survey: Survey, namespace: string | undefined): readonly string[] {
  const counts = tallyOf(survey, (place) => namespace === undefined || place === namespace);
  if (counts.length === 0) return [];
  return [`ok: ${counts.map(({ kindId, ok, total }) => `${ok}/${total} ${kindId.split('.')[0]}`).join(', ')}`];
}
