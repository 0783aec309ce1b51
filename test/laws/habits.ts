import { codeOf, importsOf, isTestOnly, resolveImport, type Source } from './sources.ts';

/**
 * Habits a reader may rely on in every file: who may touch what leaves or enters the process, and what no file does. Each
 * names the files that may; the list is the place to argue about a new one.
 */
interface Habit {
  readonly name: string;
  /** Files that are asked; tests are free unless a habit says otherwise. */
  appliesTo(path: string): boolean;
  /** Paths, or folders ending in `/`, that may. */
  readonly allowed: readonly string[];
  isBroken(source: Source): boolean;
}

const shipped = (path: string): boolean => /^(src|tools|memory)\//.test(path) && !isTestOnly(path);
const everywhere = (): boolean => true;

const contains =
  (pattern: RegExp) =>
  (source: Source): boolean =>
    pattern.test(codeOf(source));

const importsAny =
  (...names: readonly string[]) =>
  (source: Source): boolean =>
    importsOf(source).some((specifier) => names.some((name) => specifier === name || specifier.startsWith(`${name}/`)));

const poorNames = ['utils', 'util', 'helpers', 'helper', 'manager', 'types', 'common', 'misc', 'base', 'impl'];

export const habits: readonly Habit[] = [
  {
    name: 'only src/config reads the environment',
    appliesTo: shipped,
    // The guard is a program of its own, made into one file.
    allowed: ['src/config/', 'src/guard/main.ts'],
    isBroken: contains(
      /\bprocess\s*(\??\.\s*env\b|\[\s*['"`]env)|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|\{[^}]*\benv\b[^}]*\}\s*from\s*'node:process'/,
    ),
  },
  {
    name: 'nobody prints with console',
    appliesTo: shipped,
    allowed: [],
    // The keep's console is a page, and the key of its configuration.
    isBroken: contains(/(?<![.\w/])console\s*(\.|\[)|'node:console'/),
  },
  {
    name: 'only the terminal and the shim write to stdout, which belongs to the protocol',
    appliesTo: shipped,
    allowed: ['src/cli/terminal.ts', 'src/server/shim/', 'src/guard/main.ts'],
    isBroken: contains(
      /\bprocess\s*(\??\.\s*stdout\b|\[\s*['"`]stdout)|\bstdout\b[^;]*from\s*'node:process'|\bwriteSync\(\s*1\b/,
    ),
  },
  {
    name: 'only the renderer opens untrusted text, and evidence, which keeps it redacted',
    appliesTo: shipped,
    allowed: ['src/kit/untrusted.ts', 'src/kit/tally.ts', 'src/incident/sources/opened.ts'],
    isBroken: contains(/\bopenForRendering\b/),
  },
  {
    name: 'programs are started by the shim, for a kubeconfig’s credential plugin, by the keep, and by a human’s own init and install',
    appliesTo: shipped,
    allowed: [
      'src/server/shim/',
      'src/cluster/transport/plugin.ts',
      'src/cli/kubernetes/kubectl.ts',
      'src/cli/keep/browser.ts',
      'src/cli/install/accounts.ts',
      'src/iac/git/program.ts',
      'src/keep/planner/',
      'src/keep/sandbox/',
      'src/keep/fingerprinter/start.ts',
    ],
    isBroken: importsAny('node:child_process', 'child_process', 'execa'),
  },
  {
    name: 'a thread is started in one place, for the patterns of agents',
    appliesTo: shipped,
    allowed: ['src/cluster/predicate/'],
    isBroken: importsAny('node:worker_threads', 'worker_threads'),
  },
  {
    name: 'only the keep reads, writes or unwraps the values of secrets',
    appliesTo: (path) => !isTestOnly(path) && path !== 'src/vault/values.ts',
    allowed: ['src/keep/'],
    // Passing it on, as a barrel would, opens it to everybody.
    isBroken: (source) =>
      importsOf(source).some((name) => name.startsWith('.') && resolveImport(source, name) === 'src/vault/values.ts'),
  },
  {
    name: 'nobody opens a WebSocket: exec, attach and port-forward need one',
    appliesTo: shipped,
    allowed: [],
    isBroken: (source) => importsAny('ws', 'isomorphic-ws')(source) || /\bnew WebSocket\b/.test(codeOf(source)),
  },
  {
    name: 'no file is longer than 400 lines',
    appliesTo: everywhere,
    allowed: [],
    isBroken: ({ text }) => text.trimEnd().split('\n').length > 400,
  },
  {
    name: 'a file is named after what it holds',
    appliesTo: everywhere,
    allowed: [],
    isBroken: ({ path }) => poorNames.includes(path.split('/').at(-1)?.split('.')[0] ?? ''),
  },
  {
    name: 'no check is switched off',
    appliesTo: everywhere,
    allowed: [],
    isBroken: contains(/\bas\s+any\b|:\s*any\b|<\s*any\s*>/),
  },
  {
    name: 'no comment silences a checker',
    appliesTo: everywhere,
    allowed: [],
    isBroken: ({ text }) => /@ts-(ignore|nocheck|expect-error)|(biome|eslint|oxlint)-(ignore|disable)/.test(text),
  },
  {
    name: 'no test is skipped, left to do, or run alone',
    appliesTo: (path) => isTestOnly(path),
    allowed: [],
    isBroken: contains(/\b(test|it|describe)\s*\.\s*(skip|only|todo|fails)\b/),
  },
];

export function brokenHabit(habit: Habit, sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ path }) => habit.appliesTo(path) && !habit.allowed.some((place) => isAt(path, place)))
    .filter((source) => habit.isBroken(source))
    .map(({ path }) => path);
}

function isAt(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}
