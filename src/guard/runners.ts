import type { Builtin } from './builtins.ts';
import { container } from './containers.ts';
import { quote } from './escapes.ts';
import { afterFlags } from './flags.ts';
import { ENVIRONMENT, list, set, UNKNOWN } from './marks.ts';
import { mentions } from './mentioned.ts';
import { wrapping } from './wrappers.ts';

/** So many lines are tried where a command runs once for each. */
const mostLines = 50;

const xargsValues = set(
  '-I -i -n -P -L -s -d -a -E -J -R --max-args --max-procs --max-lines --delimiter --arg-file --replace',
);

const xargs: Builtin = (shell, given, stdin) => {
  const from = afterFlags(given, xargsValues);
  const flags = given.slice(0, from);
  const command = given.slice(from);
  const at = flags.findIndex((word) => /^-[IJ]|^--replace/.test(word));
  const whole = flags.some((word) => /^-\w*0|^--null/.test(word));
  const known = stdin !== undefined && !stdin.includes(UNKNOWN);
  if (at === -1) {
    const fed = known ? (whole ? [stdin] : list(stdin).slice(0, 200)) : [UNKNOWN];
    return shell.run([...command, ...fed], stdin);
  }
  const mark = (flags[at] ?? '').replace(/^-[IJ]|^--replace=?/, '') || given[at + 1] || '{}';
  const lines = known ? stdin.split('\n').filter(Boolean).slice(0, mostLines) : [UNKNOWN];
  for (const line of lines)
    shell.run(
      command.map((word) => shell.fill(word, mark, line)),
      undefined,
    );
  return UNKNOWN;
};

const parallelValues = set('-j -S -a -n -N -L -d -I --jobs --delay --retries --timeout --joblog --results --tmpdir');

const parallel: Builtin = (shell, given, stdin) => {
  const from = afterFlags(given, parallelValues);
  const [command = '', ...more] = given
    .slice(from)
    .join('\n')
    .split(/\n:::\+?\n|^:::\n/);
  const script = command.replaceAll('\n', ' ').replace(/\{[^{}]*\}/g, '{}');
  const fed = more.length > 0 ? more.join('\n').split('\n') : (stdin ?? UNKNOWN).split('\n').filter(Boolean);
  for (const one of fed.slice(0, mostLines))
    shell.script(script.includes('{}') ? shell.fill(script, '{}', one) : `${script} ${one}`, undefined);
  return UNKNOWN;
};

const sshValues = set('-p -i -l -o -F -J -L -R -D -b -c -E -e -I -m -O -Q -S -W -w -B');

const ssh: Builtin = (shell, given, stdin) => {
  const command = given.slice(afterFlags(given, sshValues) + 1);
  if (command.length === 0) return shell.script(stdin ?? '', undefined);
  return shell.script(command.slice(command[0]?.startsWith('-') ? afterFlags(command) : 0).join(' '), stdin);
};

const find: Builtin = (shell, given, stdin) => {
  for (let index = 0; index < given.length; index += 1) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(given[index] ?? '')) continue;
    const command: string[] = [];
    for (const word of given.slice(index + 1)) {
      if (word === ';' || word === '+') break;
      command.push(word.replaceAll('{}', UNKNOWN));
    }
    shell.run(command, stdin);
  }
  return UNKNOWN;
};

const envValues = set('-u --unset -C --chdir -S --split-string');
const nothing = wrapping('');

const env: Builtin = (shell, given, stdin) => {
  const from = afterFlags(given, envValues);
  const split = given.slice(0, from).findIndex((word) => /^(?:-\w*S|--split-string)/.test(word));
  if (split !== -1) {
    const attached = (given[split] ?? '').replace(/^(?:-\w*S|--split-string=?)/, '');
    const [first = '', ...rest] = [...(attached === '' ? [] : [attached]), ...given.slice(split + 1)];
    return shell.script([first, ...rest.map(quote)].join(' '), stdin);
  }
  const rest = given.slice(from);
  return rest.every((word) => /^\w+=/.test(word)) ? ENVIRONMENT : shell.wrapped(nothing, rest, stdin);
};

/** Another language: what its text says of guarded programs. */
const interpreter: Builtin = (shell, given, stdin, name) => {
  const inline = /awk$/.test(name)
    ? given.some((word) => /system|\||getline/.test(word))
    : given.some((word) => /^(?:-{1,2}[a-zA-Z]*(?:c|e|E|r|p|eval|print)|eval)$|^-e./.test(word));
  const reads = stdin !== undefined && given.every((word) => word.startsWith('-'));
  if (inline) mentions(shell, given.join('\n'));
  else if (reads && /system|popen|exec|spawn|subprocess|shell|`/i.test(stdin)) mentions(shell, stdin);
  return UNKNOWN;
};

/** The word behind `-c` is a script. */
const su: Builtin = (shell, given, stdin) => {
  for (const [index, word] of given.entries())
    if (word === '-c' || word === '--command') shell.script(given[index + 1] ?? '', stdin);
  return undefined;
};

const flock: Builtin = (shell, given, stdin) => {
  su(shell, given, stdin, 'flock');
  return shell.wrapped(wrapping('-w -E --timeout', 1), given, stdin);
};

const tmux: Builtin = (shell, given, stdin) => {
  for (const word of given) if (/\s/.test(word)) shell.script(word, stdin);
  return undefined;
};

/** Programs that run others in a way of their own. */
export const runners: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['env', env],
  ['xargs', xargs],
  ['parallel', parallel],
  ['find', find],
  ['fd', find],
  ['ssh', ssh],
  ['at', (shell, _given, stdin) => shell.script(stdin ?? '', undefined)],
  ['su', su],
  ['flock', flock],
  ['tmux', tmux],
  ...list('docker podman nerdctl').map((name) => [name, container] as const),
  ...list('python python3 node deno bun perl ruby php awk gawk mawk').map((name) => [name, interpreter] as const),
]);
