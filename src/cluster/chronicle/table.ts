import { z } from 'zod';
import { type JsonObject, Untrusted } from '../../kit/index.ts';
import type { Database, Queryable } from '../../store/database.ts';
import { templateOf } from '../events/template.ts';
import { type Entry, type Noted, type What, whats } from './entry.ts';

/** What one write brings: all of it or nothing, so that the spans never promise more than the rows hold. */
export interface Batch {
  readonly entries: readonly Noted[];
  readonly states: readonly StateChange[];
  readonly spans: readonly Span[];
}

export interface StateChange {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Undefined: the object is gone. */
  readonly state: JsonObject | undefined;
}

export interface Span {
  /** The id of a kind: `pods`, `deployments.apps`. */
  readonly kind: string;
  readonly from: Date;
  readonly to: Date;
  /** The resource version it has come to. */
  readonly version: string;
  /** Why it ended, in our words; undefined while it goes on, and for ever when nobody was left to write it. */
  readonly ended: string | undefined;
}

export async function writeBatch(database: Database, context: string, batch: Batch): Promise<void> {
  await database.transaction(async (transaction) => {
    await writeEntries(transaction, context, batch.entries);
    await writeStates(transaction, context, batch.states);
    await writeSpans(transaction, context, batch.spans);
  });
}

async function writeEntries(database: Queryable, context: string, entries: readonly Noted[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ key, at, last, notBefore, count, what, about, root, warning, text, reason, detail }) => ({
    ...{ key, at, last_at: last, not_before: notBefore ?? null, count, what, warning: warning === true, text },
    ...{ kind: about.kind, namespace: about.namespace, name: about.name },
    ...{ root_kind: root.kind, root_name: root.name, reason: reason ?? null, detail: detail ?? null },
  }));
  await database.query(
    `insert into castellan.chronicle as kept (context, ${columns}) select $1, ${columns}
     from jsonb_to_recordset($2::jsonb) as row(key text, at timestamptz, last_at timestamptz, not_before timestamptz,
       count int8, what text, kind text, namespace text, name text, root_kind text, root_name text, warning bool,
       text text, reason text, detail text)
     on conflict (context, key) do update set
       count = kept.count + excluded.count, last_at = greatest(kept.last_at, excluded.last_at),
       name = excluded.name, text = excluded.text, detail = coalesce(excluded.detail, kept.detail)`,
    [context, jsonText(rows)],
  );
}

/** Postgres takes neither a NUL nor half a character; one of them in one message must not keep all others out. */
function jsonText(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  );
}

const columns =
  'key, at, last_at, not_before, count, what, kind, namespace, name, root_kind, root_name, warning, text, reason, detail';

async function writeStates(database: Queryable, context: string, states: readonly StateChange[]): Promise<void> {
  const kept = states.filter(({ state }) => state !== undefined);
  const gone = states.filter(({ state }) => state === undefined);
  if (kept.length > 0) {
    await database.query(
      `insert into castellan.chronicle_state (context, kind, namespace, name, state)
       select $1, kind, namespace, name, state
       from jsonb_to_recordset($2::jsonb) as row(kind text, namespace text, name text, state jsonb)
       on conflict (context, kind, namespace, name) do update set state = excluded.state`,
      [context, jsonText(kept)],
    );
  }
  if (gone.length > 0) {
    await database.query(
      `delete from castellan.chronicle_state as kept
       using jsonb_to_recordset($2::jsonb) as row(kind text, namespace text, name text)
       where kept.context = $1 and kept.kind = row.kind and kept.namespace = row.namespace and kept.name = row.name`,
      [context, jsonText(gone)],
    );
  }
}

async function writeSpans(database: Queryable, context: string, spans: readonly Span[]): Promise<void> {
  if (spans.length === 0) return;
  const rows = spans.map((span) => ({ ...span, ended: span.ended ?? null }));
  await database.query(
    `insert into castellan.chronicle_span (context, kind, from_at, to_at, version, ended)
     select $1, kind, "from", "to", version, ended from jsonb_to_recordset($2::jsonb)
       as row(kind text, "from" timestamptz, "to" timestamptz, version text, ended text)
     on conflict (context, kind, from_at) do update set
       to_at = excluded.to_at, version = excluded.version, ended = excluded.ended`,
    [context, jsonText(rows)],
  );
}

const stateRow = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  state: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
});

export async function readStates(database: Queryable, context: string): Promise<readonly z.infer<typeof stateRow>[]> {
  const rows = await database.query(
    'select kind, namespace, name, state from castellan.chronicle_state where context = $1',
    [context],
  );
  return z.array(stateRow).parse(rows);
}

const spanRow = z.object({
  kind: z.string(),
  from: z.date(),
  to: z.date(),
  version: z.string(),
  ended: z
    .string()
    .nullable()
    .transform((ended) => ended ?? undefined),
});

/** Oldest first. */
export async function readSpans(database: Queryable, context: string): Promise<readonly Span[]> {
  const rows = await database.query(
    `select kind, greatest(from_at, kept_from) as "from", to_at as "to", version, ended from castellan.chronicle_span
     where context = $1 order by from_at`,
    [context],
  );
  return z.array(spanRow).parse(rows);
}

/** Of an object that is gone, somebody may remember no more than its name. */
export interface RootQuery {
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface EntryQuery {
  readonly context: string;
  readonly since: Date;
  readonly until: Date;
  readonly whats: readonly What[];
  /** Absent: all, and what is outside namespaces. */
  readonly namespace?: string | undefined;
  /** Only what happened to these and to what they made. */
  readonly roots?: readonly RootQuery[] | undefined;
  readonly limit: number;
}

const entryRow = z.object({
  context: z.string(),
  key: z.string(),
  at: z.date(),
  last_at: z.date(),
  not_before: z.date().nullable(),
  count: z.int(),
  what: z.enum(whats),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  root_kind: z.string(),
  root_name: z.string(),
  warning: z.boolean(),
  text: z.string(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
});

/** Newest first. An entry that began before the window and went on in it belongs to it. */
export async function readEntries(database: Queryable, query: EntryQuery): Promise<readonly Entry[]> {
  const roots = query.roots?.map(({ kind, namespace, name }) => ({ kind, namespace, name }));
  const rows = await database.query(
    `select context, ${columns} from castellan.chronicle as kept
     where context = $1 and at > $2::timestamptz - interval '1 hour' and at <= $3 and last_at >= $2 and what = any($4)
       and ($5::text is null or namespace = $5)
       and ($6::jsonb is null or exists (
         select from jsonb_to_recordset($6::jsonb) as asked(kind text, namespace text, name text)
         where asked.name = kept.root_name and coalesce(asked.kind, kept.root_kind) = kept.root_kind
           and coalesce(asked.namespace, kept.namespace) = kept.namespace))
     order by last_at desc, key limit $7`,
    [
      query.context,
      query.since,
      query.until,
      [...query.whats],
      query.namespace ?? null,
      roots === undefined ? null : JSON.stringify(roots),
      query.limit,
    ],
  );
  return z.array(entryRow).parse(rows).map(entryOf);
}

function entryOf(row: z.infer<typeof entryRow>): Entry {
  const { context, key, at, count, what, warning, text, namespace, detail } = row;
  const about = { group: '', kind: row.kind, namespace, name: row.name };
  const root = { group: '', kind: row.root_kind, namespace, name: row.root_name };
  return {
    ...{ context, key, at, count, what, warning, text, about, root },
    last: row.last_at,
    notBefore: row.not_before ?? undefined,
    reason: row.reason ?? undefined,
    detail: detail === null ? undefined : new Untrusted(detail),
    template: templateOf(detail ?? '', [about.name, root.name, namespace]),
  };
}
