import { afterFlags } from './flags.ts';
import { globbed, globPattern } from './globs.ts';
import { judge } from './judge.ts';
import { set, UNKNOWN } from './marks.ts';
import { programs, sameAs } from './programs.ts';

/** Aliases people have in their shell; what they mean is not certain. */
export const shorthand: ReadonlyMap<string, string> = new Map([
  ['k', 'kubectl'],
  ['kc', 'kubectl'],
  ['tf', 'terraform'],
  ['tg', 'terragrunt'],
]);
const carriers = set('k3s k0s rke2 microk8s minikube');
const carrierValues = set('-p --profile');

export const guardedNames: readonly string[] = [...programs.keys(), ...sameAs.keys()];
export const anyGuarded = new RegExp(`(?<![\\w-])(?:${guardedNames.join('|')})(?![\\w-])`);

export function isGuarded(name: string | undefined): boolean {
  return name !== undefined && guardedNames.includes(name);
}

/** The plain name of a program; undefined where it cannot be known. */
export function programName(word: string): string | undefined {
  const name = word
    .slice(word.lastIndexOf('/') + 1)
    .replace(/^=/, '')
    .replace(/\.exe$/i, '');
  if (name.includes(UNKNOWN)) return undefined;
  if (!globbed.test(name)) return name;
  const pattern = globPattern(name);
  return /\w{2}/.test(name) ? guardedNames.find((one) => pattern?.test(one)) : undefined;
}

/** The calls of guarded programs that a command is: the program and its arguments. */
export function guardedCalls(
  name: string,
  given: readonly string[],
): readonly (readonly [program: string, given: readonly string[]])[] {
  if (isGuarded(name)) return [[name, given]];
  if (name.startsWith('kubectl-')) return [['kubectl', [name.slice('kubectl-'.length).replaceAll('_', '-'), ...given]]];
  const carried = /^microk8s\.(kubectl|helm3?)$/.exec(name)?.[1];
  if (carried !== undefined) return [[carried, given]];
  if (carriers.has(name)) {
    const from = afterFlags(given, carrierValues);
    const program = given[from];
    const rest = given.slice(from + 1);
    if (program !== undefined && isGuarded(program)) return [[program, rest[0] === '--' ? rest.slice(1) : rest]];
  }
  const short = shorthand.get(name);
  return short !== undefined && judge(short, given)?.kind !== 'unknown' ? [[short, given]] : [];
}
