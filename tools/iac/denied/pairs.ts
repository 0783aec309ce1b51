import { refuse } from './no-edit.ts';

/** `deploy x A=1 B-`: what names the object, what is set, what is taken away. */
export interface Pairs {
  readonly objects: readonly string[];
  readonly set: readonly (readonly [string, string])[];
  readonly gone: readonly string[];
}

export function isPair(arg: string): boolean {
  return /^[^=]+=/.test(arg) || /^.+-$/s.test(arg);
}

export function pairsOf(args: readonly string[]): Pairs {
  const from = args.findIndex(isPair);
  const pairs = from === -1 ? [] : args.slice(from);
  if (!pairs.every(isPair)) refuse('something that is no pair stands among its pairs');
  return { objects: from === -1 ? args : args.slice(0, from), ...sorted(pairs) };
}

/** Twice the same is once; kubectl’s commands differ in which of two values they take. */
export function sorted(pairs: readonly string[]): Omit<Pairs, 'objects'> {
  const set = new Map<string, string>();
  const gone = new Set<string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0) {
      gone.add(pair.slice(0, -1));
      continue;
    }
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if ((set.get(name) ?? value) !== value) refuse('it gives one name two values');
    set.set(name, value);
  }
  if (set.keys().some((name) => gone.has(name))) refuse('it both sets and removes one name');
  return { set: [...set], gone: [...gone] };
}
