import type { ActionDraft } from '../../../src/incident/action.ts';
import type { PastReport } from '../../../src/incident/history/port.ts';
import type { Dossier } from '../../../src/incident/record/port.ts';
import { severityOf } from '../../../src/incident/report/front-matter.ts';
import type { Narrative } from '../../../src/incident/report/narrative.ts';
import { reportSlug } from '../../../src/incident/report/slug.ts';

export function actionDraftsOf({ actions }: Narrative): readonly ActionDraft[] {
  return actions.map(({ title, type, class: kind, priority, owner, due, status, path, verify, automatable }) => ({
    title,
    type,
    class: kind,
    priority,
    owner,
    due,
    status,
    path,
    verify,
    automatable,
  }));
}

/** What later incidents find of this one. */
export function pastReportOf(dossier: Dossier, narrative: Narrative, markdown: string): PastReport {
  const { incident, evidence } = dossier;
  const { id, startedAt, detectedAt, symptom } = incident;
  return {
    slug: reportSlug(incident, narrative.title),
    title: narrative.title,
    at: startedAt ?? detectedAt,
    severity: severityOf(dossier, narrative),
    services: narrative.services,
    namespaces: narrative.namespaces,
    symptom: [symptom, ...narrative.summary.map(({ text }) => text)].join('\n'),
    cause: narrative.cause.steps.map(({ claim }) => claim.text).join('\n'),
    fix: narrative.resolution.steps.map(({ text }) => text).join('\n'),
    alerts: [
      ...new Set(
        evidence
          .filter(({ source }) => source === 'alerts')
          .flatMap(({ rows }) => rows.flatMap(({ about }) => (about === undefined ? [] : [about]))),
      ),
    ],
    markdown,
    origin: id,
    incident: id,
  };
}
