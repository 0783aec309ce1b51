import { type App, candidateText, listed, type Status } from '../../src/cluster/index.ts';
import type { KnownIssue, KnownMatch } from '../../src/incident/knowledge/port.ts';
import { type Cell, Untrusted } from '../../src/kit/index.ts';
import { plain } from './known.ts';

export interface AppRow {
  readonly status: Status;
  readonly cells: readonly Cell[];
}

/** Nodes, Services: of pods, whose names say little, fewer. */
const mostNamed = 5;

const order: Readonly<Record<Status, number>> = { problem: 0, unknown: 1, stateless: 2, ok: 2 };

/**
 * What, name, status, facts, detail: what is wrong first, then from the workloads out to the hosts, and what is known of any of
 * it right behind what is wrong.
 */
export function rowsOf(app: App, known: readonly KnownMatch[] = []): readonly AppRow[] {
  return [...knownRows(known), ...workloadRows(app), ...podRows(app), ...serviceRows(app), ...hostRows(app)].sort(
    (a, b) => order[a.status] - order[b.status],
  );
}

const mostKnown = 5;

/** A known issue is no problem by itself: what it describes need not show now. */
function knownRows(known: readonly KnownMatch[]): readonly AppRow[] {
  const issues = once(
    known.flatMap(({ issue, expired }) => issue ?? expired ?? []),
    ({ id, origin }) => id + origin,
  );
  const over = new Set(known.flatMap(({ expired }) => expired?.id ?? []));
  const runbooks = once(
    known.flatMap((match) => match.runbooks),
    ({ name, origin }) => name + origin,
  );
  return [
    ...issues.slice(0, mostKnown).map(
      (issue): AppRow => ({
        status: 'stateless',
        cells: ['known issue', plain(issue.id), standing(issue, over.has(issue.id)), '', said(issue)],
      }),
    ),
    ...runbooks.slice(0, mostKnown).map(
      ({ name, title }): AppRow => ({
        status: 'stateless',
        cells: ['runbook', plain(name), '', '', new Untrusted(title)],
      }),
    ),
  ];
}

function standing({ until }: KnownIssue, isOver: boolean): string {
  if (until === undefined) return '';
  return `${isOver ? 'expired' : 'until'} ${plain(until)}`;
}

const longestSaid = 300;

function said({ title, workaround }: KnownIssue): Cell {
  const whole = workaround === '' ? title : `${title}: ${workaround}`;
  return new Untrusted(whole.length > longestSaid ? `${whole.slice(0, longestSaid)}…` : whole);
}

function once<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

function workloadRows({ workloads }: App): readonly AppRow[] {
  return workloads.map(({ kind, object, verdict, images, managedBy }) => {
    const facts = [
      images.length === 0 ? '' : images.join(' '),
      managedBy === undefined ? '' : `managed by ${managedBy}`,
    ];
    const name = inNamespace({ kind, object });
    return {
      status: verdict.status,
      cells: ['workload', name, verdict.summary || 'no status', joined(facts), verdict.detail ?? ''],
    };
  });
}

/** The healthy in one row. */
function podRows({ pods }: App): readonly AppRow[] {
  const healthy = pods.filter(({ verdict }) => verdict.status === 'ok');
  const rows = pods
    .filter(({ verdict }) => verdict.status !== 'ok')
    .map(
      ({ object, verdict, node }): AppRow => ({
        status: verdict.status,
        cells: ['pod', object.name, verdict.summary, node === undefined ? '' : `on ${node}`, verdict.detail ?? ''],
      }),
    );
  const [first] = healthy;
  if (first === undefined) return rows;
  const nodes = [...new Set(healthy.flatMap(({ node }) => node ?? []))].sort();
  const on = nodes.length === 0 ? '' : `on ${listed(nodes, mostNamed)}`;
  const names = listed(healthy.map(({ object }) => object.name));
  return [
    ...rows,
    {
      status: 'ok',
      cells: ['pod', names, healthy.length === 1 ? first.verdict.summary : `ok ×${healthy.length}`, on, ''],
    },
  ];
}

function serviceRows({ services, workloads }: App): readonly AppRow[] {
  const isParked = workloads.length > 0 && workloads.every(({ verdict }) => verdict.summary === 'scaled to 0');
  return services.map(({ object, ports, selects, endpoints }) => {
    const row = (status: Status, said: string): AppRow => ({
      status,
      cells: ['service', object.name, said, ports.length === 0 ? '' : `port ${ports.join(', ')}`, ''],
    });
    if (!selects) return row('stateless', 'selects no pods');
    if (endpoints === undefined) return row('unknown', 'endpoints not seen');
    const said = `${endpoints.ready}/${endpoints.known} endpoints ready`;
    return row(endpoints.ready > 0 || isParked ? 'ok' : 'problem', said);
  });
}

function hostRows({ hosts }: App): readonly AppRow[] {
  return hosts.map(({ route, missing }) => {
    const row = (status: Status, said: string): AppRow => ({
      status,
      cells: ['host', route.host, said, `by ${candidateText(route)}`, ''],
    });
    if (route.services.length === 0) return row('unknown', 'to no service');
    const to = `to ${listed(
      route.services.map(({ name }) => name),
      mostNamed,
    )}`;
    if (missing === undefined) return row('unknown', `${to}, services not seen`);
    return missing.length > 0 ? row('problem', `no such service: ${listed(missing, mostNamed)}`) : row('ok', to);
  });
}

const mostBeside = 8;

/** What else runs in the namespace, problems first. */
export function besideNote({ namespace, beside }: App): readonly string[] {
  if (beside.length === 0) return [];
  const told = [...beside]
    .sort((a, b) => order[a.verdict.status] - order[b.verdict.status])
    .slice(0, mostBeside)
    .map((one) => `${inNamespace(one)} ${one.verdict.status === 'problem' ? 'PROBLEM ' : ''}${one.verdict.summary}`);
  const more = beside.length > told.length ? `, and ${beside.length - told.length} more` : '';
  return [`also in namespace ${namespace}: ${told.join(', ')}${more}`];
}

/** `deploy/server`: the namespace is said once. */
function inNamespace(candidate: Parameters<typeof candidateText>[0]): string {
  return candidateText(candidate).split('/').slice(-2).join('/');
}

function joined(facts: readonly string[]): string {
  return facts.filter((fact) => fact !== '').join('; ');
}
