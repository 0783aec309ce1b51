import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { IncidentRecord } from '../../src/incident/record/port.ts';
import type { InfraRepository } from '../../src/incident/sources/port.ts';
import { CastellanError, type ProbeFinding } from '../../src/kit/index.ts';
import type { PublishTarget } from './port.ts';

interface Looked {
  readonly record: Pick<IncidentRecord, 'list'>;
  readonly repository: InfraRepository | undefined;
  readonly publish: PublishTarget | undefined;
  readonly documents: readonly ProbeFinding[];
  readonly signal: AbortSignal;
}

/** What doctor tells of incidents. */
export async function groupFindings({
  record,
  repository,
  publish,
  documents,
  signal,
}: Looked): Promise<readonly ProbeFinding[]> {
  return [
    await recordFinding(record),
    await repositoryFinding(repository, signal),
    await publishFinding(publish),
    ...documents,
  ];
}

async function recordFinding(record: Looked['record']): Promise<ProbeFinding> {
  const check = 'incidents';
  try {
    const { total } = await record.list({ limit: 1, skip: 0 });
    return { check, status: 'pass', detail: `the record is open, with ${total}` };
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    // Doctor has no store of its own: the daemon's is asked by whoever wants to know more.
    if (error.code === 'store-unavailable') return { check, status: 'pass', detail: 'kept by the daemon' };
    return { check, status: 'fail', detail: error.message, next: error.next };
  }
}

async function repositoryFinding(repository: InfraRepository | undefined, signal: AbortSignal): Promise<ProbeFinding> {
  const check = 'infra repository';
  if (repository === undefined) {
    return {
      check,
      status: 'pass',
      detail: 'none configured: changes come from the cluster alone, and paths of reports are not held against it',
    };
  }
  try {
    const { commit, stale } = await repository.head(signal);
    if (stale === undefined) return { check, status: 'pass', detail: `fetched, at ${commit.slice(0, 12)}` };
    return {
      check,
      status: 'unknown',
      detail: `at ${commit.slice(0, 12)}, not fetched: ${stale}`,
      next: 'see `incident.repository` in castellan.yaml',
    };
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return { check, status: 'fail', detail: error.message, next: error.next };
  }
}

async function publishFinding(publish: PublishTarget | undefined): Promise<ProbeFinding> {
  const check = 'post-mortems';
  if (publish === undefined) return { check, status: 'pass', detail: 'no place is configured: reports stay drafts' };
  if (publish.kind === 'change')
    return { check, status: 'pass', detail: `published through changes, below ${publish.folder}` };
  try {
    await access(publish.folder, constants.W_OK | constants.X_OK);
    return { check, status: 'pass', detail: `published to ${publish.folder}` };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return {
      check,
      status: 'fail',
      detail: `${publish.folder} cannot be written (${String(error.code)})`,
      next: 'make it, or give it to the user of the daemon',
    };
  }
}
