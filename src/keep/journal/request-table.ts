import { type RequestState, type RequestView, requestView } from '../../change/wire/secret.ts';
import { principalId } from '../../kit/index.ts';
import type { Audit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { isOver, mayFollow, openStates } from '../requests/states.ts';
import type { Requester } from './quota-table.ts';

/**
 * Requests for secrets as they are written down. Every step is told to the audit first and done after. A row says what was asked, and
 * how far it came; what may be done for it is in what a human signed, and nowhere else.
 */
export interface RequestTable {
  /** A new one, `waiting`. */
  add(view: RequestView): Promise<void>;
  /** Compare and swap: false when it is not in the state `from` any more, or the step is none there is. `human`: who took the step. */
  move(from: RequestState, to: RequestView, human?: string): Promise<boolean>;
  /** What is told of one that is over changes; not its state. */
  note(view: RequestView): Promise<void>;
  /** Something that is no step of it: told to the audit alone. */
  tell(view: RequestView, what: string, outcome: 'ok' | 'denied' | 'error'): Promise<void>;
  get(id: string): Promise<RequestView | undefined>;
  /** Newest first. */
  latest(limit: number, open: boolean): Promise<readonly RequestView[]>;
  /** Not over, oldest first. */
  open(): Promise<readonly RequestView[]>;
  /** How many wait, and how many were made since then: of this principal, and of all. */
  counts(by: Requester, since: Date): Promise<RequestCounts>;
}

export interface RequestCounts {
  readonly waiting: number;
  readonly lately: number;
  readonly allWaiting: number;
  readonly allLately: number;
}

interface Row {
  readonly view: unknown;
}

export function openRequestTable(database: Database, audit: Pick<Audit, 'append'>): RequestTable {
  const tell = (view: RequestView, tool: string, outcome: Outcome, human?: string): Promise<void> =>
    audit.append({
      principal: {
        agent: human === undefined ? named('agent', view.agent) : 'agent:console',
        human: named('human', human ?? view.human),
        via: 'socket',
        scopes: ['propose'],
      },
      client: human === undefined ? 'keep' : 'console',
      correlation: view.id,
      tool,
      input: {
        ...subjectOf(view),
        version: view.version ?? null,
        madeVersion: view.madeVersion ?? null,
        leaseUntil: view.leaseUntil ?? null,
      },
      effect: 'propose',
      outcome,
      bytes: 0,
      ms: 0,
      at: new Date(view.changedAt),
    });

  const select = async (where: string, values: readonly unknown[]): Promise<readonly RequestView[]> => {
    const rows = await database.query<Row>(`select view from castellan.request ${where}`, [...values]);
    return rows.map(({ view }) => requestView.parse(view));
  };

  const write = async (from: RequestState, view: RequestView): Promise<boolean> => {
    const rows = await database.query(
      'update castellan.request set state = $3, changed_at = $4, view = $5 where id = $1 and state = $2 returning id',
      [view.id, from, view.state, new Date(view.changedAt), requestView.parse(view)],
    );
    return rows.length > 0;
  };

  return {
    add: async (view) => {
      await tell(view, 'keep.request.waiting', 'ok');
      await database.query(
        `insert into castellan.request (id, state, principal, created_at, changed_at, view)
         values ($1, $2, $3, $4, $5, $6)`,
        [
          view.id,
          view.state,
          principalOf(view),
          new Date(view.createdAt),
          new Date(view.changedAt),
          requestView.parse(view),
        ],
      );
    },
    move: async (from, to, human) => {
      if (!mayFollow(from, to.state)) return false;
      await tell(to, `keep.request.${to.state}`, outcomes[to.state] ?? 'ok', human);
      return write(from, to);
    },
    note: async (view) => {
      if (isOver(view.state)) await write(view.state, view);
    },
    tell: (view, what, outcome) => tell(view, `keep.request.${what}`, outcome),
    get: async (id) => (await select('where id = $1', [id]))[0],
    latest: (limit, open) =>
      open
        ? select('where state = any($1) order by created_at desc, id limit $2', [[...openStates], limit])
        : select('order by created_at desc, id limit $1', [limit]),
    open: () => select('where state = any($1) order by created_at, id', [[...openStates]]),
    counts: async (by, since) => {
      const [counts] = await database.query<RequestCounts>(
        `select count(*) filter (where state = 'waiting' and principal = $1) as waiting,
           count(*) filter (where created_at > $2 and principal = $1) as lately,
           count(*) filter (where state = 'waiting') as "allWaiting",
           count(*) filter (where created_at > $2) as "allLately"
         from castellan.request`,
        [principalOf(by), since],
      );
      return counts ?? { waiting: 0, lately: 0, allWaiting: 0, allLately: 0 };
    },
  };
}

type Outcome = 'ok' | 'denied' | 'error';

const outcomes: Partial<Record<RequestState, Outcome>> = { rejected: 'denied', failed: 'error' };

export function principalOf({ agent, human }: Requester): string {
  return principalId({ agent, human, via: 'socket', scopes: [] });
}

/** What is asked for, by name. */
function subjectOf({ wish }: RequestView) {
  if (wish.kind === 'lease') {
    const { kind, role, namespace, minutes, clusterWide } = wish;
    return { kind, role, namespace, minutes, clusterWide };
  }
  const { mount, path, key } = wish.of;
  return { kind: wish.kind, mount, path, key };
}

/** The daemon says `agent:claude` already; whoever does not is called the same. */
function named(kind: 'agent' | 'human', label: string): string {
  return label.startsWith(`${kind}:`) ? label : `${kind}:${label}`;
}
