import type { ChangeView } from '../../change/wire/change.ts';
import type { RunView } from '../../change/wire/run.ts';
import type { StackView } from '../../change/wire/stacks.ts';
import type { Commit, Repository } from '../../iac/repository.ts';
import type { Profile } from '../config/valid.ts';
import type { DriftResult } from '../journal/drift-table.ts';
import type { StackRecord } from '../journal/record-table.ts';
import type { Tree } from '../runs/parts.ts';
import { profileOf } from '../runs/profiles.ts';

export type LockState = StackView['lock'];

export interface StackViewsOptions {
  readonly base: Tree;
  readonly commit: Commit;
  readonly profiles: readonly Profile[];
  readonly git: Pick<Repository, 'lastTouched'>;
  readonly drift: ReadonlyMap<string, DriftResult>;
  recordOf(stack: string): Promise<StackRecord | undefined>;
  lockOf(stack: string, profile: Profile): Promise<LockState>;
  openRunOf(stack: string): RunView | undefined;
  openChangeOf(stack: string): ChangeView | undefined;
}

/** Every stack of the trusted base, or the one of that name, as the keep knows it without planning anything. */
export async function stackViews(name: string | undefined, options: StackViewsOptions): Promise<readonly StackView[]> {
  const { graph } = options.base;
  const one = name === undefined ? undefined : graph.find(name);
  const stacks = name === undefined ? [...graph.stacks.keys()] : one === undefined ? [] : [one];
  const views: StackView[] = [];
  for (const stack of stacks) views.push(await viewOf(stack, options));
  return views;
}

async function viewOf(stack: string, options: StackViewsOptions): Promise<StackView> {
  const { base, profiles } = options;
  const node = base.graph.stacks.get(stack);
  const found = profileOf(profiles, stack);
  const skipped = found === undefined ? 'no profile of keep.yaml matches it' : found.skipped;
  const run = options.openRunOf(stack);
  const change = options.openChangeOf(stack);
  return {
    stack,
    profile: found?.profile.name ?? 'none',
    tier: found?.profile.tier ?? 'unknown',
    backend: found?.profile.state.kind ?? 'none',
    engine: found === undefined ? 'none' : engineOf(found.profile),
    ...(skipped === undefined ? {} : { skipped }),
    dependsOn: [...(node?.dependsOn ?? [])],
    dependants: [...base.graph.dependantsOf(stack)],
    modules: [...(node?.modules ?? [])],
    ...(run === undefined ? {} : { run: { id: run.id, state: run.state, agent: run.agent, createdAt: run.createdAt } }),
    ...(change === undefined
      ? {}
      : { change: { id: change.id, state: change.state, agent: change.agent, createdAt: change.createdAt } }),
    lock:
      found === undefined
        ? { state: 'unknown', detail: 'it has no profile' }
        : await options.lockOf(stack, found.profile),
    lastApply: await lastApplyOf(stack, found?.profile, options),
    drift: driftOf(options.drift.get(stack)),
  };
}

function engineOf({ runner }: Profile): string {
  return 'engineKind' in runner ? `${runner.kind} with ${runner.engineKind}` : runner.kind;
}

async function lastApplyOf(
  stack: string,
  profile: Profile | undefined,
  { commit, git, recordOf }: StackViewsOptions,
): Promise<StackView['lastApply']> {
  const record = await recordOf(stack);
  const serial = record === undefined ? {} : { serial: record.serial };
  if (profile?.state.kind === 'sops') {
    const path = profile.state.encrypted.replaceAll('{name}', stack.split('/').at(-1) ?? stack);
    const touched = await git.lastTouched(commit.id, path);
    return touched === undefined
      ? { ...serial, how: `no commit has ${path}` }
      : { at: touched.at.toISOString(), ...serial, how: `the last commit that changed ${path}` };
  }
  if (record === undefined) return { how: 'no plan of it has read its state yet' };
  const isFirst = record.serialSeen.getTime() === record.firstSeen.getTime();
  return {
    ...(isFirst ? {} : { at: record.serialSeen.toISOString() }),
    ...serial,
    how: isFirst
      ? `before ${record.firstSeen.toISOString()}, when the keep first saw it`
      : 'when the keep first saw this serial; the apply itself was before',
  };
}

function driftOf(result: DriftResult | undefined): StackView['drift'] {
  if (result === undefined) {
    return { state: 'unknown', why: 'no scheduled plan of it has ended yet', addresses: [], confirmed: false };
  }
  const { state, at, commit, why, counts, addresses, confirmed } = result;
  return {
    state,
    at: at.toISOString(),
    commit,
    ...(why === undefined ? {} : { why }),
    ...(counts === undefined ? {} : { counts }),
    addresses: [...addresses],
    confirmed,
  };
}
