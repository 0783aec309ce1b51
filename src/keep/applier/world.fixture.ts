import { createHash, randomBytes } from 'node:crypto';
import { type ChangeDocument, digestOf, type Signature, signedDocument } from '../../change/document/documents.ts';
import type { TreeChange } from '../../iac/repository.ts';
import { defineErrors } from '../../kit/index.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { Approver, Verified } from '../approvers/port.ts';
import type { Profile } from '../config/valid.ts';
import type { PulledState } from '../planner/apply-port.ts';
import { diffDigest, profileDigest } from '../runs/consent.ts';
import { someProfile } from '../runs/stand-ins.fixture.ts';
import type { SandboxResult } from '../sandbox/port.ts';
import type { ApplierOptions } from './create.ts';
import { createApplier } from './create.ts';
import type { JudgedPlan } from './judged.ts';
import type { ApplyOutcome, ApplyStep } from './port.ts';

/**
 * A world in which one change is signed and everything fits: a test changes one thing of it. What happens is written down in
 * `happened`, in its order.
 */
export const sha = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const commit = (text: string): string => createHash('sha1').update(text).digest('hex');
const id = (prefix: string): string => `${prefix}_${'abcdefghijklmnopqrstuvwxyz'.slice(0, 26)}`;

const standInError = defineErrors({
  'stand-in-refused': { audience: 'operator', meaning: 'A stand-in refused.' },
});
export const refusal = (message: string): Error => standInError('stand-in-refused', { message, next: 'none' });

export const stateOf = (serial: number, more = '', lineage = 'lineage-1'): PulledState => {
  const bytes = Buffer.from(JSON.stringify({ version: 4, lineage, serial, resources: [], more }));
  return { bytes, facts: { lineage, serial, sha256: sha(bytes), resources: 3 } };
};

export interface World {
  document: ChangeDocument;
  signatures: Signature[];
  profile: Profile;
  now: Date;
  spent: Set<string>;
  /** By the name in the document that was signed: who it is. */
  enrolled: Map<string, Approver>;
  frozen: () => boolean;
  plan: Buffer;
  workdir: Buffer;
  url: string;
  boundary: ChangeDocument['boundary'];
  twoPeople: readonly ChangeDocument['risk']['level'][];
  policy: ChangeDocument['policy'];
  shown: string | undefined;
  changes: TreeChange[];
  commits: Map<string, string>;
  ancestors: Set<string>;
  trusted: string;
  moved: Awaited<ReturnType<ApplierOptions['landing']['moved']>>;
  programs: ChangeDocument['programs'];
  lockFile: string | undefined;
  before: PulledState | undefined;
  inTree: PulledState | undefined;
  after: PulledState | 'unreadable' | undefined;
  left: Buffer | undefined;
  judged: JudgedPlan;
  /** What the engine does, by its verb. */
  engine: Record<string, (signal: AbortSignal) => Partial<SandboxResult> | Promise<Partial<SandboxResult>>>;
  print: (address: string) => string;
  failing: Set<string>;
  happened: string[];
  kept: Map<string, Buffer>;
  saved: string[];
  /** A whole apply of this world. */
  apply(signal?: AbortSignal): Promise<ApplyOutcome>;
  /** Signs again what the document is now. */
  sign(options?: Partial<SignOptions>): Signature;
}

interface SignOptions {
  kind: 'approve' | 'break-glass';
  who: string;
  expiresAt: string;
  issuedAt: string;
  set: string;
  documents: { change: string; sha256: string }[];
  accepted: boolean;
}

const someone = (name: string): Approver => ({
  name,
  approval: { id: `key-of-${name}`, publicKey: 'AA' },
  login: { id: `login-of-${name}`, publicKey: 'AA' },
  since: new Date('2026-03-01T08:00:00Z'),
  by: 'root',
});

export const line = (type: string, addr: string): string =>
  `${JSON.stringify({ '@level': 'info', type, hook: { resource: { addr }, action: 'update' } })}\n`;

const address = 'module.mail.kubectl_manifest.deployment';
export const wellApplied = line('apply_start', address) + line('apply_complete', address);

export function createWorld(): World {
  const plan = Buffer.from('the bytes of a plan');
  const workdir = Buffer.from('the bytes of a directory');
  const before = stateOf(7);
  const profile: Profile = {
    ...someProfile,
    name: 'apps',
    tier: 'apps',
    state: { kind: 'sops', encrypted: 'e', plain: 'p', sops: '/usr/bin/sops', ageKeyFile: '/k' },
    apply: { kubernetes: undefined, connection: undefined, credentials: {}, timeoutSeconds: 600 },
  };
  const document: ChangeDocument = {
    v: 1,
    change: id('chg'),
    set: id('set'),
    attempt: 1,
    requester: { agent: 'agent:claude', human: 'human:ada' },
    reason: 'more memory',
    repository: {
      url: 'https://git.example.net/homelab.git',
      base: commit('base'),
      commit: commit('commit'),
      tree: commit('tree'),
      diffSha256: diffDigest([]),
    },
    stack: 'stacks/mail',
    tier: 'apps',
    profile: { name: 'apps', sha256: profileDigest(profile) },
    plan: {
      sha256: sha(plan),
      semantic: sha('semantic'),
      format: '1.2',
      counts: { create: 0, update: 1 },
      executes: ['provisioner local-exec of terraform_data.a'],
      complete: true,
    },
    workdir: { sha256: sha(workdir), engineFolder: 'stacks/mail' },
    state: { lineage: before.facts.lineage, serial: before.facts.serial, sha256: before.facts.sha256 },
    lockFile: sha('lock'),
    programs: [
      { name: 'tofu', sha256: sha('tofu') },
      { name: 'provider gavinbunney/kubectl', sha256: sha('kubectl') },
    ],
    policy: { rules: sha('rules'), renderer: 'page 1' },
    shown: sha('shown'),
    risk: { level: 'medium', rules: ['rollout'] },
    expect: [],
    boundary: 'separate user',
  };
  const world: World = {
    document,
    signatures: [],
    profile,
    now: new Date('2026-11-26T12:00:00Z'),
    spent: new Set(),
    enrolled: new Map([someone('ada'), someone('ben')].map((one) => [one.name, one])),
    frozen: () => false,
    plan,
    workdir,
    url: document.repository.url,
    boundary: 'separate user',
    twoPeople: ['critical'],
    policy: { ...document.policy },
    shown: document.shown,
    changes: [],
    commits: new Map([
      [commit('base'), commit('base tree')],
      [commit('commit'), commit('tree')],
      [commit('head'), commit('head tree')],
    ]),
    ancestors: new Set([`${commit('base')} ${commit('commit')}`, `${commit('base')} ${commit('base')}`]),
    trusted: commit('base'),
    moved: { where: 'nowhere' },
    programs: document.programs.map((one) => ({ ...one })),
    lockFile: sha('lock'),
    before,
    inTree: before,
    after: stateOf(8),
    left: undefined,
    judged: {
      risk: { level: 'medium', rules: ['rollout'] },
      semantic: document.plan.semantic,
      format: '1.2',
      counts: { update: 1, create: 0 },
      executes: [...document.plan.executes],
      complete: true,
    },
    engine: {
      show: () => ({ stdout: '{"format_version":"1.2"}' }),
      apply: () => ({ stdout: wellApplied }),
      plan: () => ({ exitCode: 0 }),
    },
    print: (text) => `printed ${text}`,
    failing: new Set(),
    happened: [],
    kept: new Map(),
    saved: [],
    sign: (more = {}) => sign(world, more),
    apply: (signal = new AbortController().signal) =>
      createApplier(optionsOf(world)).apply(
        {
          change: world.document.change,
          document: world.document,
          signatures: world.signatures,
          profile: world.profile,
          onStep: async (step: ApplyStep) => does(world, `step ${step}`),
          enter: async () => does(world, 'enter'),
        },
        signal,
      ),
  };
  world.signatures = [world.sign()];
  return world;
}

function does(world: World, what: string): void {
  if (world.failing.has(what)) throw refusal(`${what} was refused`);
  world.happened.push(what);
}

function sign(world: World, more: Partial<SignOptions>): Signature {
  const { document } = world;
  const nonce = randomBytes(32).toString('base64url');
  const signed = {
    v: 1,
    kind: more.kind ?? 'approve',
    keep: 'keep-1',
    nonce,
    issuedAt: more.issuedAt ?? '2026-11-26T11:55:00.000Z',
    expiresAt: more.expiresAt ?? '2026-11-26T12:05:00.000Z',
    approver: { name: more.who ?? 'ada', credential: `key-of-${more.who ?? 'ada'}` },
    set: more.set ?? document.set,
    documents: more.documents ?? [{ change: document.change, sha256: digestOf(document) }],
    audit: [],
    ...(more.kind === 'break-glass' ? { why: 'the house is on fire' } : {}),
  };
  if (more.accepted !== false) world.spent.add(nonce);
  return {
    document: canonicalJson(signedDocument.parse(signed)),
    assertion: { credential: 'c', clientDataJSON: 'c', authenticatorData: 'a', signature: 's' },
  };
}

function optionsOf(world: World): ApplierOptions {
  const { happened } = world;
  const run: Awaited<ReturnType<ApplierOptions['openSurroundings']>>['run'] = async (argv, { signal }) => {
    const verb = argv[1] ?? '';
    does(world, `engine ${argv.slice(1).join(' ')}`);
    const done = await world.engine[verb]?.(signal);
    return { exitCode: 0, ended: 'exit', stdout: '', stderr: '', ...done };
  };
  let isApplied = false;
  return {
    approvers: {
      verify: async (signature, kind) => {
        const document = signedDocument.parse(JSON.parse(signature.document));
        const approver = world.enrolled.get('approver' in document ? document.approver.name : '');
        if (approver === undefined) throw refusal('nobody enrolled signed it');
        if (document.kind !== kind) throw refusal('it is of another kind');
        return { approver, document } as Verified<typeof kind>;
      },
      isSpent: (nonce) => world.spent.has(nonce),
      spend: (nonce) => {
        if (world.spent.has(nonce)) throw refusal('it was taken once already');
        world.spent.add(nonce);
        happened.push(`spend ${nonce}`);
      },
    },
    freeze: {
      assertNotFrozen: async () => {
        if (world.frozen()) throw refusal('everything is frozen');
      },
    },
    sealed: {
      open: async () => {
        if (world.failing.has('open')) throw refusal('the sealed plan is damaged');
        return { plan: world.plan, workdir: world.workdir };
      },
      keepState: async (name, bytes) => {
        does(world, `keep ${name}`);
        world.kept.set(name, bytes);
      },
    },
    landing: {
      announce: async (change, at) => does(world, `announce ${change} ${at}`),
      moved: async () => {
        if (world.failing.has('moved')) throw refusal('the repository cannot be reached');
        return world.moved;
      },
    },
    repository: {
      base: async () => ({ id: world.trusted, tree: '', parents: [], author: '', at: world.now, subject: '' }),
      git: {
        commit: async (id) => {
          const tree = world.commits.get(id);
          if (tree === undefined) throw refusal('there is no such commit');
          return { id, tree, parents: [], author: '', at: world.now, subject: '' };
        },
        isAncestor: async (one, other) => world.ancestors.has(`${one} ${other}`),
        changes: async () => world.changes,
      },
    },
    stateKeeper: {
      save: async ({ change, stack, tree }) => {
        does(world, 'save state');
        world.saved.push(`${change} ${stack} ${tree}`);
      },
    },
    keep: {
      url: world.url,
      boundary: world.boundary,
      twoPeople: world.twoPeople,
      policy: () => world.policy,
      shown: async () => world.shown,
    },
    words: {
      printer: async () => world.print,
      explain: async ({ diagnostics }) => {
        if (world.failing.has('explain')) throw refusal('no');
        return diagnostics.map(({ summary }) => `masked ${summary.length}`);
      },
    },
    log: { info: () => undefined, warn: () => undefined, error: (_, event) => void happened.push(`log ${event}`) },
    now: () => world.now,
    openSurroundings: async (request) => {
      does(world, `open ${request.run}`);
      return {
        engine: '/castellan/bin/tofu',
        plan: '/plan/plan',
        programs: async () => world.programs,
        lockFileSha256: async () => world.lockFile,
        run: async (argv, more) => {
          isApplied ||= argv[1] === 'apply';
          return run(argv, more);
        },
        state: async () => {
          const found = isApplied ? world.after : world.before;
          if (found === 'unreadable') throw refusal('the state cannot be read');
          return found;
        },
        stateInTree: async (tree) => {
          happened.push(`state in ${tree}`);
          return world.inTree;
        },
        encryptedState: async () => undefined,
        leftBehind: async () => world.left,
        traffic: () => ({ forwarded: {}, refused: [] }),
        [Symbol.asyncDispose]: async () => {
          happened.push('closed');
          if (world.failing.has('close')) throw refusal('it cannot be wiped');
        },
      };
    },
    judge: async () => {
      if (world.failing.has('judge')) throw refusal('it cannot be judged');
      return world.judged;
    },
  };
}

/** What must never have happened when an apply was refused. */
const acts = /^(enter|announce |spend |save state|keep |engine apply)/;

/** Refused, and nothing was done, pushed or spent. */
export async function refusedIn(
  world: World,
): Promise<{ readonly reasons: readonly string[]; readonly stale: boolean; readonly done: readonly string[] }> {
  const ended = await world.apply();
  if (ended.outcome !== 'refused') throw new Error(JSON.stringify(ended));
  return { reasons: ended.reasons, stale: ended.stale, done: world.happened.filter((what) => acts.test(what)) };
}

/** Another document, signed as it should be. */
export function changed(world: World, more: Partial<ChangeDocument>): void {
  world.document = { ...world.document, ...more };
  world.signatures = [world.sign()];
}

/** Another profile in keep.yaml, which was signed too. */
export function reprofiled(world: World, more: Partial<Profile>): void {
  world.profile = { ...world.profile, ...more };
  changed(world, { profile: { name: world.profile.name, sha256: profileDigest(world.profile) } });
}
