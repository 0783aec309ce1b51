import {
  ageText,
  type ClusterObject,
  type ClusterReader,
  healthOf,
  type Kind,
  type KindHealth,
  kindId,
  type Reading,
  type Status,
  type Verdict,
} from '../../src/cluster/index.ts';
import { type Answer, CastellanError, type Cell, type JsonValue, type Page, table } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { findObject } from './find.ts';
import { workloadOf } from './owner.ts';

/**
 *  problems  what is wrong or unknown, row by row; the healthy by workload or by namespace
 *  table     every object, worst first
 *  names     every object's name
 *  count     how many, by namespace
 */
export const views = ['problems', 'table', 'names', 'count'] as const;
export type View = (typeof views)[number];

export interface ListRequest {
  readonly cluster: ClusterReader;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly selector: string | undefined;
  readonly view: View | undefined;
  readonly limit: number | undefined;
  readonly now: Date;
  readonly page: Page;
  readonly signal: AbortSignal;
}

/** A list this short is shown whole unless asked otherwise. */
const shortList = 25;
/** More healthy workloads than this are told by namespace only. */
const mostWorkloads = 40;

/** Where a cursor stands: the row, and the moment whose list it is a row of. */
interface Position {
  readonly offset: number;
  readonly resourceVersion: string;
  readonly at: number;
}

interface Judged {
  readonly object: ClusterObject;
  readonly verdict: Verdict;
}

export async function listMany(request: ListRequest): Promise<Answer> {
  const { cluster, kind, namespace, selector, signal } = request;
  const position = positionOf(request.page.position);
  const health = request.view === 'names' ? unjudged : healthOf(kind);
  const resourceVersion = position?.resourceVersion;
  const reading = await sameMoment(() =>
    cluster.list(kind, { namespace, selector, shape: health.shape, resourceVersion, signal }),
  );
  if (reading.objects.length === 0) await assertNamespace(request);
  const asOf = position === undefined ? request.now : new Date(position.at);
  const judged = judgeAll(reading, health, asOf);
  const view = request.view ?? (judged.length <= shortList ? 'table' : 'problems');
  const shown = showAs(view, judged, { kind, health, asOf });
  const offset = position?.offset ?? 0;
  const rows = shown.rows.slice(offset, offset + (request.limit ?? shown.rows.length));
  return table({
    asOf,
    coverage: { covered: coveredBy(request, judged) },
    headline: health === unjudged ? `${judged.length} ${kindId(kind)}; health not looked at` : headlineOf(kind, judged),
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

/** For names alone: nothing else is asked for, so nothing can be said. */
const unjudged: KindHealth = {
  shape: 'metadata',
  columns: [],
  cells: () => [],
  judge: () => ({ status: 'stateless', summary: '' }),
};

/** A namespace that does not exist has nothing wrong in it: said as an error, not as an empty list. */
async function assertNamespace({ cluster, namespace, kind, signal }: ListRequest): Promise<void> {
  if (namespace === undefined || !kind.namespaced) return;
  const namespaces = await cluster.kind('namespaces', signal);
  await findObject({ cluster, kind: namespaces, namespace: undefined, name: namespace, signal });
}

/** A cursor is signed, so its position is one this file minted. */
function positionOf(position: JsonValue | undefined): Position | undefined {
  return position === undefined ? undefined : (position as unknown as Position);
}

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

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Shown {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly notes: readonly string[];
}

interface Subject {
  readonly kind: Kind;
  readonly health: KindHealth;
  readonly asOf: Date;
}

function showAs(view: View, judged: readonly Judged[], subject: Subject): Shown {
  if (view === 'count') return countTable(judged, subject.kind);
  if (view === 'names') {
    const rows = judged.map(({ object }) => [object.name, object.namespace]);
    return trimmed({ columns: ['name', 'namespace'], rows, notes: [] }, subject.kind);
  }
  const healthy = view === 'problems' ? judged.filter(({ verdict }) => verdict.status === 'ok') : [];
  const others = view === 'problems' ? judged.filter(({ verdict }) => verdict.status !== 'ok') : judged;
  const collapsed = collapse(healthy, subject);
  return trimmed(
    {
      columns: ['name', 'namespace', 'status', ...subject.health.columns, 'age', 'detail'],
      rows: [...others.map((one) => rowOf(one, subject)), ...collapsed.rows],
      notes: collapsed.notes,
    },
    subject.kind,
  );
}

function rowOf({ object, verdict }: Judged, { health, asOf }: Subject): readonly Cell[] {
  const age = ageText(object.created === undefined ? undefined : asOf.getTime() - object.created.getTime());
  const status = verdict.status === 'unknown' ? `unknown: ${verdict.summary}` : verdict.summary;
  return [object.name, object.namespace, status, ...health.cells(object), age, verdict.detail ?? ''];
}

/** The healthy by workload, or by namespace when even the workloads are many. */
function collapse(healthy: readonly Judged[], subject: Subject): Omit<Shown, 'columns'> {
  const workloads = new Map<string, Judged[]>();
  for (const one of healthy) {
    const key = `${one.object.namespace}/${workloadOf(one.object)}`;
    workloads.set(key, [...(workloads.get(key) ?? []), one]);
  }
  if (workloads.size > mostWorkloads) return { rows: [], notes: [byNamespace(healthy)] };
  const rows = [...workloads.values()].flatMap((members) => {
    const [first, ...others] = members;
    if (first === undefined) return [];
    if (others.length === 0) return [rowOf(first, subject)];
    const blanks = subject.health.columns.map(() => '');
    return [[workloadOf(first.object), first.object.namespace, `ok ×${members.length}`, ...blanks, '', '']];
  });
  const note = 'the healthy are shown by workload (×); view=table lists each';
  return { rows, notes: workloads.size < healthy.length ? [note] : [] };
}

function byNamespace(healthy: readonly Judged[]): string {
  const namespaces = new Map<string, number>();
  for (const { object } of healthy) namespaces.set(object.namespace, (namespaces.get(object.namespace) ?? 0) + 1);
  const most = [...namespaces].sort(([, a], [, b]) => b - a);
  const told = most.slice(0, 30).map(([namespace, count]) => `${namespace === '' ? 'cluster' : namespace} ${count}`);
  const rest = most.length > told.length ? `, and ${most.length - told.length} more namespaces` : '';
  return `ok, by namespace: ${told.join(', ')}${rest} (view=table lists each)`;
}

function countTable(judged: readonly Judged[], kind: Kind): Shown {
  const counts = new Map<string, Record<Status, number>>();
  for (const { object, verdict } of judged) {
    const of = counts.get(object.namespace) ?? { ok: 0, problem: 0, unknown: 0, stateless: 0 };
    of[verdict.status] += 1;
    counts.set(object.namespace, of);
  }
  const rows = [...counts]
    .map(([namespace, of]) => ({ namespace, of, total: of.ok + of.problem + of.unknown + of.stateless }))
    .sort((a, b) => b.total - a.total || compare(a.namespace, b.namespace))
    .map(({ namespace, of, total }) => [kind.namespaced ? namespace : 'cluster', total, of.problem, of.unknown, of.ok]);
  return { columns: ['namespace', 'total', 'problems', 'unknown', 'ok'], rows, notes: [] };
}

/** Columns that say nothing in any row are left out. */
function trimmed(shown: Shown, kind: Kind): Shown {
  const kept = shown.columns
    .map((_, index) => index)
    .filter((index) => index === 0 || shown.rows.some((row) => (row[index] ?? '') !== ''))
    .filter((index) => kind.namespaced || shown.columns[index] !== 'namespace');
  return {
    columns: kept.map((index) => shown.columns[index] ?? ''),
    rows: shown.rows.map((row) => kept.map((index) => row[index] ?? '')),
    notes: shown.notes,
  };
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
