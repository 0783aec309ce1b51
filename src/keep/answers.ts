import type { KeepReply, KeepRequest } from '../change/wire/protocol.ts';
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
}

/** What a request that was understood is answered; the sockets decide which verbs come this far. */
export async function answerTo(
  request: KeepRequest,
  signal: AbortSignal,
  { config, parts, journal, repository, trees, runs }: Answering,
): Promise<Omit<KeepReply, 'keep' | 'error'>> {
  if (request.verb === 'propose') {
    const { stack, patch, ref, reason, by } = request;
    return { run: await runs.propose({ stack, patch, ref, reason }, by) };
  }
  if (request.verb === 'withdraw') return { run: await runs.withdraw(request.id, request.by) };
  if (request.of === 'run') return { run: await runs.status(request.id, request.waitMs, signal) };
  if (request.of === 'runs') return { runs: [...(await runs.latest(request.limit))] };
  if (request.of === 'keep') return {};
  const commit = await repository.base();
  const base = await trees.read(commit.tree);
  if (request.of === 'object') {
    const { kind, namespace, name } = request;
    const object = await parts.originOf(base, { kind, namespace, name });
    return { object: object ?? { fields: [], ignored: [] } };
  }
  const views = await stackViews(request.stack, {
    base,
    commit,
    profiles: config.profiles,
    git: repository.git,
    drift: await journal.drift.all(),
    recordOf: journal.records.get,
    lockOf: parts.lockOf,
    openRunOf: runs.openRunOf,
  });
  return { stacks: [...views] };
}
