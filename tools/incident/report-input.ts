import type { Evidence } from '../../src/incident/evidence.ts';
import type { Dossier } from '../../src/incident/record/port.ts';
import { pathsIn } from '../../src/incident/report/claims.ts';
import { draftProblems } from '../../src/incident/report/draft-problems.ts';
import type { Narrative } from '../../src/incident/report/narrative.ts';
import type { ReportInput } from '../../src/incident/report/port.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { boundedPromql } from '../../src/monitoring/promql.ts';
import type { Asking, IncidentPorts } from './port.ts';

export interface AskedOfTheWorld {
  readonly input: ReportInput;
  /** What a rule would have been held against, and could not be asked: its rule warns. */
  readonly missing: readonly { readonly what: string; readonly why: string }[];
}

/** Everything a report is held against is asked here and now, also when it is published: a file may be gone by then. */
export async function reportInput(
  whole: Dossier,
  narrative: Narrative,
  ports: IncidentPorts,
  { signal, now }: Asking,
): Promise<AskedOfTheWorld> {
  const { record, reporter, withheldFrom, redactKept } = ports;
  const dossier = { ...whole, evidence: whole.evidence.map((one) => asMaskedNow(one, redactKept)) };
  const notes = new Set(dossier.evidence.filter(({ source }) => source === 'note').map(({ id }) => id));
  const [payloads, problemIn, repository, alertNames] = await Promise.all([
    record.payloads(dossier.evidence.map(({ id }) => id)),
    draftProblems(narrative, promqlProblem),
    askedOf(() => repositoryOf(narrative, ports, signal), ports.repository !== undefined),
    askedOf(() => alertNamesOf(ports, signal), ports.metrics !== undefined),
  ]);
  const shown = new Map(
    [...payloads.texts].map(([id, text]) => [id, notes.has(id) ? text : redactKept(text)] as const),
  );
  return {
    input: {
      dossier,
      timeline: reporter.compile(dossier),
      narrative,
      // A quote of what is masked by now must not be told from one that never stood there. Notes are agents' own words.
      payloads: shown,
      maskedSince: new Set([...shown].filter(([id, text]) => text !== payloads.texts.get(id)).map(([id]) => id)),
      tampered: payloads.tampered,
      now,
      repository: repository.value,
      alertNames: alertNames.value,
      problemIn,
      withheldFrom,
      recurrenceThreshold: reporter.recurrenceThreshold,
      rubricRules: reporter.rubricRules,
    },
    missing: [
      ...(repository.why === undefined ? [] : [{ what: 'the infra repository', why: repository.why }]),
      ...(alertNames.why === undefined ? [] : [{ what: 'the alert rules there are', why: alertNames.why }]),
    ],
  };
}

/** What became known since it was kept is masked in its rows too; a note is an agent's own words. */
function asMaskedNow(evidence: Evidence, redact: (text: string) => string): Evidence {
  if (evidence.source === 'note') return evidence;
  const rows = evidence.rows.map(({ about, quote, ...row }) => ({
    ...row,
    text: redact(row.text),
    ...(about === undefined ? {} : { about: redact(about) }),
    ...(quote === undefined ? {} : { quote: redact(quote) }),
  }));
  return { ...evidence, rows };
}

async function askedOf<Value>(
  ask: () => Promise<Value>,
  isConfigured: boolean,
): Promise<{ readonly value: Value | undefined; readonly why: string | undefined }> {
  if (!isConfigured) return { value: undefined, why: 'not configured' };
  try {
    return { value: await ask(), why: undefined };
  } catch (error) {
    if (error instanceof CastellanError) return { value: undefined, why: error.message };
    throw error;
  }
}

async function repositoryOf(
  narrative: Narrative,
  { repository, reporter }: IncidentPorts,
  signal: AbortSignal,
): Promise<ReportInput['repository']> {
  if (repository === undefined) return undefined;
  const { commit } = await repository.head(signal);
  const lines = await Promise.all(
    pathsIn(narrative).map(async (path) => [path, lineCount(await fileAt(repository, path, commit))] as const),
  );
  return { commit, lines: new Map(lines), platformStacks: reporter.platformStacks };
}

/** A path of a narrative is whatever somebody wrote; one that is no path of a repository is not there. */
async function fileAt(
  repository: NonNullable<IncidentPorts['repository']>,
  path: string,
  commit: string,
): Promise<string | undefined> {
  const isPath = /^[A-Za-z0-9_.][A-Za-z0-9._/ -]*$/.test(path) && !path.split('/').includes('..');
  return isPath ? repository.file(path, commit) : undefined;
}

function lineCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const lines = text.split('\n').length;
  return text.endsWith('\n') ? lines - 1 : lines;
}

async function alertNamesOf({ metrics }: IncidentPorts, signal: AbortSignal): Promise<readonly string[] | undefined> {
  if (metrics === undefined) return undefined;
  const rules = await (await metrics()).rules(signal);
  return [...new Set(rules.map(({ name }) => name))];
}

function promqlProblem(query: string): string | undefined {
  try {
    boundedPromql(query);
    return undefined;
  } catch (error) {
    if (error instanceof CastellanError) return error.message;
    throw error;
  }
}
