import type { KeepReply, KeepRequest } from '../change/wire/protocol.ts';
import type { StackView } from '../change/wire/stacks.ts';
import type { Enrolments } from './approvers/enrolments.ts';
import type { Changes } from './changes/port.ts';
import { proposalOf } from './changes/proposal.ts';
import type { KeepParts } from './composed.ts';
import type { KeepConfig } from './config/valid.ts';
import type { Journal } from './journal/journal.ts';
import type { TrustedRepository } from './repository/trusted-repository.ts';
import type { Runs } from './runs/runs.ts';
import type { Trees } from './runs/trees.ts';
import { stackViews } from './stacks/views.ts';

/** What answers are made of. */
export interface Answering {
  readonly config: KeepConfig;
  readonly parts: KeepParts;
  readonly journal: Journal;
  readonly repository: TrustedRepository;
  readonly trees: Trees;
  readonly runs: Runs;
  readonly changes: Changes;
  readonly people: { readonly enrolments: Pick<Enrolments, 'pending'>; reload(): Promise<void> };
}

/** What a request that was understood is answered; the sockets decide which verbs come this far. */
export async function answerTo(
  request: KeepRequest,
  signal: AbortSignal,
  answering: Answering,
): Promise<Omit<KeepReply, 'keep' | 'error'>> {
  const { parts, repository, trees, runs, changes } = answering;
  if (request.verb === 'propose') {
    if (request.kind === 'change') return { changes: [...(await changes.propose(proposalOf(request), request.by))] };
    const { stack, patch, ref, reason, by } = request;
    return { run: await runs.propose({ stack, patch, ref, reason }, by) };
  }
  if (request.verb === 'withdraw') {
    return request.id.startsWith('run_')
      ? { run: await runs.withdraw(request.id, request.by) }
      : { changes: [...(await changes.withdraw(request.id, request.by))] };
  }
  if (request.verb === 'enrolment') {
    // Whoever asks is about to write the list of approvers, or just did.
    await answering.people.reload();
    const found = answering.people.enrolments.pending(request.codeSha256);
    if (found === undefined) return {};
    const { name, approval, login } = found;
    return { enrolment: { name, approval: { ...approval }, login: { ...login } } };
  }
  if (request.of === 'run') return { run: await runs.status(request.id, request.waitMs, signal) };
  if (request.of === 'runs') return { runs: [...(await runs.latest(request.limit))] };
  if (request.of === 'change') return { changes: [...(await changes.status(request.id, request.waitMs, signal))] };
  if (request.of === 'changes') return { changes: [...(await changes.latest(request.limit, request.open))] };
  if (request.of === 'keep') return {};
  if (request.of === 'object') {
    const { kind, namespace, name } = request;
    const base = await trees.read((await repository.base()).tree);
    const object = await parts.originOf(base, { kind, namespace, name });
    return { object: object ?? { fields: [], ignored: [] } };
  }
  return { stacks: [...(await viewsOf(request.stack, answering))] };
}

/** Of the trusted base. */
export async function viewsOf(
  stack: string | undefined,
  { config, parts, journal, repository, trees, runs, changes }: Omit<Answering, 'people'>,
): Promise<readonly StackView[]> {
  const commit = await repository.base();
  return stackViews(stack, {
    base: await trees.read(commit.tree),
    commit,
    profiles: config.profiles,
    git: repository.git,
    drift: await journal.drift.all(),
    recordOf: journal.records.get,
    lockOf: parts.lockOf,
    openRunOf: runs.openRunOf,
    openChangeOf: changes.openChangeOf,
  });
}
