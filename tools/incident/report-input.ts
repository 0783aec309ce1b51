import type { Dossier } from '../../src/incident/record/port.ts';
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
  dossier: Dossier,
  narrative: Narrative,
  ports: IncidentPorts,
  { signal, now }: Asking,
): Promise<AskedOfTheWorld> {
  const { record, reporter, withheldFrom } = ports;
  const [payloads, problemIn, repository, alertNames] = await Promise.all([
    record.payloads(dossier.evidence.map(({ id }) => id)),
    draftProblems(narrative, promqlProblem),
    askedOf(() => repositoryOf(narrative, ports, signal), ports.repository !== undefined),
    askedOf(() => alertNamesOf(ports, signal), ports.metrics !== undefined),
  ]);
  return {
    input: {
      dossier,
      timeline: reporter.compile(dossier),
      narrative,
      payloads: payloads.texts,
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
  const named = narrative.actions.flatMap(({ path, verify }) => [
    ...(path === undefined ? [] : [path]),
    ...('path' in verify ? [verify.path] : []),
  ]);
  const lines = await Promise.all(
    [...new Set(named)].map(async (path) => [path, lineCount(await fileAt(repository, path, commit))] as const),
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
