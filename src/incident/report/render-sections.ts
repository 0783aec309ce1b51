import { figuresOf, writeDuration } from './duration.ts';
import { inline, table } from './escape.ts';
import { severityOf, utc } from './front-matter.ts';
import type { Narrative } from './narrative.ts';
import type { ReportInput } from './port.ts';
import { claimLine, claimList } from './render-claim.ts';

export function summary({ narrative }: ReportInput): string {
  return claimList(narrative.summary);
}

export function impact({ narrative, dossier }: ReportInput): string {
  const { users, services, dataLoss } = narrative.impact;
  const { outage, lasted } = figuresOf(dossier.incident);
  return paragraphs(
    labelled('Users', claimList(users)),
    labelled('Services', claimList(services)),
    users.length + services.length === 0 ? undefined : `Data loss: ${claimLine(dataLoss)}`,
    users.length + services.length === 0
      ? undefined
      : `From the beginning until it was mitigated: ${span(outage)}; until it was resolved: ${span(lasted)}.`,
  );
}

export function causeChain({ narrative }: ReportInput): string {
  return narrative.cause.steps
    .map(
      ({ id, claim, at, leadsTo }, index) =>
        `${index + 1}. ${inline(id)}${at === undefined ? '' : ` (${inline(at)})`}: ${claimLine(claim)} → ${leadsTo.map(inline).join(', ')}`,
    )
    .join('\n');
}

export function ruledOut({ narrative }: ReportInput): string {
  return claimList(narrative.cause.ruledOut) || 'No other hypothesis was ruled out.';
}

export function contributing({ narrative }: ReportInput): string {
  return claimList(narrative.cause.contributing) || 'None was found.';
}

export function recurrence({ narrative, dossier }: ReportInput): string {
  const { verdict, text, of, earlierActions } = narrative.recurrence;
  const titles = new Map(
    dossier.candidates.flatMap(({ actions }) => actions.map((action) => [action.id, action.title] as const)),
  );
  const judged = dossier.candidates.map(({ document, score, verdict: given, reason }) => [
    inline(document),
    score.toFixed(2),
    given ?? 'not judged',
    inline(reason ?? ''),
  ]);
  return paragraphs(
    `Verdict: ${inline(verdict)}. ${inline(text)}`,
    dossier.historyAt === undefined
      ? 'History was never asked.'
      : `History was asked at ${utc(dossier.historyAt) ?? 'an unknown time'}: ${dossier.candidates.length} candidates.`,
    of.length > 0 ? `Earlier: ${of.map(inline).join(', ')}` : undefined,
    judged.length > 0 ? table(['Candidate', 'Score', 'Verdict', 'Reason'], judged) : undefined,
    labelled(
      'Earlier action items',
      earlierActions
        .map(({ id, status }) => `- ${inline(id)} ${status}: ${inline(titles.get(id) ?? 'unknown')}`)
        .join('\n'),
    ),
  );
}

export function detection({ narrative, dossier }: ReportInput): string {
  const { by, how, gap } = narrative.detection;
  return paragraphs(
    `By: ${by}. ${claimLine(how)}`,
    `Time to detect: ${span(figuresOf(dossier.incident).toDetect)}.`,
    `Gap: ${claimLine(gap)}`,
  );
}

export function resolution({ narrative, dossier }: ReportInput): string {
  return paragraphs(
    claimList(narrative.resolution.steps),
    `Time to resolve: ${span(figuresOf(dossier.incident).lasted)}.`,
  );
}

export function severity({ narrative, dossier }: ReportInput): string {
  const { triage, incident } = dossier;
  const override = narrative.severityOverride ?? incident.override;
  return paragraphs(
    `${severityOf(dossier, narrative)}; by the rubric: ${triage?.severity ?? 'triage did not run'}.`,
    triage === undefined
      ? undefined
      : triage.rules.map(({ rule, severity: level, why }) => `- ${inline(rule)} (${level}): ${inline(why)}`).join('\n'),
    override === undefined
      ? undefined
      : `Set to ${override.severity} by ${inline(override.by)}: ${inline(override.reason)}`,
  );
}

export function coverage({ dossier }: ReportInput): string {
  const asked = [...new Set(dossier.evidence.filter(({ status }) => status !== 'error').map(({ source }) => source))];
  const failed = dossier.evidence.filter(({ status }) => status === 'error');
  const unread = dossier.triage?.unread ?? [];
  const gaps = [
    ...failed.map(
      ({ id, source, query, problem }) =>
        `- ${id}, ${source}: ${inline(query)}: ${inline(problem ?? 'no reason was given')}`,
    ),
    ...unread.map(({ what, why }) => `- triage, ${inline(what)}: ${inline(why)}`),
  ];
  const skipped = dossier.historyAt === undefined ? ['- history: was never asked'] : [];
  return paragraphs(
    asked.length > 0 ? `Asked: ${asked.sort().join(', ')}.` : 'Nothing was asked.',
    labelled('Could not be asked', [...gaps, ...skipped].join('\n')),
  );
}

export function actionItems({ narrative }: ReportInput): string {
  const { actions } = narrative;
  if (actions.length === 0) return '';
  const head = ['Action', 'Class', 'Type', 'Priority', 'Owner', 'Due', 'Status', 'File', 'Verified by'];
  return table(head, actions.map(actionRow));
}

function actionRow(action: Narrative['actions'][number]): readonly string[] {
  const lines = action.lines === undefined ? '' : `:${action.lines.join('-')}`;
  const file =
    action.path === undefined ? '' : `${inline(action.path)}${lines}${action.newFile === true ? ' (new)' : ''}`;
  return [
    inline(action.title),
    action.class,
    action.type,
    action.priority,
    inline(action.owner),
    action.due,
    action.status,
    file,
    inline(predicateText(action.verify)),
  ];
}

/** `alert-rule: name=PodKilled`. */
function predicateText({ kind, ...rest }: Narrative['actions'][number]['verify']): string {
  const told = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  return `${kind}: ${told.join(', ')}`;
}

export function lessons({ narrative }: ReportInput): string {
  const { well, poorly, lucky } = narrative.lessons;
  const list = (texts: readonly string[]) => texts.map((text) => `- ${inline(text)}`).join('\n');
  return paragraphs(
    labelled('What went well', list(well)),
    labelled('What went poorly', list(poorly)),
    labelled('Where we were lucky', list(lucky)),
  );
}

function labelled(label: string, list: string): string | undefined {
  return list === '' ? undefined : `${label}:\n\n${list}`;
}

function paragraphs(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join('\n\n');
}

function span(ms: number | undefined): string {
  return ms === undefined ? 'not known' : writeDuration(ms);
}
