import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { type Action, type ActionDraft, actionStatuses, priorities, verifyPredicate } from '../action.ts';
import {
  actionDigest,
  actionShape,
  draftFields,
  insertAction,
  readAction,
  readActionsOf,
  updateAction,
  verifiedShape,
} from './action-table.ts';
import { invalid, prove, words } from './fields.ts';
import { once, proveWrite, rememberedAs } from './keys.ts';
import type { ActionChange, ActionOwner, IncidentRecord, Write } from './port.ts';
import { inTransaction, type RecordGround, write } from './writing.ts';

const mostActions = 500;
const drafts = z.array(draftFields).max(mostActions).readonly();
const reportSlug = words(500);
const changeShape = z.object({
  status: z.enum(actionStatuses).optional(),
  owner: words(200).optional(),
  due: z.iso.date().optional(),
  priority: z.enum(priorities).optional(),
  verify: verifyPredicate.optional(),
  path: words(500).optional(),
  change: words(200).optional(),
  verified: verifiedShape.optional(),
});
const listed = rememberedAs(z.array(actionShape).readonly());
const one = rememberedAs(actionShape);

/**
 * By title, and the n-th of a title stands for the n-th. What a draft leaves undefined stays as it is, and so does a status that
 * is further on than a draft's `open`: what somebody said of an item since is not taken back by writing the report again.
 */
export function createPutActions(ground: RecordGround): IncidentRecord['putActions'] {
  return async (of, given, by) => {
    const input = prove('actions', drafts, given);
    const put = (transaction: Queryable) => replace(transaction, ground, of, drafts.parse(input), by);
    if (!('incident' in of)) {
      const report = prove('report', reportSlug, of.report);
      return alone(ground, by, ['putActions', { report }, input], listed, async (transaction) => {
        // One import at a time: there is no row to lock while the report has no action.
        await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 10))', [report]);
        return put(transaction);
      });
    }
    return write(ground, {
      incident: of.incident,
      write: by,
      input: ['putActions', input],
      remembering: listed,
      work: async (transaction, { incident }) => {
        const actions = await put(transaction);
        return { incident, event: eventOf(actions, `${actions.length} written down`), answer: () => actions };
      },
    });
  };
}

export function createChangeAction(ground: RecordGround): IncidentRecord['changeAction'] {
  return async (id, what, by) => {
    const input = prove('action', changeShape, what);
    const apply = async (transaction: Queryable): Promise<Action> => {
      const before = await readAction(transaction, id, { lock: true });
      const change = changeShape.parse(input);
      const set = Object.entries(change).filter(([, value]) => value !== undefined);
      const action: Action = { ...before, ...seenOf(before, change), ...Object.fromEntries(set), updatedAt: by.now };
      await updateAction(transaction, action);
      return action;
    };
    // Whose it is never changes.
    const { incident: owner } = await readAction(ground.database, id);
    if (owner === undefined) return alone(ground, by, ['changeAction', id, input], one, apply);
    return write(ground, {
      incident: owner,
      write: by,
      input: ['changeAction', id, input],
      remembering: one,
      work: async (transaction, { incident }) => {
        const action = await apply(transaction);
        return { incident, event: eventOf([action], `${id} is ${action.status}`), answer: () => action };
      },
    });
  };
}

function eventOf(actions: readonly Action[], text: string) {
  const binds = Object.fromEntries(actions.map((action) => [action.id, actionDigest(action)]));
  return { kind: 'actions', text, binds } as const;
}

/** Of an imported report: nothing but the actions themselves is written. */
function alone<Answer>(
  ground: RecordGround,
  by: Write,
  input: readonly unknown[],
  remembering: Parameters<typeof once<Answer>>[3],
  work: (transaction: Queryable) => Promise<Answer>,
): Promise<Answer> {
  const given = proveWrite(by);
  return inTransaction(ground, (transaction) => once(transaction, given, input, remembering, () => work(transaction)));
}

async function replace(
  transaction: Queryable,
  { newId }: RecordGround,
  of: ActionOwner,
  given: readonly ActionDraft[],
  { now }: Write,
): Promise<readonly Action[]> {
  const there = await readActionsOf(transaction, of);
  const byTitle = Map.groupBy(there, ({ title }) => title);
  const put: Action[] = [];
  let count = there.length;
  for (const draft of given) {
    const before = byTitle.get(draft.title)?.shift();
    if (before !== undefined) {
      const action = { ...before, ...seenOf(before, draft), ...said(draft, before), updatedAt: now };
      await updateAction(transaction, action);
      put.push(action);
      continue;
    }
    count += 1;
    if (count > mostActions)
      throw invalid(`there would be more than ${mostActions} actions`, 'write fewer of them down');
    const owner =
      'incident' in of ? { incident: of.incident, report: undefined } : { incident: undefined, report: of.report };
    const action = {
      ...draft,
      ...owner,
      id: newId('act'),
      createdAt: now,
      updatedAt: now,
      verified: undefined,
      change: undefined,
    };
    await insertAction(transaction, action);
    put.push(action);
  }
  return put;
}

/** What one test saw says nothing of another that takes its place. */
function seenOf({ verify, verified }: Action, after: Pick<ActionChange, 'verify'>): Pick<Action, 'verified'> {
  const isSame = after.verify === undefined || isDeepStrictEqual(after.verify, verify);
  return { verified: isSame ? verified : undefined };
}

function said(draft: ActionDraft, { status }: Action): Partial<ActionDraft> {
  const { status: drafted, ...rest } = draft;
  const there = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(there), status: drafted === 'open' ? status : drafted };
}
