import type { KeepReply, KeepRequest } from '../change/wire/protocol.ts';
import type { FingerprintsReply, SecretReference, SourceReference } from '../change/wire/secret.ts';
import type { StackView } from '../change/wire/stacks.ts';
import type { Enrolments } from './approvers/enrolments.ts';
import type { Changes } from './changes/port.ts';
import { proposalOf } from './changes/proposal.ts';
import type { KeepParts } from './composed.ts';
import type { KeepConfig } from './config/valid.ts';
import type { Fingerprinter } from './fingerprinter/port.ts';
import type { Journal } from './journal/journal.ts';
import type { TrustedRepository } from './repository/trusted-repository.ts';
import type { Requests } from './requests/port.ts';
import type { Tree } from './runs/parts.ts';
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
  readonly requests: Requests;
  readonly fingerprinter: Fingerprinter;
  /** Where the trusted base refers to secrets. */
  references(): Promise<readonly SourceReference[]>;
  readonly people: { readonly enrolments: Pick<Enrolments, 'pending'>; reload(): Promise<void> };
}

/** What a request that was understood is answered; the sockets decide which verbs come this far. */
export async function answerTo(
  request: KeepRequest,
  signal: AbortSignal,
  answering: Answering,
): Promise<Omit<KeepReply, 'keep' | 'error'>> {
  const { parts, repository, trees, runs, changes, requests, fingerprinter } = answering;
  if (request.verb === 'propose') {
    if (request.kind === 'change') return { changes: [...(await changes.propose(proposalOf(request), request.by))] };
    const { stack, patch, ref, reason, by } = request;
    return { run: await runs.propose({ stack, patch, ref, reason }, by) };
  }
  if (request.verb === 'withdraw') {
    const { id, by } = request;
    if (id.startsWith('req_')) return { requests: [await requests.withdraw(id, by)] };
    return id.startsWith('run_')
      ? { run: await runs.withdraw(id, by) }
      : { changes: [...(await changes.withdraw(id, by))] };
  }
  if (request.verb === 'request') {
    return { requests: [await requests.request(request.wish, request.reason, request.by)] };
  }
  if (request.verb === 'fingerprints') {
    return { fingerprints: await fingerprinter.fingerprints(request.have, request.waitMs, signal) };
  }
  if (request.verb === 'refresh') {
    await fingerprinter.refresh(undefined, signal);
    return { fingerprints: withoutSet(await fingerprinter.fingerprints(undefined, 0, signal)) };
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
  if (request.of === 'request') return { requests: [await requests.status(request.id, request.waitMs, signal)] };
  if (request.of === 'requests') return { requests: [...(await requests.latest(request.limit, request.open))] };
  if (request.of === 'secret') return { history: await fingerprinter.history(request.secret, signal) };
  if (request.of === 'comparison') {
    return { comparison: await fingerprinter.compare(request.left, request.right, signal) };
  }
  if (request.of === 'references') {
    const { secret } = request;
    const all = await answering.references();
    return { references: all.filter((one) => secret === undefined || refersTo(one, secret)) };
  }
  if (request.of === 'keep') return {};
  if (request.of === 'object') {
    const { kind, namespace, name } = request;
    const base = await trees.read((await repository.base()).tree);
    const object = await parts.originOf(base, { kind, namespace, name });
    return { object: object ?? { fields: [], ignored: [] } };
  }
  if (request.of === 'edit') {
    const { object, wishes } = request;
    const { kind, namespace, name } = object;
    const base = async (): Promise<Tree> => trees.read((await repository.base()).tree);
    return { edit: await parts.editOf({ base, object: { kind, namespace, name }, wishes, signal }) };
  }
  return { stacks: [...(await viewsOf(request.stack, answering))] };
}

/** Who only wants to know what is covered gets no table of it. */
function withoutSet({ set: _, ...rest }: FingerprintsReply): FingerprintsReply {
  return rest;
}

function refersTo(reference: SourceReference, { mount, path, key }: SecretReference): boolean {
  return (
    (reference.mount === mount || reference.mount === '?') &&
    reference.path === path &&
    (key === undefined || reference.key === undefined || reference.key === key)
  );
}

/** Every stack of the trusted base, as a question about an object reads it. */
export async function readSource({
  parts,
  repository,
  trees,
}: Pick<Answering, 'parts' | 'repository' | 'trees'>): Promise<void> {
  const base = await trees.read((await repository.base()).tree);
  await parts.originOf(base, { kind: 'Namespace', namespace: undefined, name: '' });
}

/** Of the trusted base. */
export async function viewsOf(
  stack: string | undefined,
  {
    config,
    parts,
    journal,
    repository,
    trees,
    runs,
    changes,
  }: Omit<Answering, 'people' | 'requests' | 'fingerprinter' | 'references'>,
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
