import { createHash, randomBytes } from 'node:crypto';
import { commitId, sha, someChange, someChangeDocument, someSet } from '../../change/document/documents.fixture.ts';
import type { ChangeDocument, DocumentKind, Signature, SignedDocument } from '../../change/document/documents.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { RequestView } from '../../change/wire/secret.ts';
import { CastellanError } from '../../kit/index.ts';
import { silent as noRedaction } from '../../redaction/no-redaction.fixture.ts';
import { ApproverBench, consoleRp } from '../approvers/approvers.fixture.ts';
import { createSoftApprover, type Overrides, type SoftApprover } from '../approvers/authenticator.fixture.ts';
import type { Approvers, TakenDocuments } from '../approvers/port.ts';
import type { ConsentParts } from '../changes/port.ts';
import type { FreezeState } from '../freeze/freeze.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { Lease } from '../journal/lease-table.ts';
import { type OpenRequests, openRequests } from '../requests/open.ts';
import {
  MemoryRequests,
  MemoryVault,
  place,
  requestConfig,
  someWishes,
  typing,
  waitingFor,
} from '../requests/requests.fixture.ts';
import { silent } from '../runs/runs.fixture.ts';
import { type Authority, openAuthority } from './authority.ts';
import { openDecisions } from './decisions.ts';
import { createDrafts } from './drafts.ts';
import type { DecisionsOptions } from './options.ts';
import { type Decisions, isSecretKind, type SecretKind, type Subject, type Taken } from './port.ts';

export const someRun = `run_${'d'.repeat(26)}`;
/** On the branch, in this order. */
export const [trusted, between, ahead] = [commitId('1'), commitId('2'), commitId('5')];
/** Beyond the end of the branch, and beside it. */
export const [beyond, astray] = [commitId('7'), commitId('3')];
const consent = { tree: commitId('4'), diffSha256: sha('5'), profileSha256: sha('6'), digest: sha('7') };

/** What decisions are about, in memory, and what was done to it. */
export class StandInWorld {
  documents: readonly ChangeDocument[] = [someChangeDocument];
  waiting = new Map<string, ConsentParts>([
    [someRun, consent],
    [someChange, consent],
  ]);
  state: ChangeView['state'] = 'interrupted';
  leases: Lease[] = [{ stack: 'stacks/mail', change: someChange, since: new Date(0) }];
  frozen: Date | undefined = new Date('2026-03-01T09:00:00.000Z');
  dropped = false;
  heads = [{ epoch: 'an-epoch', seq: 1, hash: sha('8') }];
  /** In order. */
  readonly happened: string[] = [];
  readonly requests = new MemoryRequests();
  readonly vault: MemoryVault;
  /** Thrown by the next effect. */
  fault: Error | undefined;

  /** A secret at version 3, and one request of every kind that waits. */
  constructor(now: () => Date) {
    this.vault = new MemoryVault(now, this.happened);
    const { rows } = this.requests;
    for (const number of [1, 2, 3])
      this.vault.put(place.path, { password: `${randomBytes(9).toString('hex')}${number}` });
    for (const wish of Object.values(someWishes)) {
      const id = requestIds[wish.kind === 'lease' ? 'token' : wish.kind];
      rows.set(id, waitingFor(id, wish, now()));
    }
  }
}

/** Of the request that waits for a signature of that kind. */
const requestIds: Readonly<Record<SecretKind, string>> = {
  reveal: `req_${'e'.repeat(26)}`,
  write: `req_${'f'.repeat(26)}`,
  generate: `req_${'g'.repeat(26)}`,
  token: `req_${'h'.repeat(26)}`,
};
export const typed = typing();

/** A keep that takes decisions, with alice for its approver and bob for another. */
export interface DecisionBench extends Disposable {
  readonly bench: ApproverBench;
  readonly world: StandInWorld;
  readonly alice: SoftApprover;
  readonly bob: SoftApprover;
  /** As they are since the last start. */
  readonly keep: Keep;
  /** Another start of the keep, over the same files and rows. */
  restart(): Promise<Keep>;
  /** Drafts, signs as an honest browser does but for what is overridden, and hands it in. */
  sign(subject: Subject, overrides?: Overrides, by?: SoftApprover): Promise<Taken>;
  draft(subject: Subject, by?: SoftApprover): Promise<SignedDocument>;
  /** Hands it in where its kind is taken: what is about secrets at its request, all else at the decisions. */
  hand(signature: Signature, kind: DocumentKind): Promise<Pick<Taken, 'kind' | 'subject' | 'approver'>>;
}

interface Keep {
  readonly approvers: Approvers & TakenDocuments;
  readonly authority: Authority;
  readonly decisions: Decisions;
  readonly requests: OpenRequests;
}

export async function openDecisionBench(): Promise<DecisionBench> {
  const bench = new ApproverBench();
  const bob = createSoftApprover(consoleRp, 'bob');
  const { alice } = bench;
  bench.writeRootFile(alice, bob);
  const world = new StandInWorld(bench.now);
  let keep = await start(bench, world);
  const draft: DecisionBench['draft'] = (subject, by = alice) => keep.decisions.draft(subject, by.approver);
  const hand: DecisionBench['hand'] = async (signature, kind) => {
    if (!isSecretKind(kind)) return keep.decisions.take(signature);
    const view = await workOf(keep.requests, signature, kind);
    return { kind, subject: view.id, approver: view.by ?? '' };
  };
  return {
    bench,
    world,
    alice,
    bob,
    get keep() {
      return keep;
    },
    restart: async () => {
      await keep.requests[Symbol.asyncDispose]();
      keep = await start(bench, world);
      return keep;
    },
    draft,
    hand,
    sign: async (subject, overrides, by = alice) =>
      keep.decisions.take(by.approval.signDocument(await draft(subject, by), overrides)),
    [Symbol.dispose]: () => bench[Symbol.dispose](),
  };
}

/** One subject of every kind; `enrol` makes new passkeys each time. */
export function subjectOf(kind: DocumentKind): Subject {
  switch (kind) {
    case 'approve':
      return { kind, set: someSet };
    case 'break-glass':
      return { kind, set: someSet, why: 'the house is on fire' };
    case 'consent':
      return { kind, id: someChange };
    case 'adopt':
      return { kind, commit: ahead };
    case 'reject-policy':
      return { kind, change: someChange, days: 30 };
    case 'enrol': {
      const { name, approver } = createSoftApprover(consoleRp, 'carol');
      return { kind, name, approval: approver.approval, login: approver.login };
    }
    case 'revoke':
      return { kind, name: 'bob' };
    case 'unlock':
      return { kind, stack: 'stacks/mail' };
    case 'thaw':
      return { kind };
    case 'reveal':
    case 'generate':
    case 'token':
      return { kind, request: requestIds[kind] };
    case 'write':
      return { kind, request: requestIds[kind], commitment: typed.commitment };
  }
}

async function workOf(requests: OpenRequests, signature: Signature, kind: SecretKind): Promise<RequestView> {
  switch (kind) {
    case 'reveal':
      return (await requests.reveal(signature)).view;
    case 'write':
      return requests.write(signature, typed);
    case 'generate':
      return requests.generate(signature);
    case 'token':
      return (await requests.lease(signature)).view;
  }
}

async function start(bench: ApproverBench, world: StandInWorld): Promise<Keep> {
  const approvers = await bench.open();
  const authority = await openAuthority({ decisions: bench.decisions, approvers });
  const drafts = createDrafts(bench.now);
  const requests = await openRequests({
    config: requestConfig(bench.scratch),
    door: world.vault,
    journal: { requests: world.requests, decisions: bench.decisions },
    approvers,
    drafts,
    fingerprinter: { refresh: async () => undefined },
    redactor: noRedaction,
    notifier: { tell: () => undefined },
    log: silent,
    now: bench.now,
  });
  const decisions = openDecisions({
    secrets: requests,
    drafts,
    keepId: bench.keepId,
    approval: { minutes: 240 },
    approvers,
    authority,
    decisions: bench.decisions,
    now: bench.now,
    branch: 'main',
    ...partsOf(world, authority),
  });
  return { approvers, authority, decisions, requests };
}

function partsOf(
  world: StandInWorld,
  authority: Authority,
): Pick<DecisionsOptions, 'changes' | 'runs' | 'repository' | 'journal' | 'freeze' | 'auditHeads'> {
  const does = (what: string): void => {
    const { fault } = world;
    world.fault = undefined;
    if (fault !== undefined) throw fault;
    world.happened.push(what);
  };
  const base = () => authority.adopted().value.at(-1) ?? trusted;
  const commitOf = (id: string) => {
    if (![trusted, between, ahead, beyond, astray].includes(id)) throw new CastellanError('git-failed', 'agent', words);
    return { id, tree: id, parents: [], author: 'bob', at: new Date(0), subject: 'a commit' };
  };
  return {
    changes: {
      documentsOf: async () => world.documents,
      approve: async (set, { approver, document }) => {
        does(`${document.kind} ${set} by ${approver.name}`);
        return [{ state: 'approved' } as ChangeView];
      },
      consentOf: async (id) => world.waiting.get(id),
      consented: () => does('consented'),
    },
    runs: { consentOf: (id) => world.waiting.get(id) },
    repository: {
      git: {
        commit: async (id) => commitOf(id),
        isAncestor: async (ancestor, descendant) => ancestor <= descendant && descendant !== astray,
        resolve: async () => ahead,
      },
      base: async () => commitOf(base()),
      adopted: async () => base(),
      fetch: async () => undefined,
    },
    journal: {
      changes: { get: async (id) => (id === someChange ? storedChange(world.state) : undefined) },
      leases: {
        all: async () => world.leases,
        giveBack: async (stack) => {
          does(`give back ${stack}`);
          world.leases = world.leases.filter((lease) => lease.stack !== stack);
        },
      },
    },
    freeze: {
      look: async (): Promise<FreezeState> => {
        const since = world.frozen;
        if (since !== undefined && !world.dropped && authority.thawedAt(since).value !== undefined) {
          does('thawed');
          world.frozen = undefined;
        }
        return { since: world.frozen, why: 'a test', dropped: world.dropped, problem: undefined };
      },
    },
    // Whatever is written down moves them.
    auditHeads: async () => world.heads.map((head) => ({ ...head, seq: head.seq + world.happened.length })),
  };
}

const words = { message: 'there is no such commit', next: 'look for another' };

function storedChange(state: ChangeView['state']): StoredChange {
  return {
    view: { id: someChange, stack: 'stacks/mail', state } as ChangeView,
    facts: { diffSha256: sha('9') } as StoredChange['facts'],
  };
}

/** Everything that a decision leaves behind: what must not change when one is refused. */
export function tracesOf({ bench, world, keep }: DecisionBench): string {
  const said = {
    happened: world.happened,
    rows: bench.decisions.rows.length,
    approvers: keep.approvers.list(),
    adopted: keep.authority.adopted().value,
    frozen: world.frozen,
    leases: world.leases,
    spent: bench.spentLines(),
    requests: [...world.requests.rows.values()],
    secret: world.vault.read(place.path),
  };
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
