import { createHash } from 'node:crypto';
import type { ChangeDocument } from '../../change/document/documents.ts';
import type { StoreLog } from '../../store/log.ts';
import type { Profile } from '../config/valid.ts';
import type { Landing } from '../landing/port.ts';
import type { PulledState } from '../planner/apply-port.ts';
import type { PlannedForApply, StateFacts } from '../planner/port.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import { diffDigest, profileDigest } from '../runs/consent.ts';
import type { SealedWork } from '../sealed/port.ts';
import { type Flaw, forged, moved, unless } from './flaw.ts';

/** What this keep is and has now, against which a document is held. */
export interface KeepNow {
  /** Of the repository, as in keep.yaml. */
  readonly url: string;
  readonly boundary: ChangeDocument['boundary'];
  readonly twoPeople: readonly ChangeDocument['risk']['level'][];
  /** As the document was made with. */
  readonly policy: () => ChangeDocument['policy'];
  /** Of what the page of the change shows now; undefined: there is none. */
  readonly shown: (change: string) => Promise<string | undefined>;
}

/** Fields that the keep can hold against itself. */
export async function proveSurroundings(
  document: ChangeDocument,
  profile: Profile,
  keep: KeepNow,
): Promise<readonly Flaw[]> {
  const { rules, renderer } = keep.policy();
  const shown = await keep.shown(document.change);
  return [
    ...(document.boundary === keep.boundary
      ? []
      : [moved(`boundary: it was signed under ${document.boundary}, and this is ${keep.boundary}`)]),
    ...(document.profile.sha256 === profileDigest(profile)
      ? []
      : [moved('profile: keep.yaml has another profile for the stack than the one that was signed')]),
    ...(document.tier === profile.tier ? [] : [moved('tier: the stack is of another tier now')]),
    ...(profile.apply === undefined ? [moved('profile: keep.yaml has no credentials to apply this stack with')] : []),
    ...(profile.state.kind === 'none' ? [moved('state: what the stack makes would be remembered nowhere')] : []),
    ...(document.policy.rules === rules ? [] : [moved('policy: it was judged by other rules than this keep has')]),
    ...(document.policy.renderer === renderer
      ? []
      : [moved('renderer: what was signed was shown by another version of this keep')]),
    ...(shown === document.shown ? [] : [forged('shown: the page shows something else than what was signed')]),
  ];
}

/** The bytes that were planned, as they come out of the seal. */
export function proveSealed({ plan, workdir }: ChangeDocument, work: SealedWork): readonly Flaw[] {
  return [
    ...(sha256(work.plan) === plan.sha256
      ? []
      : [forged('plan: the sealed plan has other bytes than what was signed')]),
    ...(sha256(work.workdir) === workdir.sha256
      ? []
      : [forged('workdir: the sealed working directory has other bytes than what was signed')]),
  ];
}

export interface RepositoryNow {
  readonly repository: Pick<TrustedRepository, 'base'> & {
    readonly git: Pick<TrustedRepository['git'], 'commit' | 'isAncestor' | 'changes'>;
  };
  readonly landing: Pick<Landing, 'moved'>;
  readonly keep: Pick<KeepNow, 'url'>;
  readonly log: Pick<StoreLog, 'warn'>;
}

/** Gives the head of the branch when it moved elsewhere. */
export async function proveRepository(
  document: ChangeDocument,
  { repository, landing, keep, log }: RepositoryNow,
): Promise<{ readonly flaws: readonly Flaw[]; readonly head: string }> {
  const { url, base, commit, tree, diffSha256 } = document.repository;
  const { git } = repository;
  const flaws: Flaw[] = [];
  const look = <Value>(field: string, work: () => Promise<Value>): Promise<Value> => unless(field, work, 'halted', log);
  if (url !== keep.url) flaws.push(moved('repository: keep.yaml names another repository'));
  const found = await look('commit', () => git.commit(commit));
  if (found.tree !== tree) flaws.push(forged('tree: the commit holds another tree than what was signed'));
  if (!(await look('commit', () => git.isAncestor(base, commit)))) {
    flaws.push(forged('commit: it does not stand on the base that was signed'));
  }
  const trusted = await look('base', () => repository.base());
  if (!(await look('base', () => git.isAncestor(base, trusted.id)))) {
    flaws.push(moved('base: it is not part of what this keep trusts any more'));
  }
  const changes = await look('diff', async () => git.changes((await git.commit(base)).tree, tree));
  if (diffDigest(changes) !== diffSha256) flaws.push(forged('diff: the tree differs from its base otherwise'));
  const where = await look('branch', () => landing.moved(document));
  if (where.where === 'inside') {
    const more = where.paths.length > 1 ? ` and ${where.paths.length - 1} more` : '';
    flaws.push(moved(`branch: commits since then touch what the stack is made of (${where.paths[0]}${more})`));
  }
  return { flaws, head: where.where === 'nowhere' ? commit : where.head };
}

export function provePrograms(document: ChangeDocument, found: PlannedForApply['programs']): readonly Flaw[] {
  const now = new Map(found.map(({ name, sha256: digest }) => [name, digest]));
  const signed = new Map(document.programs.map(({ name, sha256: digest }) => [name, digest]));
  const names = [...new Set([...now.keys(), ...signed.keys()])];
  if (document.programs.length === 0) return [forged('programs: what was signed names none')];
  return names
    .filter((name) => now.get(name) !== signed.get(name))
    .map((name) => forged(`program ${name}: what is on disk is not what planned it`));
}

export function proveLockFile({ lockFile }: ChangeDocument, found: string | undefined): readonly Flaw[] {
  return lockFile === (found ?? null) ? [] : [forged('lock file: it is another than what was signed')];
}

/** What an engine tells of a state that was never written: an empty one without a lineage. */
export function stateThatIs<State extends { readonly facts: StateFacts }>(found: State | undefined): State | undefined {
  return found?.facts.lineage === '' ? undefined : found;
}

export function proveState(
  { state }: Pick<ChangeDocument, 'state'>,
  found: Pick<PulledState, 'facts'> | undefined,
): readonly Flaw[] {
  const signed = state?.lineage === '' ? null : state;
  if (signed === null) return found === undefined ? [] : [moved('state: there was none, and now there is one')];
  if (found === undefined) return [moved('state: there was one, and now there is none')];
  const { lineage, serial, sha256: digest } = found.facts;
  if (lineage !== signed.lineage) return [forged('state: it is of another lineage than what was signed')];
  if (serial !== signed.serial) {
    return [moved(`state: it was at serial ${signed.serial} when it was planned, and is at ${serial}`)];
  }
  return digest === signed.sha256 ? [] : [forged('state: it has the serial that was signed, and other content')];
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
