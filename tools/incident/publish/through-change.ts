import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { KeepClient } from '../../../src/change/wire/keep-port.ts';
import { placeToDecide } from '../../../src/change/wire/keep-port.ts';
import type { KeepState } from '../../../src/change/wire/protocol.ts';
import { incidentError } from '../../../src/incident/errors.ts';
import type { Actor } from '../../../src/incident/incident.ts';
import type { InfraRepository } from '../../../src/incident/sources/port.ts';
import { CastellanError } from '../../../src/kit/index.ts';
import { filePatch } from './file-patch.ts';
import { isOfIncident } from './whose-file.ts';

export interface Proposal {
  readonly path: string;
  readonly stack: string;
  readonly markdown: string;
  readonly incident: string;
  readonly version: number;
  /** What was published as this file before; undefined: nothing was. */
  readonly before: string | undefined;
  readonly by: Actor;
}

export interface Proposed {
  readonly change: string;
  readonly state: string;
  readonly decideAt: string;
  readonly why: string | undefined;
}

const longestPatch = 262_144;

/**
 * Proposes the report as a file of the infra repository. A proposal of this very version that is still on its way is found and not made
 * again, so that an agent that was killed behind it can go on. Errors: `publish-refused`, and those of the keep.
 */
export async function proposeReport(
  proposal: Proposal,
  {
    keep,
    repository,
    signal,
  }: { readonly keep: KeepClient; readonly repository: InfraRepository | undefined; readonly signal: AbortSignal },
): Promise<Proposed> {
  const { path, stack, incident, by } = proposal;
  const reason = reasonOf(proposal);
  const open = await keep.ask({ verb: 'status', of: 'changes', limit: 50, open: true }, signal);
  const before = (open.changes ?? []).find((view) => view.incident === incident && view.reason === reason);
  if (before !== undefined) return proposed(before, open.keep);
  const patch = filePatch(path, await standingFile(proposal, repository, signal), proposal.markdown);
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

/** What the file holds on the branch; without a mirror, what was published as it before. */
async function standingFile(
  { path, before, incident }: Proposal,
  repository: InfraRepository | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (repository === undefined) return before;
  let standing: string | undefined;
  try {
    const { commit } = await repository.head(signal);
    standing = await repository.file(path, commit);
  } catch (error) {
    if (error instanceof CastellanError) return before;
    throw error;
  }
  if (standing !== undefined && !isOfIncident(standing, incident)) {
    throw refused(
      "a file of its name is in the repository, and is not this incident's",
      'give the report another title',
    );
  }
  return standing;
}

function refused(message: string, next: string): Error {
  return incidentError('publish-refused', { message, next });
}
