import type { Finding } from '../../change/finding.ts';
import type { RunView } from '../../change/wire/run.ts';
import type { ObjectId, TreeChange } from '../../iac/repository.ts';
import type { ConsentParts } from '../changes/port.ts';
import type { Profile } from '../config/valid.ts';
import type { Authority } from '../decisions/authority.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import { consentParts } from './consent.ts';
import { runError } from './errors.ts';
import type { RunParts, Tree } from './parts.ts';

/** What runs and changes ask of a proposal before anything of it is planned. */

/** The tree that a patch or a ref leads to; the base itself where there is neither. */
export async function proposedTreeOf(
  { patch, ref }: { readonly patch: string | undefined; readonly ref: string | undefined },
  base: ObjectId,
  { git }: Pick<TrustedRepository, 'git'>,
): Promise<ObjectId> {
  if (patch !== undefined) return git.applyPatch(base, patch);
  if (ref === undefined) return base;
  // Once: whatever the name means afterwards is another proposal.
  return (await git.commit(await git.resolve(ref))).tree;
}

/** Errors: `proposal-ambiguous`. */
export function assertOneSource({
  patch,
  ref,
}: {
  readonly patch: string | undefined;
  readonly ref: string | undefined;
}): void {
  if (patch === undefined || ref === undefined) return;
  throw runError('proposal-ambiguous', {
    message: 'a patch and a ref were given at once',
    next: 'give one of them, or neither to plan the trusted base as it is',
  });
}

/** Errors: `stack-unknown`. */
export function stackOf(name: string, base: Tree, proposed: Tree): string {
  const found = base.graph.find(name) ?? proposed.graph.find(name);
  if (found !== undefined) return found;
  throw runError('stack-unknown', {
    message: `no stack is called ${name}, or several are`,
    next: 'name the folder, like stacks/mail; without a stack, stack_show lists them',
  });
}

/** Stacks that use what is changed, before or after; sorted. */
export function touchedBy(changes: readonly TreeChange[], base: Tree, proposed: Tree): readonly string[] {
  const paths = changes.map(({ path }) => path);
  return [...new Set([...base.graph.stacksUsing(paths), ...proposed.graph.stacksUsing(paths)])].toSorted();
}

export function changedFilesOf(changes: readonly TreeChange[]): RunView['changedFiles'] {
  return changes.map(({ path, before, after }) => ({
    path,
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'modified',
  }));
}

export interface JudgedTrees {
  /** What gate and scan say. */
  readonly findings: readonly Finding[];
  readonly denied: boolean;
  /** What consent would bind, where it is asked for. */
  readonly consent: ConsentParts | undefined;
}

/** Gate and scan; where nothing differs there is nothing to judge. */
export async function judgeTrees(
  question: {
    readonly base: Tree;
    readonly proposed: Tree;
    readonly changes: readonly TreeChange[];
    readonly stack: string;
    readonly profile: Profile;
  },
  parts: Pick<RunParts, 'judge'>,
): Promise<JudgedTrees> {
  const { base, proposed, changes, stack, profile } = question;
  const findings = changes.length === 0 ? [] : await parts.judge({ base, proposed, changes, stack });
  return {
    findings,
    denied: findings.some(({ verdict }) => verdict === 'deny'),
    consent: findings.some(({ verdict }) => verdict === 'consent')
      ? consentParts(proposed.tree, changes, profile)
      : undefined,
  };
}

/** Where root's word does not count, waiting for it is in vain: whoever asked must know. */
export function unheard({ refusal }: Pick<Authority, 'refusal'>): readonly Finding[] {
  if (refusal === undefined) return [];
  return [{ rule: 'consent-not-counted', verdict: 'note', message: `nobody can consent to it here: ${refusal}` }];
}
