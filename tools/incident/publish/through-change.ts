import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { KeepClient } from '../../../src/change/wire/keep-port.ts';
import { placeToDecide } from '../../../src/change/wire/keep-port.ts';
import type { KeepState } from '../../../src/change/wire/protocol.ts';
import { incidentError } from '../../../src/incident/errors.ts';
import type { Actor } from '../../../src/incident/incident.ts';
import type { InfraRepository } from '../../../src/incident/sources/port.ts';
import { CastellanError } from '../../../src/kit/index.ts';
import { changeOfKeep } from './change-of-keep.ts';
import { filePatch } from './file-patch.ts';
import { isOfIncident } from './whose-file.ts';

export interface Proposal {
  readonly path: string;
  readonly stack: string;
  readonly markdown: string;
  readonly incident: string;
  readonly version: number;
  /** What was published as this file before, newest first; a human may have rejected some of it. */
  readonly earlier: readonly Earlier[];
  readonly by: Actor;
}

export interface Earlier {
  readonly change: string;
  readonly markdown: string;
}

export interface Proposed {
  readonly change: string;
  readonly state: string;
  readonly decideAt: string;
  readonly why: string | undefined;
}

const longestPatch = 262_144;

/**
 * Proposes the report as a file of the infra repository. A proposal of this very version that is on its way, or has landed, is found and
 * not made again, so that an agent that was killed behind it can go on. Errors: `publish-refused`, and those of the keep.
 */
export async function proposeReport(proposal: Proposal, { keep, repository, signal }: Places): Promise<Proposed> {
  const { path, stack, incident, by } = proposal;
  const reason = reasonOf(proposal);
  const isIt = (view: ChangeView): boolean => view.incident === incident && view.reason === reason;
  const open = await keep.ask({ verb: 'status', of: 'changes', limit: 50, open: true }, signal);
  const waiting = (open.changes ?? []).find(isIt);
  if (waiting !== undefined) return proposed(waiting, open.keep);
  const newest = await keep.ask({ verb: 'status', of: 'changes', limit: 50 }, signal);
  const landed = (newest.changes ?? []).find((view) => isIt(view) && view.state === 'landed');
  if (landed !== undefined) return proposed(landed, newest.keep);
  const patch = filePatch(path, await standingFile(proposal, { keep, repository, signal }), proposal.markdown);
  if (Buffer.byteLength(patch) > longestPatch)
    throw refused('the report is too large for a change', 'shorten its narrative');
  const reply = await keep.ask(
    {
      verb: 'propose',
      kind: 'change',
      by: { agent: by.agent.slice(0, 80), human: by.human.slice(0, 80) },
      stacks: [stack],
      patch,
      reason,
      expect: [],
      incident,
    },
    signal,
  );
  const [first] = reply.changes ?? [];
  if (first === undefined) throw refused('the keep made no change of it', 'see change_status');
  return proposed(first, reply.keep);
}

/** The same words for the same version: they are what a second call finds the first one's proposal by. */
function reasonOf({ incident, version }: Proposal): string {
  return `post-mortem of ${incident}, version ${version}: a document, nothing of it is applied`;
}

function proposed({ id, set, state, why }: ChangeView, keep: KeepState): Proposed {
  return { change: id, state, decideAt: placeToDecide(keep, set), why };
}

interface Places {
  readonly keep: KeepClient;
  readonly repository: InfraRepository | undefined;
  readonly signal: AbortSignal;
}

/** What the file holds on the branch. A mirror that has not seen the last version land, and none, know less than the keep. */
async function standingFile(proposal: Proposal, { keep, repository, signal }: Places): Promise<string | undefined> {
  const landed = await lastLanded(proposal.earlier, keep, signal);
  if (repository === undefined) return landed?.markdown;
  let standing: string | undefined;
  try {
    const { commit } = await repository.head(signal);
    standing = await repository.file(proposal.path, commit);
    if (landed?.commit !== undefined) await repository.file(proposal.path, landed.commit);
  } catch (error) {
    if (error instanceof CastellanError) return landed?.markdown;
    throw error;
  }
  if (standing !== undefined && !isOfIncident(standing, proposal.incident)) {
    throw refused(
      "a file of its name is in the repository, and is not this incident's",
      'give the report another title',
    );
  }
  return standing;
}

interface Landed {
  readonly markdown: string;
  /** Undefined where the keep does not know it any more. */
  readonly commit: string | undefined;
}

/** The newest that is on the branch, as the keep says; of what it has forgotten that it landed is taken for granted. */
async function lastLanded(
  earlier: readonly Earlier[],
  keep: KeepClient,
  signal: AbortSignal,
): Promise<Landed | undefined> {
  for (const { change, markdown } of earlier) {
    const { view } = await changeOfKeep(change, keep, signal);
    if (view === undefined) return { markdown, commit: undefined };
    if (view.state === 'landed') return { markdown, commit: view.landedAs };
  }
  return undefined;
}

function refused(message: string, next: string): Error {
  return incidentError('publish-refused', { message, next });
}
