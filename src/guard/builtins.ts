import { unescaped } from './escapes.ts';
import { afterFlags } from './flags.ts';
import { ENVIRONMENT, list, set, UNKNOWN } from './marks.ts';
import { credentialOfEnvironment, secretVariable } from './secrets.ts';
import type { Shell } from './shell.ts';

/** What a command does and prints; undefined where what it prints cannot be known. */
export type Builtin = (
  shell: Shell,
  given: readonly string[],
  stdin: string | undefined,
  name: string,
) => string | undefined;

/** No more is put together of one printf. */
const mostPrinted = 100_000;

function echoed(given: readonly string[]): string {
  const from = afterFlags(given.map((word) => (/^-[neE]+$/.test(word) ? word : 'x')));
  const text = given.slice(from).join(' ');
  return `${given.slice(0, from).join('').includes('e') ? unescaped(text) : text}\n`;
}

function formatted([format = '', ...given]: readonly string[]): string {
  if (format === '--' || format === '-v') return formatted(given.slice(format === '-v' ? 1 : 0));
  const pieces = unescaped(format).split(/%[-+ #0-9.]*([sbdqiuxc%])/);
  const slots = pieces.filter((piece, index) => index % 2 === 1 && piece !== '%').length;
  let output = '';
  let used = 0;
  do {
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 0 || piece === '%') output += piece;
      else {
        const word = given[used] ?? '';
        used += 1;
        output += piece === 'b' ? unescaped(word) : word;
      }
    }
  } while (used < given.length && slots > 0 && output.length < mostPrinted);
  return output;
}

const echo: Builtin = (_shell, given) => echoed(given);
const nameOf: Builtin = (_shell, given) => `${given.at(-1) ?? ''}\n`;
const declare: Builtin = (_shell, given) => (given.every((word) => /^-[px]+$/.test(word)) ? ENVIRONMENT : '');
const source: Builtin = (shell, given, stdin) =>
  shell.script(given[0] === '/dev/stdin' ? (stdin ?? '') : (shell.file(given[0]) ?? ''), stdin, given.slice(1));

const printf: Builtin = (shell, given) => {
  const output = formatted(given);
  if (given[0] !== '-v') return output;
  shell.assign(given[1] ?? '', output);
  return '';
};

const cat: Builtin = (shell, given, stdin) => {
  const files = given.filter((word) => !/^-./.test(word));
  if (files.length === 0) return stdin ?? '';
  return files.map((file) => shell.spend(file === '-' ? (stdin ?? '') : (shell.file(file) ?? UNKNOWN))).join('');
};

const tee: Builtin = (shell, given, stdin) => {
  for (const file of given) if (!file.startsWith('-')) shell.write(file, stdin ?? '', false);
  return stdin ?? '';
};

const alias: Builtin = (shell, given) => {
  for (const word of given) {
    const [name = '', ...value] = word.split('=');
    if (value.length > 0) shell.aliases.set(name, value.join('='));
  }
  return '';
};

const read: Builtin = (shell, given, stdin) => {
  const names = given.slice(afterFlags(given, set('-p -t -n -N -d -u -i')));
  for (const line of (stdin ?? UNKNOWN).split('\n').filter(Boolean).slice(0, 12)) {
    const fields = line.split(/\s+/);
    for (const [index, name] of names.entries()) {
      const value = index === names.length - 1 ? fields.slice(index).join(' ') : fields[index];
      shell.mayBe(name, value ?? '');
    }
  }
  return '';
};

const setOptions: Builtin = (shell, given) => {
  const at = given.indexOf('--');
  if (at !== -1) shell.arguments = given.slice(at + 1);
  return given.length === 0 ? ENVIRONMENT : '';
};

const shift: Builtin = (shell) => {
  shell.meter.spend(shell.arguments?.length ?? 0);
  shell.arguments = shell.arguments?.slice(1);
  return '';
};

const printenv: Builtin = (shell, given) => {
  if (given.some((name) => secretVariable.test(name)))
    shell.find({ program: 'printenv', kind: 'secret', what: credentialOfEnvironment });
  return given.length === 0 ? ENVIRONMENT : UNKNOWN;
};

const command: Builtin = (shell, given, stdin) =>
  /^-\w*[vV]/.test(given[0] ?? '') ? `${given[1] ?? ''}\n` : shell.run(given.slice(afterFlags(given)), stdin);

const shellNames = list('sh bash zsh dash ksh ash fish');
const valuesOfShell = set('--rcfile --init-file -o +o -O +O');

/** A shell: of `-c`, of a file that the text wrote, or of what it is piped. */
const inner: Builtin = (shell, given, stdin) => {
  let index = 0;
  let script = false;
  let reads = false;
  for (; index < given.length && /^[-+]./.test(given[index] ?? ''); index += 1) {
    const flag = given[index] ?? '';
    if (flag === '--') {
      index += 1;
      break;
    }
    if (valuesOfShell.has(flag)) index += 1;
    else if (!flag.startsWith('--')) {
      script ||= flag.includes('c');
      reads ||= flag.includes('s');
      if (/o$/i.test(flag)) index += 1;
    }
  }
  const [first, ...rest] = given.slice(index);
  if (script) return shell.script(first ?? '', stdin, rest.slice(1), rest[0]);
  if (first !== undefined && !reads && first !== '-' && first !== '/dev/stdin')
    return shell.script(shell.file(first) ?? '', stdin, rest);
  return shell.script(stdin ?? '', undefined, given.slice(index));
};

/** What a shell does itself, and shells. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['echo', echo],
  ['print', echo],
  ['printf', printf],
  ['cat', cat],
  ['tee', tee],
  ['eval', (shell, given, stdin) => shell.script(given.join(' '), stdin)],
  ['source', source],
  ['.', source],
  ['trap', (shell, given) => shell.script(given.find((word) => !word.startsWith('-')) ?? '', undefined)],
  ['alias', alias],
  ['read', read],
  ['set', setOptions],
  ['shift', shift],
  ['export', (_shell, given) => (given.every((word) => word === '-p') ? ENVIRONMENT : '')],
  ['declare', declare],
  ['local', declare],
  ['typeset', declare],
  ['readonly', declare],
  ['printenv', printenv],
  ['command', command],
  ['which', nameOf],
  ['type', nameOf],
  ...shellNames.map((name) => [name, inner] as const),
]);

export function isShell(name: string | undefined): boolean {
  return name !== undefined && shellNames.includes(name);
}
