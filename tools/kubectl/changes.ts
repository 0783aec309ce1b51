import { z } from 'zod';
import { lookNow, type What, whats } from '../../src/cluster/index.ts';
import { table, toolsFor } from '../../src/kit/index.ts';
import { type Change, changesOf, isIn } from './change-list.ts';
import { columns, headlineOf, rowOf, standingNote } from './change-rows.ts';
import { fields } from './fields.ts';
import { type Chronicled, readChronicle } from './history-coverage.ts';
import { type HistoryRequest, readHistoryRequest } from './history-request.ts';
import { assertNamespace } from './namespace.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const standardRows = 30;
/** How far back the last change of an object that is asked for by name is looked for. */
const latentMs = 30 * 86_400_000;

const input = z.strictObject({
  target: fields.target.optional(),
  namespace: fields.namespace,
  since: fields.since.describe('default 24h'),
  until: fields.until,
  limit: fields.limit,
  context: fields.context,
  cursor: fields.cursor,
  budget: fields.budget,
});

const changeWhats: readonly What[] = whats.filter((what) => what !== 'event');

export const changes = defineTool({
  name: 'cluster_changes',
  title: 'What changed in the cluster',
  description:
    'Rollouts and images, edits by hand past Terraform or Helm, scaling, ConfigMaps, nodes, job runs; then kills, restarts ' +
    'and deletions. With target, its last change before the window too. First question of an incident.',
  effect: 'read',
  searchHint: 'kubernetes what changed deploy rollout drift manual edit image version reboot oom killed',
  alwaysLoad: true,
  input,
  async run(asked, { ports, signal, now, page }) {
    const request = await readHistoryRequest(asked, '24h', { ports, signal, now, page });
    const { cluster, namespace, roots, config, since, until, skipped } = request;
    const meant = roots === undefined ? undefined : [...roots, ...config];
    const from = roots === undefined ? since : new Date(Math.min(since.getTime(), request.now.getTime() - latentMs));
    const [look, chronicled] = await Promise.all([
      lookNow({
        cluster,
        namespace: clusterWide(request) ? undefined : namespace,
        roots: meant,
        now: request.now,
        signal,
      }),
      readChronicle(ports.chronicle, request, { whats: changeWhats, roots: meant, keptMs: 0, from }),
    ]);
    const all = changesOf(look.noted, chronicled.reading?.entries ?? [], meant);
    if (all.length === 0) await assertNamespace(cluster, namespace, signal);
    const inWindow = all.filter((change) => isIn(change, { since, until }));
    const older = all.filter(({ last }) => last < since).sort((a, b) => b.last.getTime() - a.last.getTime());
    const latent = roots === undefined ? [] : older.filter(({ tier }) => tier < 2).slice(0, 1);
    const told: readonly (Change & { readonly latent?: boolean })[] = [
      ...inWindow,
      ...latent.map((change) => ({ ...change, latent: true })),
    ];
    return table({
      asOf: request.now,
      coverage: {
        covered: coveredBy(request, look.kinds, chronicled),
        missing: [...look.unread.map(({ kindId, why }) => ({ what: kindId, why })), ...chronicled.missing],
      },
      headline: headlineOf(inWindow, { since, until, latent: latent.length > 0 }),
      columns,
      rows: told.slice(skipped, skipped + (asked.limit ?? standardRows)).map(rowOf),
      total: told.length,
      skipped,
      continueAt: (row) => page.mint({ offset: row, at: request.now.getTime() }),
      narrow: 'narrow with namespace= or target=',
      notes: [...request.notes, ...(roots === undefined ? standingNote(older) : [])],
    });
  },
});

function clusterWide({ resolved }: HistoryRequest): boolean {
  return resolved !== undefined && resolved.object.namespace === '' && resolved.object.kind !== 'Namespace';
}

function coveredBy(
  { cluster, namespace, resolved }: HistoryRequest,
  kinds: readonly string[],
  { reading }: Chronicled,
): string {
  const whose =
    resolved === undefined ? (namespace ?? 'all namespaces') : `${resolved.object.kind} ${resolved.object.name}`;
  const names = kinds.map((kind) => kind.split('.')[0]).join(', ');
  const chronicle =
    reading?.begins === undefined ? '' : ` and the chronicle since ${reading.begins.toISOString().slice(0, 19)}Z`;
  return `${whose}: ${names || 'nothing'} as they are now${chronicle}, context ${cluster.context}; times are UTC`;
}
