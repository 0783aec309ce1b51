import { createHash } from 'node:crypto';
import type { ChangeDocument } from '../../change/document/documents.ts';
import type { ChangeState } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { PlanSummary, RiskLevel, WireResourceChange } from '../../change/wire/run.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { ChangePage } from './page.ts';

/** Makes one invented change out of what matters about it; the same name gives the same ids. */
export interface Invented {
  readonly name: string;
  /** The set it belongs to; its own where none is named. */
  readonly set?: string;
  readonly order?: number;
  readonly of?: number;
  readonly stack: string;
  readonly state: ChangeState;
  readonly reason: string;
  readonly risk?: RiskLevel;
  readonly why?: readonly string[];
  readonly resources?: readonly WireResourceChange[];
  readonly summary?: Partial<PlanSummary>;
  readonly page?: Partial<ChangePage>;
  readonly view?: Partial<ChangeView>;
  /** Minutes ago. */
  readonly created?: number;
  readonly expires?: number;
}

export const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
export const gitId = (text: string): string => createHash('sha1').update(text).digest('hex');

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
export function inventedId(prefix: 'chg' | 'set' | 'run' | 'req', name: string): string {
  const digits = [...createHash('sha256').update(`${prefix} ${name}`).digest()].slice(0, 26);
  return `${prefix}_${digits.map((byte) => base32[byte % 32] ?? 'a').join('')}`;
}

export function resource(
  address: string,
  action: WireResourceChange['action'],
  leaves: WireResourceChange['leaves'] = [],
  more: Partial<WireResourceChange> = {},
): WireResourceChange {
  return { address, action, notes: [], leaves, more: 0, ...more };
}

const planless: readonly ChangeState[] = ['draft', 'scanning', 'needs-consent', 'blocked', 'planning', 'plan-failed'];

export function inventChange(invented: Invented, now: Date): StoredChange {
  const { name, set = name, order = 1, of = 1, stack, state, reason, created = 12, expires = 23 * 60 } = invented;
  const createdAt = new Date(now.getTime() - created * 60_000).toISOString();
  const isWaiting = state === 'awaiting-approval' || state === 'denied' || state === 'needs-consent';
  const page: ChangePage = {
    files: [],
    others: [],
    executes: [],
    fetches: [],
    reaches: ['postgres state: 192.0.2.20:5432', 'Kubernetes API: 192.0.2.10:6443'],
    ...invented.page,
  };
  const view: ChangeView = {
    id: inventedId('chg', name),
    set: inventedId('set', set),
    order,
    of,
    stack,
    state,
    attempt: 1,
    createdAt,
    changedAt: new Date(now.getTime() - Math.max(1, created - 2) * 60_000).toISOString(),
    ...(isWaiting ? { expiresAt: new Date(now.getTime() + expires * 60_000).toISOString() } : {}),
    agent: 'agent:claude',
    human: 'human:ada',
    reason,
    base: gitId('base'),
    proposed: gitId(`tree ${name}`),
    commit: gitId(`commit ${name}`),
    changedFiles: page.files.map(({ path, change }) => ({ path, change })),
    findings: [],
    ...(planless.includes(state) ? {} : { summary: summaryOf(invented) }),
    engine: 'OpenTofu 1.10.6',
    stateOf: { lineage: `lineage-of-${stack}`, serial: 41 },
    expect: [],
    approvedBy: [],
    brokenGlass: false,
    took: { fetching: 310, judging: 420, init: 2_300, plan: 6_100 },
    ...invented.view,
  };
  return {
    view,
    facts: {
      base: view.base,
      baseTree: gitId('base tree'),
      tree: gitId(`tree ${name}`),
      commit: gitId(`commit ${name}`),
      diffSha256: sha(`diff ${name}`),
      ...(state === 'needs-consent'
        ? {
            consent: {
              tree: gitId(`tree ${name}`),
              diffSha256: sha(`diff ${name}`),
              profileSha256: sha('profile'),
              digest: sha(`consent ${name}`),
            },
          }
        : {}),
      ...(view.summary === undefined ? {} : { page, document: documentOf(view, page) }),
      signatures: [],
    },
  };
}

function summaryOf({ name, resources = [], risk = 'low', why = [], summary = {} }: Invented): PlanSummary {
  const count = (action: string): number => resources.filter((change) => change.action === action).length;
  return {
    counts: {
      create: count('create'),
      update: count('update'),
      delete: count('delete'),
      replace: count('replace'),
      forget: 0,
      import: 0,
      move: 0,
      read: 0,
    },
    changes: [...resources],
    drift: [],
    outputs: [],
    checks: [],
    deferred: [],
    executes: [],
    digest: sha(`digest ${name}`),
    complete: true,
    risk: { level: risk, reasons: why.map((text, index) => ({ rule: `invented-${index + 1}`, level: risk, text })) },
    blastRadius: { stacks: [], resources: [], hosts: [], volumes: [], unknown: [] },
    conventions: [],
    ...summary,
  };
}

function documentOf(view: ChangeView, page: ChangePage): ChangeDocument {
  return {
    v: 1,
    change: view.id,
    set: view.set,
    attempt: view.attempt,
    requester: { agent: view.agent, human: view.human },
    reason: view.reason,
    repository: {
      url: 'https://git.example.net/homelab.git',
      base: view.base,
      commit: gitId(`commit ${view.id}`),
      tree: gitId(`tree ${view.id}`),
      diffSha256: sha(`diff ${view.id}`),
    },
    stack: view.stack,
    tier: '1',
    profile: { name: 'cluster', sha256: sha('profile') },
    plan: {
      sha256: sha(`plan ${view.id}`),
      semantic: sha(`semantic ${view.id}`),
      format: '1.2',
      counts: {},
      executes: [],
      complete: true,
    },
    workdir: { sha256: sha(`workdir ${view.id}`), engineFolder: view.stack },
    state: { lineage: `lineage-of-${view.stack}`, serial: 41, sha256: sha('state') },
    lockFile: sha('lock'),
    programs: [{ name: 'tofu', sha256: sha('tofu') }],
    policy: { rules: sha('rules'), renderer: '1' },
    shown: sha(canonicalJson(page)),
    risk: { level: view.summary?.risk.level ?? 'low', rules: [] },
    expect: [...view.expect],
    boundary: 'same user',
  };
}
