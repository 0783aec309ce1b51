import { z } from 'zod';
import { eventWhats, groupEvents, type Occurrence, occurrenceOf } from '../../src/cluster/index.ts';
import { table, toolsFor } from '../../src/kit/index.ts';
import { readLive } from './event-live.ts';
import { columns, headlineOf, rowOf } from './event-rows.ts';
import { fields } from './fields.ts';
import { readChronicle } from './history-coverage.ts';
import { type HistoryRequest, readHistoryRequest } from './history-request.ts';
import { assertNamespace } from './namespace.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const standardRows = 15;
/** Of a few messages more can be shown than of many. */
const longest = (shown: number): number => (shown <= 5 ? 400 : 110);
/** How long an API server keeps an event, unless it is told otherwise. */
const keptMs = 3_600_000;

const input = z.strictObject({
  target: fields.target.optional(),
  namespace: fields.namespace,
  selector: fields.selector,
  type: z.enum(['Warning', 'all']).optional().describe('default Warning'),
  since: fields.since.describe('default 1h'),
  until: fields.until,
  limit: fields.limit,
  context: fields.context,
  cursor: fields.cursor,
  budget: fields.budget,
});

export const events = defineTool({
  name: 'kubectl_events',
  title: 'Kubernetes events',
  description:
    'Events by reason, owner and message, with counts, newest first; also kills, evictions and deletions, and what the ' +
    'cluster has forgotten (since=24h). Use before kubectl get events.',
  effect: 'read',
  searchHint: 'kubernetes events warnings oom killed evicted last night history',
  input,
  async run(asked, { ports, signal, now, page }) {
    const request = await readHistoryRequest(asked, '1h', { ports, signal, now, page });
    const warningsOnly = asked.type !== 'all';
    const { roots, since, until } = request;
    const [live, chronicled] = await Promise.all([
      readLive({ request, chronicle: ports.chronicle, warningsOnly, signal }),
      readChronicle(ports.chronicle, request, { whats: eventWhats, roots, keptMs }),
    ]);
    // Whoever asks about one thing wants to know that its pod is gone, too.
    const isWanted = ({ warning, reason }: Occurrence): boolean =>
      warning || !warningsOnly || (roots !== undefined && reason === 'Deleted');
    const entries = (chronicled.reading?.entries ?? []).map(occurrenceOf).filter(isWanted);
    const kept = isPod(request) ? entries.filter(({ about }) => about.name === request.resolved?.object.name) : entries;
    const groups = groupEvents([...live.occurrences, ...kept]);
    if (groups.length === 0) await assertNamespace(request.cluster, request.namespace, signal);
    const offset = request.skipped;
    const shown = groups.slice(offset, offset + (asked.limit ?? standardRows));
    return table({
      asOf: request.now,
      coverage: {
        covered: `${live.said}, ${windowText(since, until, request.now)}, context ${request.cluster.context}`,
        missing: [...live.missing, ...chronicled.missing],
      },
      headline: headlineOf(groups, { warningsOnly, now: request.now }),
      columns,
      rows: shown.map((group) => rowOf(group, request.now, longest(shown.length))),
      total: groups.length,
      skipped: offset,
      continueAt: (row) => page.mint({ offset: row, at: request.now.getTime() }),
      narrow: 'narrow with target= or namespace=',
      notes: isPod(request) && kept.length < entries.length ? [...request.notes, siblingsNote] : request.notes,
    });
  },
});

const siblingsNote = 'more is known of the pods of the same workload: give that as target';

function isPod({ resolved }: HistoryRequest): boolean {
  return resolved?.object.kind === 'Pod';
}

function windowText(since: Date, until: Date, now: Date): string {
  const from = since.toISOString().slice(0, 19);
  return until.getTime() === now.getTime() ? `since ${from}Z` : `${from}Z to ${until.toISOString().slice(0, 19)}Z`;
}
