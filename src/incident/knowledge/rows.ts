import type { Queryable } from '../../store/database.ts';
import type { Storable } from './limits.ts';
import type { RunbookHead } from './match.ts';
import type { KnownIssue, Runbook } from './port.ts';

export async function readIssues(queryable: Queryable): Promise<readonly KnownIssue[]> {
  const rows = await queryable.query<Omit<KnownIssue, 'until'> & { readonly until: string | null }>(
    `select id, title, services, namespaces, rules, symptoms, workaround, until, origin
     from castellan.known_issue order by id, origin`,
  );
  return rows.map((row) => ({ ...row, until: row.until ?? undefined }));
}

const head = 'name, title, services, alerts, symptoms, origin';

export async function readRunbookHeads(queryable: Queryable): Promise<readonly RunbookHead[]> {
  return queryable.query<RunbookHead>(`select ${head} from castellan.runbook order by name, origin`);
}

export async function readRunbooks(
  queryable: Queryable,
  wanted: readonly Pick<Runbook, 'origin' | 'name'>[] | 'all',
): Promise<readonly Runbook[]> {
  if (wanted === 'all') {
    return queryable.query<Runbook>(`select ${head}, text from castellan.runbook order by name, origin`);
  }
  if (wanted.length === 0) return [];
  return queryable.query<Runbook>(
    `select ${head}, text from castellan.runbook
     where (origin, name) in (select * from unnest($1::text[], $2::text[])) order by name, origin`,
    [wanted.map(({ origin }) => origin), wanted.map(({ name }) => name)],
  );
}

/** In a transaction. Two at once come one after the other: of one origin the later one stands, whole. */
export async function replaceOrigin(transaction: Queryable, { origin, issues, runbooks }: Storable): Promise<void> {
  await transaction.query('lock table castellan.known_issue, castellan.runbook in share row exclusive mode');
  await transaction.query('delete from castellan.known_issue where origin = $1', [origin]);
  await transaction.query('delete from castellan.runbook where origin = $1', [origin]);
  for (const { id, title, services, namespaces, rules, symptoms, workaround, until } of issues) {
    await transaction.query(
      `insert into castellan.known_issue
         (origin, id, title, services, namespaces, rules, symptoms, workaround, until)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [origin, id, title, services, namespaces, rules, symptoms, workaround, until ?? null],
    );
  }
  for (const { name, title, services, alerts, symptoms, text } of runbooks) {
    await transaction.query(
      `insert into castellan.runbook (origin, name, title, services, alerts, symptoms, text)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [origin, name, title, services, alerts, symptoms, text],
    );
  }
}
