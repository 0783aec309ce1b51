import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type ChangeDocument, type DocumentOf, digestOf, type Signature } from '../../change/document/documents.ts';
import type { ChangeState } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import { createRedactor } from '../../redaction/index.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { Database } from '../../store/database.ts';
import type { AuditedCall } from '../../store/index.ts';
import type { Verified } from '../approvers/port.ts';
import type { KeepConfig } from '../config/valid.ts';
import { openTables } from '../journal/journal.ts';
import type { Landing, Moved } from '../landing/port.ts';
import type { Notice } from '../notify/port.ts';
import { openTrustedRepository } from '../repository/trusted-repository.ts';
import type { RunParts } from '../runs/parts.ts';
import { openKeepDatabase, silent } from '../runs/runs.fixture.ts';
import { createSlots } from '../runs/slots.ts';
import {
  emptySummary,
  idOf,
  MemoryRepository,
  StandInPlanner,
  someProfile,
  standInParts,
} from '../runs/stand-ins.fixture.ts';
import { openTrees } from '../runs/trees.ts';
import type { SealedPlans, SealedWork } from '../sealed/port.ts';
import { openChanges } from './changes.ts';
import type { ChangesInside } from './inside.ts';
import type { ChangeProposal } from './port.ts';

export class MemorySealed implements Pick<SealedPlans, 'put' | 'drop' | 'cleanUp' | 'open' | 'keepState'> {
  readonly kept = new Map<string, SealedWork>();
  cleaned: readonly string[] = [];
  async put(change: string, work: SealedWork): Promise<void> {
    this.kept.set(change, work);
  }
  async open(change: string): Promise<SealedWork> {
    const found = this.kept.get(change);
    if (found === undefined) throw new Error(`nothing is sealed for ${change}`);
    return found;
  }
  async drop(change: string): Promise<void> {
    this.kept.delete(change);
  }
  async keepState(): Promise<void> {}
  async cleanUp(open: readonly string[]): Promise<void> {
    this.cleaned = open;
  }
}

export class StandInLanding implements Pick<Landing, 'commit' | 'moved'> {
  readonly commits: string[] = [];
  where: (document: ChangeDocument) => Promise<Moved> = async () => ({ where: 'nowhere' });
  async commit({ change }: Parameters<Landing['commit']>[0]): Promise<string> {
    this.commits.push(change);
    return idOf(`commit of ${change}`);
  }
  moved(document: ChangeDocument): Promise<Moved> {
    return this.where(document);
  }
}

const tables = ['lease', 'apply_step', 'change', 'decision', 'spent', 'stack_record'];

/** A keep's database for the tests of one file; `empty` makes it new again. */
export async function openScratch(): Promise<{ readonly database: Database; empty(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'castellan-changes-'));
  const database = await openKeepDatabase(join(home, 'database'));
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    rmSync(home, { recursive: true });
  });
  const empty = async (): Promise<void> => {
    for (const table of tables) await database.execute(`delete from castellan.${table}`);
  };
  return { database, empty };
}

/** What outlives a keep: everything but its memory. */
export interface World {
  readonly database: Database;
  readonly git: MemoryRepository;
  readonly base: string;
  readonly sealed: MemorySealed;
  readonly landing: StandInLanding;
  readonly consents: Set<string>;
  /** By stack and digest, until when. */
  readonly rejections: Map<string, Date>;
  readonly adopted: string[];
  now: Date;
}

export function newWorld(database: Database): World {
  const git = new MemoryRepository();
  const base = git.commitTree(
    {
      'stacks/mail/main.tf': 'mail',
      'stacks/blog/main.tf': 'blog',
      'stacks/shop/main.tf': 'shop',
      'modules/x/main.tf': 'x',
    },
    'main',
  );
  return {
    database,
    git,
    base,
    sealed: new MemorySealed(),
    landing: new StandInLanding(),
    consents: new Set(),
    rejections: new Map(),
    adopted: [],
    now: new Date('2030-01-01T00:00:00Z'),
  };
}

export interface ChangesBench extends AsyncDisposable {
  readonly changes: ChangesInside;
  readonly planner: StandInPlanner;
  readonly world: World;
  readonly audited: AuditedCall[];
  readonly approved: string[];
  readonly notices: Notice[];
  readonly tables: ReturnType<typeof openTables>;
  /** Once all of them are in one of these states. */
  reached(set: string, ...states: readonly ChangeState[]): Promise<readonly ChangeView[]>;
  /** Signs what waits now, as this person. */
  sign(set: string, name?: string, kind?: 'approve' | 'break-glass'): Promise<readonly ChangeView[]>;
}

type Config = Pick<KeepConfig, 'profiles' | 'edit' | 'conventions' | 'approval' | 'plansPerHour'> & {
  readonly repository: Pick<KeepConfig['repository'], 'url' | 'branch' | 'push'>;
};

export const someConfig: Config = {
  profiles: [
    {
      ...someProfile,
      skip: [],
      apply: { kubernetes: undefined, connection: undefined, credentials: {}, timeoutSeconds: 60 },
    },
  ],
  edit: { stacks: ['stacks/*'], agentMayEdit: ['stacks/**'], never: [], modules: ['modules/*'], providers: [] },
  conventions: {},
  approval: { hours: 24, minutes: 60, twoPeople: [], pending: 3 },
  plansPerHour: 1_000,
  repository: {
    url: 'https://git.example.net/homelab.git',
    branch: 'main',
    push: { sshKeyFile: undefined, token: undefined },
  },
};

export interface BenchOptions {
  readonly config?: Partial<Config>;
  readonly parts?: Partial<RunParts>;
  readonly planner?: StandInPlanner;
  readonly slots?: number;
  readonly looking?: number;
  readonly auditFault?: (call: AuditedCall) => boolean;
}

export async function openChangesBench(world: World, options: BenchOptions = {}): Promise<ChangesBench> {
  const { database, git, base, sealed, landing, consents, rejections } = world;
  const planner = options.planner ?? new StandInPlanner();
  const audited: AuditedCall[] = [];
  const approved: string[] = [];
  const notices: Notice[] = [];
  const now = (): Date => world.now;
  const parts = standInParts(options.parts);
  const tables = openTables(database, {
    append: async (call) => {
      if (options.auditFault?.(call) === true) throw new Error('no room for the row');
      audited.push(call);
    },
  });
  const repository = openTrustedRepository({
    git,
    config: { branch: 'main', trustedBase: base },
    authority: { adopted: () => ({ value: world.adopted, problem: undefined }) },
    log: silent,
    now,
    signal: new AbortController().signal,
  });
  const changes = await openChanges({
    config: { ...someConfig, ...options.config },
    boundary: 'separate user',
    build: 'castellan 0.0.0 test',
    repository,
    trees: openTrees(repository, parts),
    parts,
    planner,
    sealed,
    landing,
    records: tables.records,
    authority: {
      refusal: undefined,
      hasConsent: (digest) => ({ value: consents.has(digest), problem: undefined }),
      rejectedUntil: (stack, diff) => ({ value: rejections.get(`${stack} ${diff}`), problem: undefined }),
    },
    slots: createSlots(options.slots ?? 4),
    journal: tables,
    notifier: { tell: (notice) => void notices.push(notice) },
    redactor: createRedactor(),
    now,
    log: silent,
    onApproved: (set) => void approved.push(set),
    consentEveryMs: 10,
    lookEveryMs: options.looking ?? 3_600_000,
  });

  const bench: ChangesBench = {
    changes,
    planner,
    world,
    audited,
    approved,
    notices,
    tables,
    reached: async (set, ...states) => {
      const until = performance.now() + 20_000;
      for (;;) {
        const changed = changes.changed();
        const views = (await changes.ofSet(set)).map(({ view }) => view);
        if (views.length > 0 && views.every(({ state }) => states.includes(state))) return views;
        if (performance.now() > until) throw new Error(`it is ${views.map(({ state }) => state).join()}`);
        await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 1_000))]);
      }
    },
    sign: async (set, name = 'alice', kind = 'approve') => {
      const documents = await changes.documentsOf(set, kind);
      const { verified, signed } = signatureOver(set, documents, { name, kind, now: now() });
      return changes.approve(set, verified, signed);
    },
    [Symbol.asyncDispose]: () => changes[Symbol.asyncDispose](),
  };
  return bench;
}

/** As the approvers' room would give it, once it was proved. */
export function signatureOver(
  set: string,
  documents: readonly ChangeDocument[],
  { name, kind, now }: { readonly name: string; readonly kind: 'approve' | 'break-glass'; readonly now: Date },
): { readonly verified: Verified<'approve'> | Verified<'break-glass'>; readonly signed: Signature } {
  const common = {
    v: 1 as const,
    keep: 'some keep',
    nonce: randomBytes(32).toString('base64url'),
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + 3_600_000).toISOString(),
    approver: { name, credential: `credential of ${name}` },
    set,
    documents: documents.map((document) => ({ change: document.change, sha256: digestOf(document) })),
    audit: [],
  };
  const key = { id: 'id', publicKey: 'key' };
  const approver = { name, approval: key, login: key, since: now, by: 'root' };
  const assertion = { credential: 'id', clientDataJSON: 'a', authenticatorData: 'b', signature: 'c' };
  if (kind === 'approve') {
    const document: DocumentOf<'approve'> = { ...common, kind };
    return { verified: { approver, document }, signed: { document: canonicalJson(document), assertion } };
  }
  const document: DocumentOf<'break-glass'> = { ...common, kind, why: 'the house is on fire' };
  return { verified: { approver, document }, signed: { document: canonicalJson(document), assertion } };
}

export const setOf = (views: readonly { readonly set: string }[]): string => views[0]?.set ?? '';

export const claude = { agent: 'claude', human: 'alice' };

export const proposal = (more: Partial<ChangeProposal> & { files?: Record<string, string> } = {}): ChangeProposal => {
  const { files = { 'stacks/mail/main.tf': 'more memory' }, ...rest } = more;
  return {
    stacks: [],
    patch: JSON.stringify(files),
    ref: undefined,
    reason: 'it is killed at night',
    expect: [],
    revises: undefined,
    incident: undefined,
    ...rest,
  };
};

/** Proposes, and gives the set once a human has to decide about it. */
export async function proposeAndWait(bench: ChangesBench, more: Parameters<typeof proposal>[0] = {}): Promise<string> {
  const set = setOf(await bench.changes.propose(proposal(more), claude));
  await bench.reached(set, 'awaiting-approval', 'denied');
  return set;
}

export const both = { files: { 'stacks/mail/main.tf': 'm', 'stacks/blog/main.tf': 'b' } };

/** Risk of this level for every plan. */
export const ofRisk = (level: 'low' | 'medium' | 'high' | 'critical' | 'deny'): Pick<RunParts, 'summarise'> => ({
  summarise: async () => ({ summary: { ...emptySummary, risk: { level, reasons: [] } }, changes: true }),
});
