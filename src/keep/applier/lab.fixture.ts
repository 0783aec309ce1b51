import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { LabEnv } from '../../../test/lab/lab-env.ts';
import { type ChangeDocument, digestOf, type Signature, signedDocument } from '../../change/document/documents.ts';
import { changeView } from '../../change/wire/change.ts';
import type { ObjectId } from '../../iac/repository.ts';
import { createRedactor } from '../../redaction/index.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { Verified } from '../approvers/port.ts';
import { documentOf, policyOf } from '../changes/document.ts';
import { composeKeep } from '../compose.ts';
import type { KeepParts } from '../composed.ts';
import type { KeepConfig, Profile } from '../config/valid.ts';
import type { StoredChange } from '../journal/change-table.ts';
import { openApplySurroundings } from '../planner/apply-surroundings.ts';
import { type PlannerLab, runsUid, usePlannerLab } from '../planner/lab.fixture.ts';
import { wellOf } from '../planner/stand-in.fixture.ts';
import { openTrustedRepository, type TrustedRepository } from '../repository/trusted-repository.ts';
import { diffDigest } from '../runs/consent.ts';
import { judgeTrees, touchedBy } from '../runs/judging.ts';
import { openTrees, type Trees } from '../runs/trees.ts';
import { writableView } from '../runs/view-text.ts';
import { openSealedPlans } from '../sealed/open.ts';
import type { SealedPlans, SealedWork } from '../sealed/port.ts';
import { createApplier } from './create.ts';
import { ofThisKeep } from './of-this-keep.ts';
import type { ApplyOutcome } from './port.ts';
import { refusal } from './world.fixture.ts';

/**
 * An applier over the lab: what is planned, sealed and written into a document is real, and so are the sandbox, the state, the
 * cluster and the judgement. Who signs and where it is pushed are stand-ins: other rooms prove those.
 */
export interface ApplierLab {
  readonly planner: PlannerLab;
  /** Plans a tree, seals it, and signs what came of it. */
  sign(stack: string, tree: ObjectId, profile?: Profile): Promise<SignedChange>;
}

export interface SignedChange {
  readonly document: ChangeDocument;
  /** What the applier wrote down as begun, in its order, and kept. */
  readonly steps: string[];
  readonly states: Map<string, Buffer>;
  readonly announced: string[];
  /** In place of what was sealed. */
  sealed: ((work: SealedWork) => SealedWork) | undefined;
  apply(signal?: AbortSignal): Promise<ApplyOutcome>;
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const build = 'lab';
const letters = (): string =>
  [...randomBytes(26)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32]).join('');

export function useApplierLab(lab: LabEnv): () => ApplierLab {
  const at = usePlannerLab(lab);
  let made: ApplierLab | undefined;
  let parts: KeepParts | undefined;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'castellan-applier-'));
    const config = configOf(lab, at(), folder);
    const composed = await composeKeep(config);
    parts = composed;
    const repository = openTrustedRepository({
      git: at().repository,
      config: { branch: 'main', trustedBase: at().head },
      authority: { adopted: () => ({ value: [], problem: undefined }) },
      log: silent,
      now: () => new Date(),
      signal: new AbortController().signal,
    } as Parameters<typeof openTrustedRepository>[0]);
    const sealed = await openSealedPlans({ stateDirectory: folder });
    const trees = openTrees(repository, composed.runs);
    const world: Whole = { config, composed, repository, sealed, trees, planner: at(), spent: new Set() };
    made = { planner: at(), sign: (stack, tree, profile = at().profile()) => sign(world, stack, tree, profile) };
  });
  afterAll(async () => {
    await parts?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (made === undefined) throw new Error('asked for before it was made');
    return made;
  };
}

interface Whole {
  readonly config: KeepConfig;
  readonly composed: KeepParts;
  readonly repository: TrustedRepository;
  readonly sealed: SealedPlans;
  readonly trees: Trees;
  readonly planner: PlannerLab;
  readonly spent: Set<string>;
}

/** As the changes do it, for one change. */
async function sign(world: Whole, stack: string, tree: ObjectId, profile: Profile): Promise<SignedChange> {
  const { planner, composed, repository, trees, config, sealed: plans } = world;
  const { git } = repository;
  const base = await repository.base();
  const now = new Date();
  const person = { name: 'castellan', email: 'castellan@localhost' };
  const commit = await git.writeCommit({
    tree,
    parents: [base.id],
    message: 'a change\n',
    author: person,
    committer: person,
    at: now,
  });
  const changes = await git.changes(base.tree, tree);
  const both = { base: await trees.read(base.tree), proposed: await trees.read(tree) };
  const { findings } = await judgeTrees({ ...both, changes, stack, profile }, composed.runs);
  const planned = wellOf(await planner.plan(stack, { tree, profile, seal: true }));
  if (planned.sealed === undefined) throw new Error('nothing was sealed');
  const { summary } = await composed.runs.summarise({
    ...both,
    planned,
    stack,
    profile,
    findings,
    touched: touchedBy(changes, both.base, both.proposed),
    record: undefined,
    signal: new AbortController().signal,
  });
  const redactor = createRedactor();
  const clean = writableView({ summary, findings: [...findings] }, redactor);
  const page = { files: [], others: [], executes: [], fetches: [], reaches: [] };
  const view = changeView.parse({
    id: `chg_${letters()}`,
    set: `set_${letters()}`,
    order: 1,
    of: 1,
    stack,
    state: 'approved',
    attempt: 1,
    createdAt: now.toISOString(),
    changedAt: now.toISOString(),
    agent: 'agent:claude',
    human: 'human:ada',
    reason: 'a test',
    base: base.id,
    changedFiles: [],
    findings: clean.findings,
    summary: clean.summary,
    expect: [],
    approvedBy: ['ada'],
    brokenGlass: false,
    took: {},
  });
  const facts = { base: base.id, baseTree: base.tree, tree, diffSha256: diffDigest(changes), signatures: [] };
  const change: StoredChange = { view, facts: { ...facts, commit, page } };
  const boundary = 'separate user';
  const { sealed } = planned;
  const document = documentOf(
    { change, profile, planned, sealed, ...clean, page, attempt: 1, commit },
    { url: config.repository.url, policy: policyOf(config, build), boundary },
  );
  await plans.put(document.change, sealed);
  const signature = signatureOver(document, world.spent);

  const signed: Omit<SignedChange, 'apply'> = {
    document,
    steps: [],
    states: new Map(),
    announced: [],
    sealed: undefined,
  };
  const applier = createApplier({
    approvers: approversOf(world.spent),
    freeze: { assertNotFrozen: async () => undefined },
    sealed: {
      open: async (id) => signed.sealed?.(await plans.open(id)) ?? plans.open(id),
      keepState: async (name, bytes) => void signed.states.set(name, bytes),
    },
    landing: {
      announce: async (id) => void signed.announced.push(id),
      moved: async () => ({ where: 'nowhere' }),
    },
    repository,
    stateKeeper: {
      save: async ({ tree: where, surroundings }) => {
        const encrypted = await surroundings.encryptedState(where, AbortSignal.timeout(30_000));
        if (encrypted !== undefined) signed.states.set(encrypted.path, encrypted.bytes);
      },
    },
    ...ofThisKeep({
      config,
      build,
      boundary,
      changes: { stored: async () => change },
      parts: composed.runs,
      trees,
      repository,
      records: { get: async () => undefined },
      redactor,
    }),
    log: silent,
    now: () => new Date(),
    gentleMs: 30_000,
    openSurroundings: (request, signal) => openApplySurroundings(planner.options, request, signal),
  });
  return Object.assign(signed, {
    apply: (signal: AbortSignal = new AbortController().signal) =>
      applier.apply(
        {
          change: document.change,
          document,
          signatures: [signature],
          profile,
          onStep: async (step) => void signed.steps.push(step),
          enter: async () => void signed.steps.push('enter'),
        },
        signal,
      ),
  });
}

function signatureOver(document: ChangeDocument, spent: Set<string>): Signature {
  const nonce = randomBytes(32).toString('base64url');
  spent.add(nonce);
  const common = {
    v: 1,
    keep: 'lab',
    nonce,
    issuedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    approver: { name: 'ada', credential: 'key' },
    set: document.set,
    documents: [{ change: document.change, sha256: digestOf(document) }],
    audit: [],
  };
  const kind =
    document.risk.level === 'deny' ? { kind: 'break-glass', why: 'the lab is a new place' } : { kind: 'approve' };
  return {
    document: canonicalJson(signedDocument.parse({ ...common, ...kind })),
    assertion: { credential: 'key', clientDataJSON: 'c', authenticatorData: 'a', signature: 's' },
  };
}

function approversOf(spent: Set<string>): Parameters<typeof createApplier>[0]['approvers'] {
  const key = { id: 'key', publicKey: 'AA' };
  const approver = { name: 'ada', approval: key, login: key, since: new Date(), by: 'root' };
  return {
    verify: async (signature, kind) => {
      const document = signedDocument.parse(JSON.parse(signature.document));
      if (document.kind !== kind) throw refusal('it is of another kind');
      return { approver, document } as Verified<typeof kind>;
    },
    isSpent: (nonce) => spent.has(nonce),
    spend: (nonce) => {
      if (spent.has(nonce)) throw refusal('it was spent before');
      spent.add(nonce);
    },
  };
}

function configOf(lab: LabEnv, planner: PlannerLab, folder: string): KeepConfig {
  return {
    file: join(folder, 'keep.yaml'),
    stateDirectory: folder,
    workDirectory: planner.work,
    directories: { agents: join(folder, 'a'), humans: join(folder, 'h'), freeze: join(folder, 'f') },
    database: { kind: 'embedded', directory: join(folder, 'db') },
    repository: {
      url: lab.remote ?? '',
      branch: 'main',
      sshKeyFile: undefined,
      knownHostsFile: undefined,
      token: undefined,
      push: undefined,
      trustedBase: planner.head,
    },
    edit: {
      stacks: ['stacks/*'],
      agentMayEdit: ['stacks/*/*.tf'],
      never: [],
      modules: ['modules/*'],
      providers: ['gavinbunney/kubectl'],
    },
    profiles: [planner.profile()],
    sandbox: { uid: runsUid, memoryMb: 4_000, processes: 256, fileMb: 1_000 },
    kubernetes: { kubeconfig: lab.kubeconfig.castellan, context: undefined },
    drift: { at: undefined, parallel: 2 },
    conventions: {},
    plansPerHour: 20,
    console: { origin: 'http://castellan.localhost:8790', port: 8790 },
    approval: { hours: 24, minutes: 60, twoPeople: [], pending: 3 },
    notify: { webhook: undefined, ntfy: undefined, slack: undefined },
    expect: { prometheus: undefined, alertmanager: undefined, probes: [] },
    vault: undefined,
  };
}
