import type { StoreLog } from '../store/log.ts';
import { createApplier } from './applier/create.ts';
import { ofThisKeep } from './applier/of-this-keep.ts';
import { openApprovers } from './approvers/approvers.ts';
import { type Enrolments, openEnrolments } from './approvers/enrolments.ts';
import { loadKeepId } from './approvers/keep-id.ts';
import type { RelyingParty } from './approvers/port.ts';
import { relyingPartyOf } from './approvers/relying-party.ts';
import { openChanges } from './changes/changes.ts';
import type { ChangesInside } from './changes/inside.ts';
import type { KeepParts } from './composed.ts';
import { ownersFor } from './config/ownership.ts';
import type { KeepConfig } from './config/valid.ts';
import { type Authority, openAuthority } from './decisions/authority.ts';
import { openDecisions } from './decisions/decisions.ts';
import type { Drafts } from './decisions/drafts.ts';
import type { Decisions } from './decisions/port.ts';
import { openFollowThrough } from './follow/open.ts';
import type { Freeze } from './freeze/freeze.ts';
import type { Journal } from './journal/journal.ts';
import { openLanding } from './landing/open.ts';
import { createStateKeeper } from './landing/sops-state.ts';
import type { Notifier } from './notify/port.ts';
import type { TrustedRepository } from './repository/trusted-repository.ts';
import type { SecretBodies } from './requests/port.ts';
import type { Runs, RunsOptions } from './runs/runs.ts';
import { openSealedPlans } from './sealed/open.ts';

/**
 * From a proposal to what is landed: who may sign, what they decided, the changes, and what becomes of a signed one. Two halves, for
 * what is trusted decides what is read from the repository, and changes are made of what was read.
 *
 *   people   approvers, proved from root's list, and what they said so far
 *   signing  changes → decisions → follow-through
 */
export interface People {
  readonly relyingParty: RelyingParty;
  readonly keepId: string;
  readonly approvers: Awaited<ReturnType<typeof openApprovers>>;
  readonly enrolments: Enrolments;
  readonly authority: Authority;
  /** Root may have changed the list: who is on it, and with it what was said, is proved anew. */
  reload(): Promise<void>;
}

export interface PeopleOptions {
  readonly config: KeepConfig;
  readonly seatBelt: boolean;
  readonly journal: Pick<Journal, 'decisions'>;
  readonly now: () => Date;
}

/** Errors: those of a key file. */
export async function openPeople({ config, seatBelt, journal, now }: PeopleOptions): Promise<People> {
  const owners = ownersFor(seatBelt);
  const relyingParty = relyingPartyOf(config.console);
  const keepId = loadKeepId(config.stateDirectory);
  const { decisions } = journal;
  const approvers = await openApprovers({ config, owners, rp: relyingParty, keepId, decisions, now });
  const authority = await openAuthority({ decisions, approvers });
  return {
    relyingParty,
    keepId,
    approvers,
    enrolments: openEnrolments({ file: config.file, owners, now }),
    authority,
    reload: async () => {
      await approvers.reload();
      await authority.refresh();
    },
  };
}

export interface SigningOptions {
  readonly config: KeepConfig;
  readonly seatBelt: boolean;
  readonly build: string;
  readonly people: People;
  readonly journal: Journal;
  readonly parts: KeepParts;
  readonly repository: TrustedRepository;
  /** As runs have them: both plan in the same way, and take turns. */
  readonly work: Pick<RunsOptions, 'trees' | 'planner' | 'slots' | 'records' | 'redactor'>;
  readonly runs: Runs;
  readonly drafts: Drafts;
  readonly secrets: SecretBodies;
  readonly freeze: Freeze;
  readonly notifier: Notifier;
  readonly log: StoreLog;
  readonly now: () => Date;
  /** The keep's own end. */
  readonly signal: AbortSignal;
}

export interface Signing extends AsyncDisposable {
  readonly changes: ChangesInside;
  readonly decisions: Decisions;
  /** Something that follow-through may have waited for has come. */
  wake(): void;
}

const headsSigned = 5;

/** Errors: those of the journal and of the seal's key. */
export async function openSigning(options: SigningOptions): Promise<Signing> {
  const { config, seatBelt, build, people, journal, parts, repository, work, notifier, log, now, signal } = options;
  const { git } = repository;
  await using opened = new AsyncDisposableStack();
  const boundary = seatBelt ? 'same user' : 'separate user';
  const sealed = await openSealedPlans({ stateDirectory: config.stateDirectory, now });
  const branch = {
    git,
    branch: config.repository.branch,
    push: config.repository.push,
    landed: journal.landed,
    now,
    signal,
    fetch: () => repository.fetch('now'),
  };
  const landing = openLanding({
    ...branch,
    trees: work.trees,
    changesOfSet: async (set) => (await journal.changes.ofSet(set)).map(({ view }) => view.id),
    log,
  });
  const shared = { config, build, boundary, repository, trees: work.trees, records: journal.records, now } as const;
  let wake = (): void => undefined;
  const changes = opened.use(
    await openChanges({
      ...shared,
      parts: parts.runs,
      planner: work.planner,
      authority: people.authority,
      slots: work.slots,
      sealed,
      landing,
      journal,
      notifier,
      redactor: work.redactor,
      log,
      onApproved: () => wake(),
    }),
  );
  const applier = createApplier({
    approvers: people.approvers,
    freeze: options.freeze,
    sealed,
    landing,
    repository,
    stateKeeper: createStateKeeper(branch),
    log,
    now,
    openSurroundings: parts.openSurroundings,
    ...ofThisKeep({ ...shared, changes, parts: parts.runs, redactor: work.redactor }),
  });
  const follow = opened.use(
    await openFollowThrough({
      changes,
      journal,
      applier,
      expectations: parts.expectations,
      landing,
      notifier,
      freeze: options.freeze,
      config,
      trees: work.trees,
      onFailedExpectation: async ({ id }) => notifier.tell({ what: 'failed-expectation', id, urgent: true }),
      now,
      log,
    }),
  );
  wake = follow.wake;
  const decisions = openDecisions({
    keepId: people.keepId,
    approval: config.approval,
    approvers: people.approvers,
    authority: people.authority,
    changes,
    runs: options.runs,
    repository,
    branch: config.repository.branch,
    journal: { changes: journal.changes, leases: { all: journal.leases.all, giveBack: changes.giveBack } },
    freeze: options.freeze,
    secrets: options.secrets,
    drafts: options.drafts,
    decisions: journal.decisions,
    auditHeads: async () => [...(await journal.auditRows.lastHeads(headsSigned))],
    now,
  });
  const everything = opened.move();
  return {
    changes,
    decisions: {
      ...decisions,
      take: async (signature) => {
        const taken = await decisions.take(signature);
        options.runs.consented();
        follow.wake();
        return taken;
      },
    },
    wake: follow.wake,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
