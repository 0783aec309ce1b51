import type { JsonObject, JsonValue } from '../../kit/json.ts';
import { idsIn, type Parsed } from './arguments.ts';
import type { MemoryContext } from './context.ts';
import { progressOn } from './progress.ts';
import type { ReachedDaemon } from './reach-daemon.ts';
import { inParts } from './tool-commands.ts';
import { exportCommand, getContent } from './transfer/export-command.ts';
import { importCommand } from './transfer/import-command.ts';

/** The commands that agents have no tool for. Each gives its exit code. */
type Run = (parsed: Parsed, context: MemoryContext, daemon: ReachedDaemon) => Promise<number>;

/** What one command takes. */
const mostIds = 200;

export const operatorCommands: Readonly<Record<string, Run>> = {
  get: getContent,
  export: exportCommand,
  import: importCommand,
  stats: (parsed, context, daemon) => shown('memory.stats', parsed, context, daemon),
  reembed: (parsed, context, daemon) => shown('memory.reembed', parsed, context, daemon),
  bench: (parsed, context, daemon) => shown('memory.bench', parsed, context, daemon),
  doctor: (parsed, context, daemon) => shown('memory.standing', parsed, context, daemon),
  restore: (parsed, context, daemon) => eachOf('memory.restore', 'restored', parsed, context, daemon),
  erase: async (parsed, context, daemon) => {
    const { terminal } = context;
    if (!parsed.options.flag('yes')) {
      const ids = idsIn(parsed.words).join(', ');
      const said = await terminal.ask?.(`erase ${ids} with all their history? There is no way back. [y/N] `);
      if (said === undefined || !/^y(es)?$/i.test(said.trim())) {
        terminal.err(
          said === undefined ? 'nothing was erased: nobody is here to ask; --yes erases unasked' : 'nothing was erased',
        );
        return 1;
      }
    }
    return eachOf('memory.erase', 'erased', parsed, context, daemon);
  },
};

async function shown(
  command: string,
  { json }: Parsed,
  context: MemoryContext,
  daemon: ReachedDaemon,
): Promise<number> {
  const { terminal } = context;
  const answer = await daemon.command(command, {}, progressOn(context));
  if (json) terminal.out(JSON.stringify(answer));
  else for (const line of linesOf(answer)) terminal.out(line);
  return 0;
}

async function eachOf(
  command: string,
  done: string,
  { words, json }: Parsed,
  { terminal }: MemoryContext,
  daemon: ReachedDaemon,
): Promise<number> {
  const ids = [...new Set(idsIn(words))];
  for (const part of inParts(ids, mostIds)) await daemon.command(command, { ids: part });
  terminal.out(json ? JSON.stringify({ [done]: ids }) : `${done} ${ids.map((id) => `#${id}`).join(', ')}`);
  return 0;
}

/** Data as lines: names to the left, what belongs to a name below it. */
export function linesOf(value: JsonObject, indent = ''): readonly string[] {
  const width = Math.max(0, ...Object.keys(value).map(({ length }) => length)) + 2;
  return Object.entries(value).flatMap(([name, held]) => {
    const label = `${indent}${name.replaceAll('_', ' ').padEnd(width)}`;
    if (isObject(held)) return [label.trimEnd(), ...linesOf(held, `${indent}  `)];
    if (Array.isArray(held) && held.some(isObject)) {
      return [
        label.trimEnd(),
        ...held.map((item: JsonValue) => `${indent}  ${isObject(item) ? rowOf(item) : plain(item)}`),
      ];
    }
    return [`${label}${Array.isArray(held) ? held.map(plain).join(', ') || '-' : plain(held)}`];
  });
}

function rowOf(value: JsonObject): string {
  return Object.entries(value)
    .map(([name, held]) => `${name} ${isObject(held) ? JSON.stringify(held) : plain(held)}`)
    .join(' · ');
}

function plain(value: JsonValue): string {
  if (value === null) return '-';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // What somebody wrote speaks to no terminal, and makes no line of its own.
  return text.replace(/[\p{C}\u2028\u2029]+/gu, ' ');
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
