import { type RunState, type RunView, runView } from '../../change/wire/run.ts';
import type { Audit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { isOpen, mayFollow, openStates } from '../runs/states.ts';
import { journalError } from './errors.ts';

/**
 * The runs as they are written down. Every step of one is told to the audit first and done after: a row without its step is
 * harmless, a step without its row is not.
 */
export interface RunTable {
  /** A new run, `queued`. */
  add(view: RunView): Promise<void>;
  /**
   * Compare and swap: the run goes from the state it is in to `view.state`, or nothing happens.
   * Errors: `run-moved`, when it is in another state or the step is none there is.
   */
  move(from: RunState, view: RunView): Promise<void>;
  get(id: string): Promise<RunView | undefined>;
  /** Newest first. */
  latest(limit: number): Promise<readonly RunView[]>;
  /** At the start of a keep: whatever an earlier one left open is over. Returns what it was. */
  interruptAll(at: Date): Promise<readonly RunView[]>;
}

/** What a run said is of use for as long as somebody may ask for it; the audit keeps that there was one. */
const keptMs = 30 * 24 * 3_600_000;

interface Row {
  readonly view: unknown;
}

export function openRunTable(database: Database, audit: Pick<Audit, 'append'>): RunTable {
  const tell = (view: RunView, step: string): Promise<void> =>
    audit.append({
      principal: {
        agent: named('agent', view.agent),
        human: named('human', view.human),
        via: 'socket',
        scopes: ['propose'],
      },
      client: 'keep',
      correlation: view.id,
      tool: step,
      input: { stack: view.stack, base: view.base, proposed: view.proposed ?? null },
      effect: 'propose',
      outcome: view.state === 'failed' ? 'error' : view.state === 'denied' ? 'denied' : 'ok',
      ...(view.failure === undefined ? {} : { code: view.failure.code }),
      bytes: 0,
      ms: 0,
      at: new Date(view.changedAt),
    });

  const move = async (from: RunState, view: RunView): Promise<void> => {
    if (!mayFollow(from, view.state)) throw moved(view, from);
    await tell(view, `keep.run.${view.state}`);
    const rows = await database.query(
      `update castellan.run set state = $3, stack = $4, changed_at = $5, view = $6
       where id = $1 and state = $2 returning id`,
      [view.id, from, view.state, view.stack, new Date(view.changedAt), view],
    );
    if (rows.length === 0) throw moved(view, from);
  };

  return {
    move,
    add: async (view) => {
      await tell(view, 'keep.propose');
      const before = new Date(Date.parse(view.createdAt) - keptMs);
      await database.query('delete from castellan.run where created_at < $1 and not state = any($2)', [
        before,
        [...openStates],
      ]);
      await database.query(
        `insert into castellan.run (id, stack, state, agent, human, created_at, changed_at, view)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          view.id,
          view.stack,
          view.state,
          view.agent,
          view.human,
          new Date(view.createdAt),
          new Date(view.changedAt),
          view,
        ],
      );
    },
    get: async (id) => {
      const [row] = await database.query<Row>('select view from castellan.run where id = $1', [id]);
      return row === undefined ? undefined : runView.parse(row.view);
    },
    latest: async (limit) => {
      const rows = await database.query<Row>('select view from castellan.run order by created_at desc, id limit $1', [
        limit,
      ]);
      return rows.map(({ view }) => runView.parse(view));
    },
    interruptAll: async (at) => {
      const rows = await database.query<Row>(
        'select view from castellan.run where state = any($1) order by created_at',
        [[...openStates]],
      );
      const found = rows.map(({ view }) => runView.parse(view)).filter(({ state }) => isOpen(state));
      for (const view of found) await move(view.state, { ...view, state: 'interrupted', changedAt: at.toISOString() });
      return found;
    },
  };
}

/** The daemon says `agent:claude` already; whoever does not is called the same. */
function named(kind: 'agent' | 'human', label: string): string {
  return label.startsWith(`${kind}:`) ? label : `${kind}:${label}`;
}

function moved(view: RunView, from: RunState): Error {
  return journalError('run-moved', {
    message: `${view.id} cannot go from ${from} to ${view.state}: it is not there any more`,
    next: 'ask for its status',
  });
}
