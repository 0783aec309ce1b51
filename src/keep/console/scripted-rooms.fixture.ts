import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangeState } from '../../change/life/states.ts';
import { isOver, mayStep } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import { CastellanError } from '../../kit/index.ts';
import { openApprovers } from '../approvers/approvers.ts';
import type { SoftApprover } from '../approvers/authenticator.fixture.ts';
import { openEnrolments, type Registration } from '../approvers/enrolments.ts';
import type { Approvers, RelyingParty } from '../approvers/port.ts';
import { writeApprover } from '../approvers/write-approver.ts';
import type { Changes } from '../changes/port.ts';
import { openDecisions } from '../decisions/decisions.ts';
import { createDrafts } from '../decisions/drafts.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { Decision, DecisionTable } from '../journal/decision-table.ts';
import { gitId, type Invented, inventChange, inventedId, sha } from './invented-change.fixture.ts';
import { inventedRequests } from './invented-requests.fixture.ts';
import type { ConsoleOptions } from './options.ts';
import { openScriptedRequests, type ScriptedRequests } from './scripted-requests.fixture.ts';

/** As the rooms would refuse; their own codes are declared where they are. */
const scriptedError = (code: string, detail: { message: string; next: string }): CastellanError =>
  new CastellanError(code, 'operator', detail);

/**
 * The rooms behind the console, over invented changes in memory. Approvers, enrolments and decisions are the real rooms, in a scratch
 * folder; the rest does the least that makes the page move.
 */
export interface ScriptedRooms
  extends Pick<
      ConsoleOptions,
      'changes' | 'decisions' | 'journal' | 'enrolments' | 'foreign' | 'requests' | 'secretOf'
    >,
    AsyncDisposable {
  readonly approvers: Approvers;
  /** keep.yaml would lie here. */
  readonly keepFile: string;
  readonly owners: { readonly uids: readonly number[] };
  readonly stored: StoredChange[];
  readonly secrets: ScriptedRequests;
  readonly foreignApplies: { stack: string; at: string; what: string }[];
  readonly frozen: { since: string | undefined };
  /** What somebody made with a code, as root's command would find it. */
  pendingOf(codeHash: string): Registration | undefined;
  /** As root's command would. */
  enrolAsRoot(approver: SoftApprover): Promise<void>;
  set(id: string, state: ChangeState, more?: Partial<ChangeView>): void;
}

export interface RoomsOptions {
  readonly rp: RelyingParty;
  readonly changes: readonly Invented[];
  /** No request of a secret. */
  readonly noRequests?: boolean;
  readonly now?: () => Date;
  /** Milliseconds between the steps of what was approved; without it nothing moves by itself. */
  readonly stepMs?: number;
}

export async function openScriptedRooms({
  rp,
  changes: invented,
  noRequests = false,
  now = () => new Date(),
  stepMs,
}: RoomsOptions): Promise<ScriptedRooms> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-console-')));
  const keepFile = join(folder, 'keep.yaml');
  const stateDirectory = join(folder, 'state');
  mkdirSync(stateDirectory, { mode: 0o700 });
  const owners = { uids: [0, process.geteuid?.() ?? 0] };
  const decided: Decision[] = [];
  const table: DecisionTable = {
    add: async (decision) => void decided.push(decision),
    ofKind: async (kind) => decided.filter((decision) => decision.kind === kind),
    latest: async (limit) => decided.toReversed().slice(0, limit),
  };
  const approvers = await openApprovers({
    config: { file: keepFile, stateDirectory },
    owners,
    rp,
    keepId,
    decisions: table,
    now,
  });
  const secrets = openScriptedRequests({
    views: noRequests ? [] : inventedRequests(now()),
    approvers,
    now,
  });
  const enrolments = openEnrolments({ file: keepFile, owners, now });
  const stored = invented.map((one) => inventChange(one, now()));
  const foreignApplies: ScriptedRooms['foreignApplies'] = [];
  const frozen: ScriptedRooms['frozen'] = { since: undefined };
  const leases = new Map(
    stored.flatMap(({ view }) =>
      ['applying', 'interrupted'].includes(view.state) ? [[view.stack, view.id] as const] : [],
    ),
  );

  const ofSet = (set: string): StoredChange[] =>
    stored.filter(({ view }) => view.set === set).sort((a, b) => a.view.order - b.view.order);
  const known = (id: string): StoredChange[] => {
    const found = id.startsWith('set_') ? ofSet(id) : stored.filter(({ view }) => view.id === id);
    if (found.length > 0) return found;
    throw scriptedError('change-unknown', { message: `there is no ${id}`, next: 'look at the list' });
  };
  const set = (id: string, state: ChangeState, more: Partial<ChangeView> = {}): void => {
    const index = stored.findIndex(({ view }) => view.id === id);
    const change = stored[index];
    if (change === undefined) throw new Error(`no change ${id}`);
    const { expiresAt: _, ...view } = change.view;
    stored[index] = { ...change, view: { ...view, state, changedAt: now().toISOString(), ...more } };
    if (state === 'applying') leases.set(view.stack, id);
    else if (state !== 'interrupted' && leases.get(view.stack) === id) leases.delete(view.stack);
  };

  const followThrough = (ids: readonly string[]): void => {
    const steps = ids.flatMap((id) => applied.map((state) => [id, state] as const));
    const next = (): void => {
      const step = steps.shift();
      if (step === undefined) return;
      set(step[0], step[1], step[1] === 'landed' ? { landedAs: gitId(step[0]) } : {});
      setTimeout(next, stepMs).unref();
    };
    if (stepMs !== undefined) setTimeout(next, stepMs).unref();
  };

  const heldLeases = () =>
    [...leases].map(([stack, change]) => ({ stack, change, since: new Date(now().getTime() - 120_000) }));

  const approve: Changes['approve'] = async (id, { approver, document }) => {
    const ids = document.documents.map(({ change }) => change);
    for (const one of ids) {
      const approvedBy = [...(known(one)[0]?.view.approvedBy ?? []), approver.name];
      set(one, 'approved', { approvedBy, brokenGlass: document.kind === 'break-glass' });
    }
    followThrough(ids);
    return known(id).map(({ view }) => view);
  };

  const changes: ScriptedRooms['changes'] = {
    status: async (id) => known(id).map(({ view }) => view),
    latest: async (limit, onlyOpen = false) =>
      stored
        .map(({ view }) => view)
        .filter(({ state }) => !onlyOpen || !isOver(state))
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.order - b.order)
        .slice(0, limit),
    documentsOf: async (id, kind) => {
      const allowed: readonly ChangeState[] =
        kind === 'approve' ? ['awaiting-approval'] : ['awaiting-approval', 'denied'];
      const members = known(id);
      const documents = members.flatMap(({ view, facts }) =>
        allowed.includes(view.state) ? (facts.document ?? []) : [],
      );
      if (documents.length === members.length) return documents;
      throw scriptedError('set-not-ready', { message: 'not all of it waits for approval', next: 'wait' });
    },
    reject: async (id, _approver, words) => {
      const pending = known(id).filter(({ view }) => mayStep(view.state, 'rejected', 'human'));
      if (pending.length === 0) {
        throw scriptedError('change-past-recall', { message: 'it is being applied, or is over', next: 'wait' });
      }
      for (const { view } of pending) set(view.id, 'rejected', { words });
      return known(id).map(({ view }) => view);
    },
    revert: async (id, by) => {
      const [failed] = known(id);
      if (failed === undefined) throw new Error('no change');
      const name = `revert of ${id}`;
      const made = inventChange(
        {
          name,
          stack: failed.view.stack,
          state: 'awaiting-approval',
          reason: 'Takes back what failed its expectation.',
          view: { ...by, reverts: failed.view.id },
        },
        now(),
      );
      stored.push(made);
      set(id, failed.view.state, { revertedBy: made.view.id });
      return [made.view];
    },
  };

  let base = gitId('base');
  /** What the real rooms would find in the journal the next time they looked. */
  const refresh = async (): Promise<void> => {
    const { kind, subject } = decided.at(-1) ?? {};
    if (kind === 'consent' && subject?.startsWith('chg_') === true) set(subject, 'planning');
    if (kind === 'thaw') frozen.since = undefined;
    if (kind === 'adopt' && subject !== undefined) base = subject;
  };
  const commitOf = async (id: string) => ({
    id,
    tree: gitId(`tree ${id}`),
    parents: [],
    author: 'Bea Example',
    at: now(),
    subject: 'a commit',
  });
  const decisions = openDecisions({
    keepId,
    approval: { minutes: 5 },
    approvers,
    authority: { refresh },
    changes: { ...changes, approve, consentOf: async (id) => known(id)[0]?.facts.consent, consented: () => undefined },
    runs: { consentOf: () => undefined },
    repository: {
      git: { commit: commitOf, isAncestor: async () => true, resolve: async (name) => name },
      base: () => commitOf(base),
      adopted: async () => base,
      fetch: async () => undefined,
    },
    branch: 'main',
    journal: {
      changes: { get: async (id) => known(id)[0] },
      leases: {
        all: async () => heldLeases(),
        giveBack: async (stack) => void leases.delete(stack),
      },
    },
    freeze: { look: async () => ({ since: sinceOf(frozen), dropped: false, why: undefined, problem: undefined }) },
    secrets: secrets.bodies,
    drafts: createDrafts(now),
    decisions: table,
    auditHeads: async () => [{ epoch: 'epoch', seq: 3, hash: sha('head') }],
    now,
  });

  return {
    approvers,
    keepFile,
    owners,
    stored,
    foreignApplies,
    frozen,
    set,
    changes,
    decisions,
    secrets,
    requests: secrets.requests,
    secretOf: secrets.secretOf,
    enrolments,
    pendingOf: (codeHash) => enrolments.pending(codeHash),
    foreign: {
      seen: async (stack, at) => {
        const index = foreignApplies.findIndex((one) => one.stack === stack && one.at === at.toISOString());
        if (index !== -1) foreignApplies.splice(index, 1);
      },
    },
    journal: {
      changes: { ofSet: async (id) => ofSet(id) },
      leases: {
        all: async () => heldLeases(),
      },
      steps: {
        of: async (id) => {
          const state = known(id)[0]?.view.state;
          const begun = state === undefined ? 0 : (stepsOf[state] ?? 0);
          return steps
            .slice(0, begun)
            .map((step, index) => ({ step, at: new Date(now().getTime() - (60 - index * 7) * 1_000) }));
        },
      },
    },
    enrolAsRoot: async ({ name, approval, login }) => {
      writeApprover({ name, approval: approval.passkey, login: login.passkey }, { file: keepFile, owners, now: now() });
      await approvers.reload();
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

const applied: readonly ChangeState[] = ['applying', 'applied', 'verified', 'landed'];
const steps = ['proved', 'lease', 'snapshot', 'pushed', 'apply', 'converged', 'landed'];
const stepsOf: Partial<Record<ChangeState, number>> = {
  applying: 5,
  interrupted: 5,
  applied: 6,
  verified: 6,
  'failed-expectation': 6,
  'landing-failed': 6,
  landed: 7,
};

const sinceOf = ({ since }: ScriptedRooms['frozen']): Date | undefined =>
  since === undefined ? undefined : new Date(since);
const keepId = 'keep_scripted';

export const inventedSet = (name: string): string => inventedId('set', name);
