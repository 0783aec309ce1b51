import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { type Action, actionClasses, actionStatuses, actionTypes, priorities, verifyPredicate } from '../action.ts';
import { incidentError } from '../errors.ts';
import { absent, anyText, digestOf, idOf, instant, line, prove, words } from './fields.ts';
import type { ActionFilter } from './port.ts';
import { idPattern } from './record-id.ts';

export const draftFields = z.object({
  title: words(500),
  type: z.enum(actionTypes),
  class: z.enum(actionClasses),
  priority: z.enum(priorities),
  owner: absent(words(200)),
  due: absent(z.iso.date()),
  status: z.enum(actionStatuses),
  path: absent(words(500)),
  verify: absent(verifyPredicate),
  automatable: z.boolean(),
});
export const verifiedShape = z.object({
  result: z.enum(['pass', 'fail', 'unknown']),
  at: instant,
  detail: anyText(2_000),
});
const kept = { verified: absent(verifiedShape), change: absent(words(200)) };
const bodyShape = draftFields.omit({ title: true, status: true, owner: true }).extend(kept);

export const actionShape = draftFields.extend({
  ...kept,
  id: idOf(idPattern.act),
  incident: absent(idOf(idPattern.inc)),
  report: absent(words(500)),
  createdAt: instant,
  updatedAt: instant,
});

export function actionDigest(action: Action): string {
  return digestOf(z.encode(actionShape, action));
}

interface ActionRow {
  readonly id: string;
  readonly incident: string | null;
  readonly report: string | null;
  readonly title: string;
  readonly status: Action['status'];
  readonly owner: string | null;
  readonly body: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns =
  'id, incident, report, title, status, owner, body, created_at as "createdAt", updated_at as "updatedAt"';

function actionOf({ body, ...row }: ActionRow): Action {
  return {
    ...row,
    ...bodyShape.parse(body),
    incident: row.incident ?? undefined,
    report: row.report ?? undefined,
    owner: row.owner ?? undefined,
  };
}

/** Errors: `action-unknown`. */
export async function readAction(
  queryable: Queryable,
  id: string,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<Action> {
  const [row] = idPattern.act.test(id)
    ? await queryable.query<ActionRow>(
        `select ${columns} from castellan.action_item where id = $1${lock ? ' for update' : ''}`,
        [id],
      )
    : [];
  if (row !== undefined) return actionOf(row);
  throw incidentError('action-unknown', {
    message: 'there is no action item of that id',
    next: 'list them with action_list',
  });
}

export async function readActionsOf(
  queryable: Queryable,
  of: { readonly incident: string } | { readonly report: string },
): Promise<readonly Action[]> {
  const [column, value] = 'incident' in of ? ['incident', of.incident] : ['report', of.report];
  const rows = await queryable.query<ActionRow>(
    `select ${columns} from castellan.action_item where ${column} = $1 order by place`,
    [value],
  );
  return rows.map(actionOf);
}

export async function insertAction(queryable: Queryable, action: Action): Promise<void> {
  await queryable.query(
    `insert into castellan.action_item (id, title, status, owner, body, updated_at, incident, report, created_at)
     values ($1, $2, $3, $4, $5::json, $6, $7, $8, $9)`,
    [...changing(action), action.incident ?? null, action.report ?? null, action.createdAt],
  );
}

export async function updateAction(queryable: Queryable, action: Action): Promise<void> {
  await queryable.query(
    `update castellan.action_item set title = $2, status = $3, owner = $4, body = $5::json, updated_at = $6 where id = $1`,
    changing(action),
  );
}

function changing(action: Action): readonly unknown[] {
  const body = prove('action', bodyShape, action);
  return [action.id, action.title, action.status, action.owner ?? null, body, action.updatedAt];
}

const filterShape = z.object({
  incident: line(200).optional(),
  report: line(500).optional(),
  status: z.array(z.enum(actionStatuses)).readonly().optional(),
  owner: line(200).optional(),
  text: line(500).optional(),
  limit: z.int().min(0).max(10_000),
  skip: z.int().min(0).max(1_000_000_000),
});

/** In the order they were written down; every word of `text` is in the title. */
export async function listActions(
  queryable: Queryable,
  filter: ActionFilter,
): Promise<{ readonly actions: readonly Action[]; readonly total: number }> {
  prove('filter', filterShape, filter);
  const terms = (filter.text ?? '')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  const matching = `from castellan.action_item where ($1::text is null or incident = $1)
    and ($2::text is null or report = $2) and ($3::text[] is null or status = any ($3::text[]))
    and ($4::text is null or owner = $4)
    and not exists (select from unnest($5::text[]) as term where position(term in lower(title)) = 0)`;
  const asked = [filter.incident ?? null, filter.report ?? null, filter.status ?? null, filter.owner ?? null, terms];
  const [counted] = await queryable.query<{ total: number }>(`select count(*) as total ${matching}`, asked);
  const rows = await queryable.query<ActionRow>(`select ${columns} ${matching} order by place limit $6 offset $7`, [
    ...asked,
    filter.limit,
    filter.skip,
  ]);
  return { actions: rows.map(actionOf), total: counted?.total ?? 0 };
}
