import type { Redact } from '../../kit/index.ts';
import type { ActionDraft } from '../action.ts';
import type { KnownIssue, Runbook } from '../knowledge/port.ts';
import type { ImportedReport } from './imported.ts';

/**
 * The text was redacted before it was read; what was made of it is so once more. Marks within a word (`se**cr**et`) are gone by
 * then, and may have hidden what they stood in.
 */
export function redactedReport({ report, actions, missing, notes }: ImportedReport, redact: Redact): ImportedReport {
  const clean = (text: string): string => redact(text).text;
  return {
    report: {
      ...report,
      title: clean(report.title),
      services: report.services.map(clean),
      namespaces: report.namespaces.map(clean),
      symptom: clean(report.symptom),
      cause: clean(report.cause),
      fix: clean(report.fix),
      alerts: report.alerts.map(clean),
    },
    actions: actions.map(
      (action): ActionDraft => ({
        ...action,
        title: clean(action.title),
        owner: action.owner === undefined ? undefined : clean(action.owner),
        path: action.path === undefined ? undefined : clean(action.path),
      }),
    ),
    missing: missing.map((one) => ({ ...one, title: clean(one.title) })),
    notes,
  };
}

export function redactedIssue(issue: KnownIssue, redact: Redact): KnownIssue {
  const clean = (text: string): string => redact(text).text;
  return {
    ...issue,
    id: clean(issue.id),
    title: clean(issue.title),
    services: issue.services.map(clean),
    namespaces: issue.namespaces.map(clean),
    rules: issue.rules.map(clean),
    symptoms: issue.symptoms.map(clean),
    workaround: clean(issue.workaround),
  };
}

export function redactedRunbook(runbook: Runbook, redact: Redact): Runbook {
  const clean = (text: string): string => redact(text).text;
  return {
    ...runbook,
    title: clean(runbook.title),
    services: runbook.services.map(clean),
    alerts: runbook.alerts.map(clean),
    symptoms: runbook.symptoms.map(clean),
  };
}
