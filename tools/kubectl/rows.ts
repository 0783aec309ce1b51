import { ageText, type ClusterObject, type Kind, type Status, type Verdict } from '../../src/cluster/index.ts';
import type { Cell } from '../../src/kit/index.ts';
import { nameCell } from './cell.ts';
import { workloadOf } from './owner.ts';

/**
 * How a list is shown, unless it is grouped.
 *
 *  problems  what is wrong or unknown, row by row; the healthy by workload or by namespace
 *  table     every object, worst first
 *  names     every object's name
 *  count     how many, by namespace
 */
export const views = ['problems', 'table', 'names', 'count'] as const;
export type View = (typeof views)[number];

/** More healthy workloads than this are told by namespace only. */
const mostWorkloads = 40;

export interface Judged {
  readonly object: ClusterObject;
  readonly verdict: Verdict;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Shown {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly notes: readonly string[];
}

export interface Subject {
  readonly kind: Kind;
  /** Beside name, namespace and status. */
  readonly columns: readonly string[];
  cells(one: Judged): readonly Cell[];
  /** Whether age and detail are left out: somebody chose what is shown. */
  readonly chosen: boolean;
  readonly asOf: Date;
}

/** The rows of a view, worst first as they come. */
export function showAs(view: View, judged: readonly Judged[], subject: Subject): Shown {
  if (view === 'count') return countTable(judged, subject.kind);
  if (view === 'names') {
    const rows = judged.map(({ object }) => [nameCell(object.name), object.namespace]);
    return trimmed({ columns: ['name', 'namespace'], rows, notes: [] }, subject.kind);
  }
  const healthy = view === 'problems' ? judged.filter(({ verdict }) => verdict.status === 'ok') : [];
  const others = view === 'problems' ? judged.filter(({ verdict }) => verdict.status !== 'ok') : judged;
  const collapsed = collapse(healthy, subject);
  return trimmed(
    {
      columns: ['name', 'namespace', 'status', ...subject.columns, ...(subject.chosen ? [] : ['age', 'detail'])],
      rows: [...others.map((one) => rowOf(one, subject)), ...collapsed.rows],
      notes: collapsed.notes,
    },
    subject.kind,
  );
}

function rowOf(one: Judged, { cells, chosen, asOf }: Subject): readonly Cell[] {
  const { object, verdict } = one;
  const status = verdict.status === 'unknown' ? `unknown: ${verdict.summary}` : verdict.summary;
  const row = [nameCell(object.name), object.namespace, status, ...cells(one)];
  if (chosen) return row;
  const age = ageText(object.created === undefined ? undefined : asOf.getTime() - object.created.getTime());
  return [...row, age, verdict.detail ?? ''];
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
    return [[nameCell(workloadOf(first.object)), first.object.namespace, `ok ×${members.length}`]];
  });
  const note = 'the healthy are shown by workload (×); view=table lists each';
  return { rows, notes: workloads.size < healthy.length ? [note] : [] };
}

function byNamespace(healthy: readonly Judged[]): string {
  const namespaces = new Map<string, number>();
  for (const { object } of healthy) namespaces.set(object.namespace, (namespaces.get(object.namespace) ?? 0) + 1);
  const most = [...namespaces].sort(([, a], [, b]) => b - a);
  const told = most.slice(0, 12).map(([namespace, count]) => `${namespace === '' ? 'cluster' : namespace} ${count}`);
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
export function trimmed(shown: Shown, kind: Kind): Shown {
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
