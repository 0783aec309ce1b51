import { stringify } from 'yaml';
import { stripHiddenCharacters } from '../../kit/index.ts';
import type { SeverityLevel } from '../incident.ts';
import type { Dossier, ReportVersion } from '../record/port.ts';
import type { Narrative } from './narrative.ts';

/** What stands at the head of a report, as YAML. Times are RFC 3339 in UTC. */
export interface FrontMatter {
  readonly incident_id: string;
  readonly title: string;
  readonly severity: SeverityLevel;
  readonly severity_rules: readonly string[];
  readonly started_at: string | null;
  readonly detected_at: string | null;
  readonly mitigated_at: string | null;
  readonly resolved_at: string | null;
  readonly status: string;
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly authors: readonly string[];
  readonly version: number;
  readonly supersedes: number | null;
}

export function frontMatterOf(dossier: Dossier, narrative: Narrative): FrontMatter {
  const { incident, triage } = dossier;
  const clean = (texts: readonly string[]) => texts.map(oneLine);
  const before = lastPublished(dossier);
  return {
    incident_id: incident.id,
    title: oneLine(narrative.title),
    severity: severityOf(dossier, narrative),
    severity_rules: clean((triage?.rules ?? []).map(({ rule }) => rule)),
    started_at: utc(incident.startedAt),
    detected_at: utc(incident.detectedAt),
    mitigated_at: utc(incident.mitigatedAt),
    resolved_at: utc(incident.resolvedAt),
    status: narrative.status,
    services: clean(narrative.services),
    namespaces: clean(narrative.namespaces),
    authors: clean(narrative.authors),
    version: nextVersion(dossier),
    supersedes: before?.version ?? null,
  };
}

/** Every text in quotes and on one line: none can end the block, or be read as anything but text. */
export function writeFrontMatter(front: FrontMatter): string {
  return `---\n${stringify(front, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })}---\n`;
}

export function severityOf({ incident, triage }: Dossier, { severityOverride }: Narrative): SeverityLevel {
  return (
    severityOverride?.severity ?? incident.override?.severity ?? triage?.severity ?? incident.severity ?? 'unknown'
  );
}

export function lastPublished({ reports }: Dossier): ReportVersion | undefined {
  return reports.findLast(({ final }) => final);
}

export function nextVersion({ reports }: Dossier): number {
  return Math.max(0, ...reports.filter(({ final }) => final).map(({ version }) => version)) + 1;
}

/** `2026-11-20T14:02:10Z`; null where it is not known. */
export function utc(at: Date | undefined): string | null {
  return at === undefined || !Number.isFinite(at.getTime()) ? null : at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function oneLine(text: string): string {
  return stripHiddenCharacters(text).replace(/\s+/g, ' ').trim();
}
