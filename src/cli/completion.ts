import { Argument, Command } from 'commander';
import type { CliContext } from './terminal.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** One place on the line: the commands and options that may follow `path`. */
interface Place {
  /** `''` for the program itself, `call kubectl_get` below. */
  readonly path: string;
  readonly commands: readonly Candidate[];
  readonly options: readonly Candidate[];
}

interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** `castellan completion <shell>`: a script made from the command tree, the tools under `call` among it. */
export function completionCommand({ terminal }: CliContext): Command {
  const command = new Command('completion')
    .description('print a completion script, to be sourced by the shell')
    .addArgument(new Argument('<shell>', 'whose').choices(shells));
  return command.action((shell: Shell) => {
    const places = placesOf(rootOf(command), []);
    terminal.out(scripts[shell](places).trimEnd());
  });
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function placesOf(command: Command, inherited: readonly Candidate[], path: readonly string[] = []): readonly Place[] {
  const own = command.options.map(({ long, description }) => ({ word: long ?? '', description }));
  const options = [...own, ...inherited].filter(isPlain);
  const commands = command.commands.map((inner) => ({ word: inner.name(), description: inner.description() }));
  const arguments_ = command.registeredArguments
    .flatMap(({ argChoices }) => argChoices ?? [])
    .map((word) => ({ word, description: '' }));
  const place = { path: path.join(' '), commands: [...commands, ...arguments_].filter(isPlain), options };
  const passedOn = command.parent === null ? own.filter(({ word }) => word !== '--version') : inherited;
  return [place, ...command.commands.flatMap((inner) => placesOf(inner, passedOn, [...path, inner.name()]))];
}

/** A word that means the same to every shell, unquoted. */
function isPlain({ word }: Candidate): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(word);
}

/** Text between single quotes means itself; what would end or escape them is left out. */
function quoted(text: string, before = ''): string {
  return `'${before}${text.replace(/[^\x20-\x7E]|['\\:[\]`$"]/g, ' ').slice(0, 80)}'`;
}

const wordsOf = ({ commands, options }: Place): string => [...commands, ...options].map(({ word }) => word).join(' ');

const scripts: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: (places) => `# bash completion for castellan: source <(castellan completion bash)
_castellan() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' next word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    next="\${path:+$path }$word"
    case "$next" in
${caseOf(places)} path="$next" ;;
    esac
  done
  case "$path" in
${places.map((place) => `    '${place.path}') mapfile -t COMPREPLY < <(compgen -W '${wordsOf(place)}' -- "$current") ;;`).join('\n')}
  esac
}
complete -o default -F _castellan castellan
`,
  zsh: (places) => `#compdef castellan
# zsh completion for castellan: source <(castellan completion zsh)
_castellan() {
  local route='' next i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    next="\${route:+$route }\${words[i]}"
    case "$next" in
${caseOf(places)} route="$next" ;;
    esac
  done
  case "$route" in
${places
  .map(
    ({ path, commands, options }) =>
      `    '${path}') found=(${[...commands, ...options].map(({ word, description }) => quoted(description, `${word}:`)).join(' ')}) ;;`,
  )
  .join('\n')}
  esac
  _describe -o 'castellan' found || _files
}
compdef _castellan castellan
`,
  fish: (places) => `# fish completion for castellan: castellan completion fish | source
function __castellan_path
  set -l path ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$path $word")
    switch "$next"
      case ${places.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`])).join(' ')}
        set path "$next"
    end
  end
  echo "$path"
end
${places
  .flatMap(({ path, commands, options }) => {
    const here = `complete -c castellan -n 'test (__castellan_path) = "${path}"'`;
    return [
      ...commands.map(({ word, description }) => `${here} -f -a ${word} -d ${quoted(description)}`),
      ...options.map(({ word, description }) => `${here} -l ${word.slice(2)} -d ${quoted(description)}`),
    ];
  })
  .join('\n')}
`,
};

function caseOf(places: readonly Place[]): string {
  const paths = places.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  return `      ${paths.join(' | ')})`;
}
