import { z } from 'zod';
import { changeDocument, signature } from '../../change/document/documents.ts';
import { type Actor, type ChangeState, changeStates, isOver, mayStep } from '../../change/life/states.ts';
import { type ChangeView, changeView } from '../../change/wire/change.ts';
import type { Audit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { changePage } from '../console/page.ts';
import { journalError } from './errors.ts';

/** What the keep needs of a change beside what agents see. Nothing of it is a value of the plan. */
const record = z.strictObject({
  /** The patch's trees: what is proposed, on which commit. */
  base: z.string(),
  baseTree: z.string(),
  tree: z.string(),
  /** Under refs/castellan/<change> of the mirror, once it was judged. */
  commit: z.string().optional(),
  /** Of the canonical list of files that differ. */
  diffSha256: z.string(),
  /** What consent binds, while it waits for it. */
  consent: z
    .strictObject({ tree: z.string(), diffSha256: z.string(), profileSha256: z.string(), digest: z.string() })
    .optional(),
  /** Of the attempt that waits for approval, or was approved. */
  document: changeDocument.optional(),
  page: changePage.optional(),
  signatures: z.array(signature),
});
export type ChangeFacts = z.output<typeof record>;

export interface StoredChange {
  readonly view: ChangeView;
  readonly facts: ChangeFacts;
}

/** The changes as they are written down. Every step is told to the audit first and done after. */
export interface ChangeTable {
  /** A new set, all of it `draft`. */
  add(changes: readonly StoredChange[]): Promise<void>;
  /**
   * Compare and swap: the change goes from the state it is in to `to.view.state`, or nothing happens.
   * Errors: `change-moved`, when it is in another state, or the step is none this actor may take.
   */
  move(from: ChangeState, to: StoredChange, actor: Actor): Promise<void>;
  /** As it is, in the state it is in: what is told of it changes. Errors: `change-moved`. */
  update(change: StoredChange): Promise<void>;
  get(id: string): Promise<StoredChange | undefined>;
  /** In their order. */
  ofSet(set: string): Promise<readonly StoredChange[]>;
  /** Not over, oldest first. */
  open(): Promise<readonly StoredChange[]>;
  /** Sets newest first, each in its order. */
  latest(limit: number): Promise<readonly StoredChange[]>;
  /** Changes that humans rejected, of this diff on this stack; newest first. */
  rejectedLike(stack: string, diffSha256: string): Promise<readonly StoredChange[]>;
}

interface Row {
  readonly view: unknown;
  readonly record: unknown;
}

const live = changeStates.filter((state) => !isOver(state));

export function openChangeTable(database: Database, audit: Pick<Audit, 'append'>): ChangeTable {
  const tell = ({ view, facts }: StoredChange, step: string): Promise<void> =>
    audit.append({
      principal: { agent: view.agent, human: view.human, via: 'socket', scopes: ['propose'] },
      client: 'keep',
      correlation: view.id,
      tool: step,
      input: {
        set: view.set,
        stack: view.stack,
        attempt: view.attempt,
        base: facts.base,
        tree: facts.tree,
        commit: facts.commit ?? null,
        approvedBy: view.approvedBy,
        brokenGlass: view.brokenGlass,
      },
      effect: 'propose',
      outcome: outcomes[view.state] ?? 'ok',
      ...(view.failure === undefined ? {} : { code: view.failure.code }),
      bytes: 0,
      ms: 0,
      at: new Date(view.changedAt),
    });

  const select = async (where: string, values: readonly unknown[]): Promise<readonly StoredChange[]> => {
    const rows = await database.query<Row>(`select view, record from castellan.change ${where}`, [...values]);
    return rows.map(read);
  };

  const write = async (from: ChangeState, { view, facts }: StoredChange): Promise<void> => {
    const rows = await database.query(
      `update castellan.change set state = $3, changed_at = $4, view = $5, record = $6
       where id = $1 and state = $2 returning id`,
      [view.id, from, view.state, new Date(view.changedAt), changeView.parse(view), record.parse(facts)],
    );
    if (rows.length === 0) throw moved(view, from);
  };

  return {
    add: async (changes) => {
      for (const change of changes) await tell(change, 'keep.change.draft');
      await database.transaction(async (transaction) => {
        for (const { view, facts } of changes) {
          await transaction.query(
            `insert into castellan.change
               (id, set_id, position, stack, state, agent, human, created_at, changed_at, view, record)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
            [
              view.id,
              view.set,
              view.order,
              view.stack,
              view.state,
              view.agent,
              view.human,
              new Date(view.createdAt),
              new Date(view.changedAt),
              changeView.parse(view),
              record.parse(facts),
            ],
          );
        }
      });
    },
    move: async (from, to, actor) => {
      if (!mayStep(from, to.view.state, actor)) throw moved(to.view, from);
      await tell(to, `keep.change.${to.view.state}`);
      await write(from, to);
    },
    update: (change) => write(change.view.state, change),
    get: async (id) => (await select('where id = $1', [id]))[0],
    ofSet: (set) => select('where set_id = $1 order by position', [set]),
    open: () => select('where state = any($1) order by created_at, set_id, position', [live]),
    latest: (limit) => select('order by created_at desc, set_id, position limit $1', [limit]),
    rejectedLike: (stack, diffSha256) =>
      select(
        "where state = 'rejected' and stack = $1 and record ->> 'diffSha256' = $2 order by changed_at desc limit 20",
        [stack, diffSha256],
      ),
  };
}

const outcomes: Partial<Record<ChangeState, 'error' | 'denied'>> = {
  blocked: 'denied',
  denied: 'denied',
  rejected: 'denied',
  'plan-failed': 'error',
  'partially-applied': 'error',
  'failed-clean': 'error',
  interrupted: 'error',
  'failed-expectation': 'error',
  'landing-failed': 'error',
};

function read({ view, record: facts }: Row): StoredChange {
  return { view: changeView.parse(view), facts: record.parse(facts) };
}

function moved(view: ChangeView, from: ChangeState): Error {
  return journalError('change-moved', {
    message: `${view.id} cannot go from ${from} to ${view.state}: it is not there any more`,
    next: 'ask for its status',
  });
}
