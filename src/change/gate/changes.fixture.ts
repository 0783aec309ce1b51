import type { FileMode, TreeChange } from '../../iac/repository.ts';
import type { Finding, Verdict } from '../finding.ts';
import { judgeEdits } from './judge-edits.ts';
import type { EditPolicy } from './policy.ts';

export const policy: EditPolicy = {
  agentMayEdit: ['stacks/*/**/*.{tf,yaml,tfvars}', 'stacks/*/*.md'],
  never: ['stacks/vault', 'keep.yaml'],
  modules: ['modules', 'stacks/*/shared'],
};
/** Lets everything through that is not judged for what it is. */
export const open: EditPolicy = { agentMayEdit: ['**', '**/.*', '**/.*/**'], never: [], modules: [] };

export const blob = (letter: string): string => letter.repeat(40);

export function change(path: string, mode: FileMode = '100644'): TreeChange {
  return { path, before: { mode: '100644', blob: blob('a') }, after: { mode, blob: blob('b') } };
}
export function added(path: string, mode: FileMode = '100644'): TreeChange {
  return { path, before: undefined, after: { mode, blob: blob('b') } };
}
export function removed(path: string, mode: FileMode = '100644'): TreeChange {
  return { path, before: { mode, blob: blob('a') }, after: undefined };
}

export function judge(changes: readonly TreeChange[], by = policy, more: readonly string[] = []): readonly Finding[] {
  return judgeEdits(changes, by, [
    ...more,
    ...changes.filter(({ after }) => after !== undefined).map(({ path }) => path),
  ]);
}
export function rulesOf(changes: readonly TreeChange[], by = policy, more: readonly string[] = []): readonly string[] {
  return judge(changes, by, more).map(({ rule }) => rule);
}
export function verdictOf(path: string, by = policy): Verdict | undefined {
  return judge([added(path)], by)[0]?.verdict;
}
