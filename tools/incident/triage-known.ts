import type { Action } from '../../src/incident/action.ts';
import type { Candidate } from '../../src/incident/history/port.ts';
import type { KnownMatch, Subject } from '../../src/incident/knowledge/port.ts';
import type { Dossier } from '../../src/incident/record/port.ts';
import type { Triage } from '../../src/incident/triage/port.ts';
import { CastellanError, type Coverage, oneLine, Untrusted } from '../../src/kit/index.ts';
import type { Asking, IncidentPorts } from './port.ts';
import { plainName } from './words.ts';

/** What earlier incidents left behind that speaks to this one. */
export interface KnownTo {
  readonly actions: readonly { readonly action: Action; readonly of: Candidate }[];
  readonly matches: readonly KnownMatch[];
  readonly missing: NonNullable<Coverage['missing']>;
}

const stillOpen = ['open', 'in-progress', 'regressed'];

/** Neither is needed for a severity: where one cannot be asked, that is told and triage stands. */
export async function knownTo(
  triage: Triage,
  dossier: Dossier,
  { history, knowledge }: IncidentPorts,
  { signal, now }: Asking,
): Promise<KnownTo> {
  const { symptom, title } = dossier.incident;
  const [past, matches] = await Promise.allSettled([
    history.search({ text: `${title}\n${symptom}`, dossier, limit: 5 }, signal),
    knowledge.about(subjectsOf(triage, dossier), now),
  ]);
  const missing = [
    ...(past.status === 'rejected' ? [{ what: 'open actions of earlier reports', why: reasonOf(past.reason) }] : []),
    ...(matches.status === 'rejected' ? [{ what: 'known issues and runbooks', why: reasonOf(matches.reason) }] : []),
  ];
  const candidates =
    past.status === 'fulfilled' ? past.value.candidates.filter(({ hint }) => hint !== 'first-recorded') : [];
  return {
    actions: candidates.flatMap((of) =>
      of.actions.filter(({ status }) => stillOpen.includes(status)).map((action) => ({ action, of })),
    ),
    matches: matches.status === 'fulfilled' ? matches.value : [],
    missing,
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof CastellanError) return error.message;
  throw error;
}

function subjectsOf({ suspects, rules }: Triage, { incident }: Dossier): readonly Subject[] {
  const named = suspects.slice(0, 20).map(({ object, why }) => {
    const [, place = object] = /^[A-Za-z]+ (.+)$/.exec(object) ?? [];
    const [namespace, name] = place.includes('/') ? [place.split('/')[0], place.split('/')[1]] : [undefined, place];
    return {
      namespace,
      name: name ?? place,
      rules: rules.filter(({ objects }) => objects.includes(object)).map(({ rule }) => rule),
      text: [...why, incident.symptom].join('\n'),
    };
  });
  const services = incident.services.map((name) => ({
    namespace: incident.namespaces[0],
    name,
    rules: [],
    text: incident.symptom,
  }));
  return [...named, ...services];
}

const most = 6;

export function knownBlocks({ actions, matches }: KnownTo): readonly (string | Untrusted)[] {
  const issues = matches.flatMap(({ issue, subject }) => (issue === undefined ? [] : [{ issue, subject }]));
  const runbooks = [...new Map(matches.flatMap((match) => match.runbooks.map((one) => [one.name, one]))).values()];
  return [
    ...(actions.length === 0
      ? []
      : ['OPEN ACTIONS of earlier reports that match; what was promised then may be the fix now:']),
    ...actions
      .slice(0, most)
      .flatMap(({ action, of }) => [
        `  ${action.id} ${action.priority} ${action.status}, of ${plainName(of.document)}, score ${of.score.toFixed(2)}`,
        new Untrusted(oneLine(action.title, 200)),
      ]),
    ...(issues.length === 0 ? [] : ['known issues, which hide nothing:']),
    ...issues
      .slice(0, most)
      .flatMap(({ issue, subject }) => [
        `  ${plainName(issue.id)} for ${plainName(subject.name)}${issue.until === undefined ? '' : `, an excuse until ${plainName(issue.until)}`}`,
        new Untrusted(`${oneLine(issue.title, 160)}\nworkaround: ${oneLine(issue.workaround, 240)}`),
      ]),
    ...(runbooks.length === 0
      ? []
      : [
          `runbooks: ${runbooks
            .slice(0, most)
            .map(({ name }) => plainName(name))
            .join(', ')}`,
        ]),
  ];
}
