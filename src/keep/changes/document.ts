import { createHash } from 'node:crypto';
import { type ChangeDocument, changeDocument } from '../../change/document/documents.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { PlanSummary } from '../../change/wire/run.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { KeepConfig, Profile } from '../config/valid.ts';
import type { ChangePage } from '../console/page.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { PlannedForApply, PlannedWell } from '../planner/port.ts';
import { profileDigest } from '../runs/consent.ts';
import { ruleTexts } from '../shipped-rules.ts';

/** Which rules judge and which program shows: whoever applies holds what was signed against what it has itself. */
export function policyOf(config: Pick<KeepConfig, 'edit' | 'conventions'>, build: string): ChangeDocument['policy'] {
  const { edit, conventions: parameters } = config;
  return { rules: sha256({ ...ruleTexts(), parameters, edit }), renderer: build };
}

export interface Shown {
  readonly summary: PlanSummary | undefined;
  readonly findings: ChangeView['findings'];
  readonly page: ChangePage | undefined;
}

/** Of everything the page shows of a plan. */
export function shownDigest({ summary, findings, page }: Shown): string {
  return sha256({ summary, findings, page });
}

export interface DocumentParts {
  readonly url: string;
  readonly policy: ChangeDocument['policy'];
  readonly boundary: ChangeDocument['boundary'];
}

export interface Showing {
  readonly change: StoredChange;
  readonly profile: Profile;
  readonly planned: PlannedWell;
  readonly sealed: PlannedForApply;
  readonly summary: PlanSummary;
  /** As they are shown: what they say is signed with the rest. */
  readonly findings: ChangeView['findings'];
  readonly page: ChangePage;
  readonly attempt: number;
  readonly commit: string;
}

/** What would be applied, in full. */
export function documentOf(showing: Showing, { url, policy, boundary }: DocumentParts): ChangeDocument {
  const { change, profile, planned, sealed, summary, attempt, commit } = showing;
  const { view, facts } = change;
  const { state } = planned;
  return changeDocument.parse({
    v: 1,
    change: view.id,
    set: view.set,
    attempt,
    requester: { agent: view.agent, human: view.human },
    reason: view.reason,
    repository: { url, base: facts.base, commit, tree: facts.tree, diffSha256: facts.diffSha256 },
    stack: view.stack,
    tier: profile.tier,
    profile: { name: profile.name, sha256: profileDigest(profile) },
    plan: {
      sha256: planned.planSha256,
      semantic: summary.digest,
      format: formatOf(planned.json),
      counts: summary.counts,
      executes: summary.executes,
      complete: summary.complete,
    },
    workdir: { sha256: sealed.workdirSha256, engineFolder: sealed.engineFolder },
    state: state === undefined ? null : { lineage: state.lineage, serial: state.serial, sha256: state.sha256 },
    lockFile: sealed.lockFileSha256 ?? null,
    programs: sealed.programs.map(({ name, sha256: digest }) => ({ name, sha256: digest })),
    policy,
    shown: shownDigest(showing),
    risk: { level: summary.risk.level, rules: summary.risk.reasons.map(({ rule }) => rule) },
    expect: view.expect,
    boundary,
  } satisfies ChangeDocument);
}

/** It stands at the very beginning of what engines write. */
function formatOf(json: string): string {
  return /"format_version"\s*:\s*"([0-9.]{1,20})"/.exec(json.slice(0, 1_000))?.[1] ?? 'unknown';
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
