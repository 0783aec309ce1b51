import type { JsonObject } from '../../kit/json.ts';
import type { Terminal } from '../terminal.ts';
import { idsIn, type Parsed } from './arguments.ts';
import type { MemoryContext } from './context.ts';
import { openCommand } from './open-command.ts';
import { benchLines, doctorLines, hasFailed, reembedLines, statsLines } from './operator-text.ts';
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
  open: openCommand,
  export: exportCommand,
  import: importCommand,
  stats: asking('memory.stats', statsLines),
  reembed: asking('memory.reembed', reembedLines),
  bench: asking('memory.bench', benchLines),
  doctor: asking('memory.standing', doctorLines, (answer) => (hasFailed(answer) ? 1 : 0)),
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

/** Asks and shows: for a person by `lines`, with --json as it came. */
function asking(
  command: string,
  lines: (answer: JsonObject, terminal: Terminal) => readonly string[],
  code: (answer: JsonObject) => number = () => 0,
): Run {
  return async ({ json }, context, daemon) => {
    const { terminal } = context;
    const answer = await daemon.command(command, {}, progressOn(context));
    for (const line of json ? [JSON.stringify(answer)] : lines(answer, terminal)) terminal.out(line);
    return code(answer);
  };
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
