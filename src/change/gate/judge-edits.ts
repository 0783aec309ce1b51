import type { TreeChange } from '../../iac/repository.ts';
import { type Finding, type Verdict, verdicts } from '../finding.ts';
import { colliding } from './collisions.ts';
import { kindOfFile } from './kinds.ts';
import { shownPath } from './path-names.ts';
import { denyingPathRules, looksForeign } from './path-rules.ts';
import { type EditPolicy, type PathRules, pathRules } from './policy.ts';

/**
 * The edit gate: which paths a proposal touches and what they are, before anything of it is read. It looks at what differs
 * between two trees, never at the text of a patch.
 */
const limits = { changedFiles: 200, removedFiles: 10 } as const;

/**
 * Sorted: what denies first, then by file. Nothing is returned only when every change is a plain file inside `agentMayEdit`.
 * `tree` is every path of the proposed tree: a path can be wrong because of a neighbour.
 */
export function judgeEdits(
  changes: readonly TreeChange[],
  policy: EditPolicy,
  tree: readonly string[],
): readonly Finding[] {
  const rules = pathRules(policy);
  const collides = colliding(
    changes.filter(({ after }) => after !== undefined).map(({ path }) => path),
    tree,
  );
  const found = new Map<string, Finding>();
  const add = (finding: Finding, path = ''): void => void found.set(`${finding.rule} ${path}`, finding);
  for (const change of changes) {
    for (const { id, verdict, sentence } of judgements(change, rules, collides)) {
      const file = shownPath(change.path);
      add({ rule: id, verdict, file, message: `${file} ${sentence}` }, change.path);
    }
  }
  if (new Set(changes.map(({ path }) => path)).size > limits.changedFiles) {
    add({
      rule: 'edit-many-files',
      verdict: 'consent',
      message: `more than ${limits.changedFiles} files change, which nobody reads: propose less at a time, or let a human consent`,
    });
  }
  const removed = changes.filter(({ after }) => after === undefined);
  if (new Set(removed.map(({ path }) => path)).size > limits.removedFiles) {
    add({
      rule: 'edit-mass-removal',
      verdict: 'consent',
      message: `more than ${limits.removedFiles} files are removed; a work tree that was not complete looks like this: remove less at a time, or let a human consent`,
    });
  }
  return [...found.values()].sort(bySeverity);
}

interface Judgement {
  readonly id: string;
  readonly verdict: Verdict;
  readonly sentence: string;
}

function judgements(change: TreeChange, rules: PathRules, collides: ReadonlySet<string>): readonly Judgement[] {
  const { path } = change;
  const kind = kindOfFile(path);
  return [
    ...denyingPathRules.filter((rule) => rule.breaks(path)).map((rule) => ({ ...rule, verdict: 'deny' as const })),
    ...(collides.has(path) ? [collision] : []),
    ...(rules.isNever(path) ? [never] : []),
    ...modeJudgements(change),
    ...(kind === undefined ? [] : [kind]),
    ...(rules.isShared(path) ? [sharedModule] : []),
    ...(looksForeign(path) ? [foreignLetters] : []),
    ...(rules.mayEdit(path) ? [] : [outside]),
  ];
}

function modeJudgements({ before, after }: TreeChange): readonly Judgement[] {
  const modes = [before, after].flatMap((side) => (side === undefined ? [] : [side.mode]));
  const found: Judgement[] = [];
  if (modes.length === 0 || modes.some((mode) => !knownModes.has(mode))) found.push(unknownMode);
  if (modes.includes('160000')) found.push(submodule);
  if (modes.includes('120000')) found.push(link);
  if (modes.includes('100755')) found.push(executable);
  if (before !== undefined && after !== undefined && before.blob === after.blob) found.push(modeOnly);
  return found;
}

const knownModes: ReadonlySet<string> = new Set(['100644', '100755', '120000', '160000']);

const collision: Judgement = {
  id: 'edit-path-collision',
  verdict: 'deny',
  sentence:
    'is, to some file system, another path of the tree: choose a name that differs in more than case or composition',
};
const never: Judgement = {
  id: 'edit-never',
  verdict: 'deny',
  sentence: 'is among the paths that cannot be changed through Castellan: a human changes it in git, by hand',
};
const unknownMode: Judgement = {
  id: 'edit-mode-unknown',
  verdict: 'deny',
  sentence: 'is neither a file nor a link: propose plain files',
};
const submodule: Judgement = {
  id: 'edit-submodule',
  verdict: 'deny',
  sentence:
    'is a submodule, whose content is not in the tree that is judged: put the files themselves into the repository',
};
const link: Judgement = {
  id: 'edit-link',
  verdict: 'consent',
  sentence: 'is a symbolic link, which can lead out of the repository: write the file itself, or let a human consent',
};
const executable: Judgement = {
  id: 'edit-executable',
  verdict: 'consent',
  sentence: 'is executable: propose it without that mode, or let a human look at it and consent',
};
const modeOnly: Judgement = {
  id: 'edit-mode-only',
  verdict: 'consent',
  sentence: 'keeps its content and changes its mode: leave the mode alone, or let a human consent',
};
const sharedModule: Judgement = {
  id: 'edit-shared-module',
  verdict: 'consent',
  sentence:
    'belongs to a shared module, and changes every stack that uses it: change the stack alone, or let a human consent',
};
const foreignLetters: Judgement = {
  id: 'edit-path-foreign',
  verdict: 'consent',
  sentence:
    'has letters outside ASCII, which can look like others: use plain ones, or let a human look closely and consent',
};
const outside: Judgement = {
  id: 'edit-outside',
  verdict: 'consent',
  sentence: 'lies outside what agents may edit: keep to the files of a stack, or let a human consent',
};

function bySeverity(one: Finding, other: Finding): number {
  return (
    verdicts.indexOf(one.verdict) - verdicts.indexOf(other.verdict) ||
    compare(one.file ?? '', other.file ?? '') ||
    compare(one.rule, other.rule)
  );
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
