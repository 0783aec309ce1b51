import { set } from './marks.ts';

/** A program that runs the words behind its flags. */
export interface Wrapper {
  /** Flags whose value is a word of its own. */
  readonly values: ReadonlySet<string>;
  /** Words behind the flags that are not the command yet. */
  readonly skip: number;
}

export function wrapping(values: string, skip = 0): Wrapper {
  return { values: set(values), skip };
}

export const wrappers: ReadonlyMap<string, Wrapper> = new Map([
  [
    'sudo',
    wrapping(
      '-u -g -h -p -C -r -t -T -D -R -U --user --group --host --prompt --chdir --chroot --role --type --other-user',
    ),
  ],
  ['doas', wrapping('-u -C -a')],
  ['exec', wrapping('-a')],
  ['builtin', wrapping('')],
  ['nohup', wrapping('')],
  ['time', wrapping('-f -o --format --output')],
  ['timeout', wrapping('-s -k --signal --kill-after', 1)],
  ['nice', wrapping('-n --adjustment')],
  ['ionice', wrapping('-c -n -p -P -u --class --classdata')],
  ['stdbuf', wrapping('-i -o -e --input --output --error')],
  ['setsid', wrapping('')],
  ['chroot', wrapping('', 1)],
  ['busybox', wrapping('')],
  ['watch', wrapping('-n -q --interval --equexit')],
]);
