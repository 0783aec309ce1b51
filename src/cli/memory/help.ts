import { type CommandSpec, everywhere, type OptionSpec } from './arguments.ts';
import { commands } from './commands.ts';

export function helpLines(command: string): readonly string[] {
  const spec = commands[command];
  return spec === undefined ? overview() : helpOf(command, spec);
}

function overview(): readonly string[] {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length)) + 2;
  return [
    'memory-tool <command>: the memories of this machine’s agents, by hand',
    '',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`),
    '',
    ...optionLines(everywhere),
    '',
    'Where a daemon runs, it answers; where none runs, this program is one for the moment it takes.',
    'It ends with 0 when it is done, 1 when something was refused or failed, 2 when it was used wrongly.',
  ];
}

function helpOf(command: string, { summary, words, count, options, more, examples }: CommandSpec): readonly string[] {
  const behind = count[1] === 0 ? '' : ` ${words}`;
  return [
    `memory-tool ${command}${behind}: ${summary}`,
    ...(more === undefined ? [] : ['', more]),
    '',
    ...optionLines({ ...options, ...everywhere }),
    ...(examples.length === 0 ? [] : ['', ...examples.map((example) => `  ${example}`)]),
  ];
}

function optionLines(options: Readonly<Record<string, OptionSpec>>): readonly string[] {
  const named = Object.entries(options).map(([name, { value, help }]) => ({
    flag: value === undefined ? `--${name}` : `--${name} <${value}>`,
    help,
  }));
  const width = Math.max(...named.map(({ flag }) => flag.length)) + 2;
  return named.map(({ flag, help }) => `  ${flag.padEnd(width)}${help}`);
}
