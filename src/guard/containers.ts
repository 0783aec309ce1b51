import { type Builtin, isShell } from './builtins.ts';
import { afterFlags } from './flags.ts';
import { isGuarded } from './guarded.ts';
import { set, UNKNOWN } from './marks.ts';

const flagsBeforeVerb = set('-H --host -c --context -l --log-level --config --url -n --namespace -f --file -p');
/** Flags of `run` and `exec` that have no value; those that are not here have one. */
const bare =
  /^(?:-[itdPqT]+|--(?:rm|init|privileged|interactive|tty|detach|read-only|no-healthcheck|publish-all|quiet|no-deps|service-ports|build|no-TTY|help|[\w-]+=.*))$/;

function indexOfImage(given: readonly string[]): number {
  let index = 0;
  for (; index < given.length; index += 1) {
    const word = given[index] ?? '';
    if (word === '--') return index + 1;
    if (!word.startsWith('-')) return index;
    const attached = !word.startsWith('--') && /^-[a-z]./.test(word);
    if (!bare.test(word) && !attached) index += 1;
  }
  return index;
}

/** docker and its like: the command that runs in the container. */
export const container: Builtin = (shell, given, stdin) => {
  let from = afterFlags(given, flagsBeforeVerb);
  if (given[from] === 'compose' || given[from] === 'container') {
    from += 1;
    from += afterFlags(given.slice(from), flagsBeforeVerb);
  }
  const [verb, ...words] = given.slice(from);
  if (verb !== 'run' && verb !== 'exec' && verb !== 'create') return undefined;
  const image = indexOfImage(words);
  const command = words.slice(image + 1);
  const entry = words.slice(0, image).findIndex((word) => word.startsWith('--entrypoint'));
  if (entry !== -1) {
    const program = words[entry]?.split('=')[1] ?? words[entry + 1] ?? '';
    return shell.run([program, ...command], stdin);
  }
  shell.run(command, stdin);
  const base = (words[image] ?? '').replace(/^.*\//, '').replace(/[:@].*$/, '');
  // The entry point of an image is the program it is named after.
  if (verb === 'run' && isGuarded(base) && !isGuarded(command[0]) && !isShell(command[0])) {
    shell.run([base, ...command], stdin);
  }
  return UNKNOWN;
};
