import { Command, Option } from 'commander';
import { changeId, setId } from '../../change/wire/change.ts';
import { runId } from '../../change/wire/run.ts';
import { defineErrors } from '../../kit/index.ts';
import type { CliContext } from '../terminal.ts';
import { askKeep } from './ask-keep.ts';
import { openBrowser } from './browser.ts';
import { addressOf, showRun, showSet } from './change-words.ts';
import { keepFileOf } from './keep-file.ts';

const showError = defineErrors({
  'id-unknown': { audience: 'operator', meaning: 'What was to be shown is no id of a change, a set or a run.' },
});

/** `castellan show <id>`: all of it in a terminal. Deciding takes a passkey, so a browser. */
export function showCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('show')
    .description('show a change, a set or a plan run; --open opens the page where a human decides')
    .argument('<id>', 'chg_…, set_… or run_…')
    .addOption(new Option('--open', 'open the page in a browser'));
  return command.action(async (id: string, options: { open?: true }) => {
    const file = keepFileOf(command, context);
    const run = runId.safeParse(id).success;
    if (!run && !changeId.safeParse(id).success && !setId.safeParse(id).success) {
      throw showError('id-unknown', {
        message: 'this is no id like chg_…, set_… or run_…',
        next: '`castellan changes` lists them',
      });
    }
    const reply = run
      ? await askKeep(file, { verb: 'status', of: 'run', id, waitMs: 0 })
      : await askKeep(file, { verb: 'status', of: 'change', id, waitMs: 0 });
    const lines =
      reply.run === undefined ? showSet(reply.changes ?? [], reply.keep, new Date()) : showRun(reply.run, reply.keep);
    for (const line of lines) terminal.out(line);
    if (options.open === true) await openBrowser(addressOf(reply.keep, reply.changes?.[0]?.set ?? id), terminal);
  });
}
