import { createHash } from 'node:crypto';
import type { Queryable } from '../../store/database.ts';
import type { PastReport } from './port.ts';

/** Rows of castellan.past_report. */
interface Row extends Omit<PastReport, 'severity' | 'incident'> {
  readonly severity: string | null;
  readonly incident: string | null;
}

const columns =
  'slug, title, at, severity, services, namespaces, symptom, cause, fix, alerts, markdown, origin, incident';

export async function readReports(
  queryable: Queryable,
  slugs: readonly string[] | 'all',
): Promise<readonly PastReport[]> {
  const where = slugs === 'all' ? '' : 'where slug = any ($1::text[])';
  const rows = await queryable.query<Row>(
    `select ${columns} from castellan.past_report ${where} order by at desc, slug`,
    slugs === 'all' ? [] : [slugs],
  );
  return rows.map((row) => ({ ...row, severity: row.severity ?? undefined, incident: row.incident ?? undefined }));
}

/** Slug → hash, of every report there is. */
export async function readHashes(queryable: Queryable): Promise<ReadonlyMap<string, string>> {
  const rows = await queryable.query<{ slug: string; hash: Uint8Array }>(
    'select slug, hash from castellan.past_report',
  );
  return new Map(rows.map(({ slug, hash }) => [slug, Buffer.from(hash).toString('hex')]));
}

/**
 * A report of an incident of ours is replaced by its newer version alone: a file that was published from it and is imported
 * again is the same report, told from outside. Whether anything was written.
 */
export async function writeReport(queryable: Queryable, given: PastReport): Promise<boolean> {
  const report = storable(given);
  const rows = await queryable.query<{ slug: string }>(
    `insert into castellan.past_report (${columns}, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (slug) do update set title = excluded.title, at = excluded.at, severity = excluded.severity,
       services = excluded.services, namespaces = excluded.namespaces, symptom = excluded.symptom, cause = excluded.cause,
       fix = excluded.fix, alerts = excluded.alerts, markdown = excluded.markdown, origin = excluded.origin,
       incident = excluded.incident, hash = excluded.hash
     where past_report.hash <> excluded.hash and (past_report.incident is null or past_report.incident = excluded.incident)
     returning slug`,
    [
      report.slug,
      report.title,
      report.at,
      report.severity ?? null,
      report.services,
      report.namespaces,
      report.symptom,
      report.cause,
      report.fix,
      report.alerts,
      report.markdown,
      report.origin,
      report.incident ?? null,
      hashOf(report),
    ],
  );
  return rows.length > 0;
}

function hashOf(report: PastReport): Buffer {
  const { slug, title, at, severity, services, namespaces, symptom, cause, fix, alerts, markdown, origin, incident } =
    report;
  return createHash('sha256')
    .update(
      JSON.stringify([
        slug,
        title,
        at,
        severity ?? null,
        services,
        namespaces,
        symptom,
        cause,
        fix,
        alerts,
        markdown,
        origin,
        incident ?? null,
      ]),
    )
    .digest();
}

/** The database keeps no NUL and no half of a pair. */
function storable(report: PastReport): PastReport {
  const clean = (text: string): string => text.replaceAll('\0', '').toWellFormed();
  return {
    ...report,
    title: clean(report.title),
    services: report.services.map(clean),
    namespaces: report.namespaces.map(clean),
    alerts: report.alerts.map(clean),
    symptom: clean(report.symptom),
    cause: clean(report.cause),
    fix: clean(report.fix),
    markdown: clean(report.markdown),
    origin: clean(report.origin),
  };
}
