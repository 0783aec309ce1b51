import { z } from 'zod';
import {
  type ClusterReader,
  healthOf,
  type Kind,
  type KindHealth,
  kindId,
  mergeShapes,
  type Reading,
  type Shape,
  type Status,
} from '../../src/cluster/index.ts';
import { type Answer, CastellanError, type Cell, type Page, table } from '../../src/kit/index.ts';
import { cellOf } from './cell.ts';
import { type Column, columnOf } from './column.ts';
import { kubectlError } from './errors.ts';
import { groupTable } from './groups.ts';
import { assertNamespace } from './namespace.ts';
import { narrowTo } from './path.ts';
import { type Further, furtherColumns } from './printed.ts';
import { compare, type Judged, type Shown, showAs, type View } from './rows.ts';

export interface ListRequest {
  readonly cluster: ClusterReader;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly selector: string | undefined;
  readonly view: View | undefined;
  /** Paths and words that are shown instead of the kind's own columns. */
  readonly columns: readonly string[];
  readonly groupBy: string | undefined;
  readonly limit: number | undefined;
  readonly now: Date;
  readonly page: Page;
  readonly signal: AbortSignal;
}

/** A list this short is shown whole unless asked otherwise. */
const shortList = 25;

/** Where a cursor stands: the row, and the moment whose list it is a row of. */
const positionShape = z.object({ offset: z.int(), resourceVersion: z.string(), at: z.int() });

export async function listMany(request: ListRequest): Promise<Answer> {
  const { cluster, kind, namespace, selector, groupBy, signal } = request;
  const position = positionShape.optional().parse(request.page.position);
  const health = request.view === 'names' ? unjudged : healthOf(kind);
  const chosen = [...request.columns, ...(groupBy === undefined ? [] : [groupBy])].map((one) => columnOf(one, health));
  const shape = chosen.reduce<Shape | 'metadata'>(
    (sum, column) => mergeShapes(sum === 'metadata' ? {} : sum, column.shape),
    health.shape,
  );
  const resourceVersion = position?.resourceVersion;
  const reading = await sameMoment(() => cluster.list(kind, { namespace, selector, shape, resourceVersion, signal }));
  if (reading.objects.length === 0 && kind.namespaced) await assertNamespace(cluster, namespace, signal);
  const asOf = position === undefined ? request.now : new Date(position.at);
  const judged = judgeAll(reading, health, asOf);
  const { shown, missing } = await shownOf(request, { judged, health, chosen, asOf });
  const offset = position?.offset ?? 0;
  const rows = shown.rows.slice(offset, offset + (request.limit ?? shown.rows.length));
  const counts =
    health === unjudged ? `${judged.length} ${kindId(kind)}; health not looked at` : headlineOf(kind, judged);
  return table({
    asOf,
    coverage: { covered: coveredBy(request, judged), missing },
    headline: groupBy === undefined ? counts : `${shown.rows.length} values of ${groupBy} in ${counts}`,
    columns: shown.columns,
    rows,
    total: shown.rows.length,
    skipped: offset,
    continueAt: (row) =>
      request.page.mint({ offset: row, resourceVersion: reading.resourceVersion, at: asOf.getTime() }),
    narrow: 'narrow with namespace= or selector=',
    notes: [...shown.notes, ...withheldNote(reading.withheld)],
  });
}

interface ToShow {
  readonly judged: readonly Judged[];
  readonly health: KindHealth;
  readonly chosen: readonly Column[];
  readonly asOf: Date;
}

async function shownOf(
  request: ListRequest,
  { judged, health, chosen, asOf }: ToShow,
): Promise<{ readonly shown: Shown; readonly missing: Further['missing'] }> {
  const { kind } = request;
  const [first] = chosen;
  if (request.groupBy !== undefined && first !== undefined) {
    const shown = groupTable(judged, first, kind);
    return { shown: { ...shown, notes: [...shown.notes, ...emptyNotes(chosen, judged)] }, missing: [] };
  }
  if (first !== undefined) {
    const columns = chosen.map(({ label }) => label);
    const cells = (one: Judged): readonly Cell[] => chosen.map((column) => cellOf(column.values(one)));
    const shown = showAs(request.view ?? 'table', judged, { kind, columns, cells, chosen: true, asOf });
    return { shown: { ...shown, notes: [...shown.notes, ...emptyNotes(chosen, judged)] }, missing: [] };
  }
  const view = request.view ?? (judged.length <= shortList ? 'table' : 'problems');
  const isWide = view === 'table' || view === 'problems';
  const further = isWide && judged.length > 0 ? await furtherColumns(request, health) : noFurther;
  const { columns, missing } = further;
  const cells = ({ object }: Judged): readonly Cell[] => further.cells(object);
  return { shown: showAs(view, judged, { kind, columns, cells, chosen: false, asOf }), missing };
}

/** A path that leads nowhere is said; when none leads anywhere, what there is instead. */
function emptyNotes(chosen: readonly Column[], judged: readonly Judged[]): readonly string[] {
  const empty = chosen.filter((column) => judged.every((one) => column.values(one).length === 0));
  const [first] = judged;
  const [path] = empty;
  if (first === undefined || path === undefined) return [];
  if (empty.length === chosen.length) narrowTo(first.object.body, path.label);
  return [`none of them has ${empty.map(({ label }) => label).join(', ')}`];
}

const noFurther: Further = { columns: [], cells: () => [], missing: [] };

/** For names alone: nothing else is asked for, so nothing can be said. */
const unjudged: KindHealth = {
  shape: 'metadata',
  columns: [],
  cells: () => [],
  judge: () => ({ status: 'stateless', summary: '' }),
};

async function sameMoment(read: () => Promise<Reading>): Promise<Reading> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof CastellanError) || cause.code !== 'cluster-list-expired') throw cause;
    throw kubectlError('list-changed', {
      message: 'the list changed, and the API server no longer keeps the one this cursor belongs to',
      next: 'start again: the same call without cursor',
      cause,
    });
  }
}

const order: Readonly<Record<Status, number>> = { problem: 0, unknown: 1, stateless: 2, ok: 3 };

/** Worst first. An object that says nothing, of a kind where others do, is unknown. */
function judgeAll(reading: Reading, health: KindHealth, now: Date): readonly Judged[] {
  const judged = reading.objects.map((object) => ({ object, verdict: health.judge(object, now) }));
  const speaks = judged.some(({ verdict }) => verdict.status !== 'stateless');
  return judged
    .map(
      (one): Judged =>
        speaks && one.verdict.status === 'stateless'
          ? { ...one, verdict: { status: 'unknown', summary: 'no status' } }
          : one,
    )
    .sort(
      (a, b) =>
        order[a.verdict.status] - order[b.verdict.status] ||
        compare(a.object.namespace, b.object.namespace) ||
        compare(a.object.name, b.object.name),
    );
}

function headlineOf(kind: Kind, judged: readonly Judged[]): string {
  const number = (status: Status): number => judged.filter(({ verdict }) => verdict.status === status).length;
  const [problems, unknowns, healthy] = [number('problem'), number('unknown'), number('ok')];
  if (judged.length === 0) return `no ${kindId(kind)} found`;
  if (problems + unknowns + healthy === 0) return `${judged.length} ${kindId(kind)}, which report no status`;
  const parts = [`${problems} with problems`, ...(unknowns > 0 ? [`${unknowns} unknown`] : []), `${healthy} ok`];
  return `${judged.length} ${kindId(kind)}: ${parts.join(', ')}`;
}

function coveredBy({ cluster, kind, namespace, selector }: ListRequest, judged: readonly Judged[]): string {
  const namespaces = new Set(judged.map(({ object }) => object.namespace)).size;
  const where = !kind.namespaced
    ? 'the whole cluster'
    : namespace === undefined
      ? `all namespaces (${namespaces} with ${kind.resource})`
      : `namespace ${namespace}`;
  return `${judged.length} ${kindId(kind)} in ${where}${selector === undefined ? '' : ` with ${selector}`}, context ${cluster.context}`;
}

export function withheldNote(withheld: Readonly<Record<string, number>>): readonly string[] {
  const told = Object.entries(withheld).map(([rule, count]) => `${rule} ${count}`);
  return told.length === 0 ? [] : [`withheld: ${told.join(', ')}`];
}
