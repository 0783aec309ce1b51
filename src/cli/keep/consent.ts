import { join } from 'node:path';
import { Command, Option } from 'commander';
import { type RunView, runId } from '../../change/wire/run.ts';
import { defineErrors, stripHiddenCharacters } from '../../kit/index.ts';
import type { CliContext } from '../terminal.ts';
import { askKeep } from './ask-keep.ts';
import { confirmed } from './confirm.ts';
import { keepFileOf } from './keep-file.ts';
import { assertCounted, assertRoot, writeRootFile } from './root-file.ts';

const consentError = defineErrors({
  'consent-not-asked': { audience: 'operator', meaning: 'The run does not wait for consent.' },
});

/** `castellan consent <run>`: root lets a proposal be parsed and planned that may run code of its own while it is. */
export function consentCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('consent')
    .description(
      'let the keep parse and plan a proposal that needs it: it may run code of its own, in the sandbox (root)',
    )
    .argument('<run>', 'run_…')
    .addOption(new Option('--yes', 'do not ask'));
  return command.action(async (run: string, options: { yes?: true }) => {
    assertRoot('what may be parsed');
    const id = runId.safeParse(run);
    if (!id.success) throw notAsked('this is not the id of a run');
    const file = keepFileOf(command, context);
    const { run: view, keep } = await askKeep(file, { verb: 'status', of: 'run', id: id.data, waitMs: 0 });
    if (view?.state !== 'needs-consent' || view.consent === undefined) {
      throw notAsked(`the run is ${view?.state ?? 'unknown'}`);
    }
    assertCounted(keep);
    for (const line of linesOf(view, view.consent)) terminal.out(line);
    if (!(await confirmed(terminal, view.id, options.yes === true))) return;
    const written = writeRootFile(file, join('consents', view.consent), `${view.id} ${new Date().toISOString()}`);
    terminal.out(`written to ${written}; the keep goes on with it`);
  });
}

function notAsked(message: string): Error {
  return consentError('consent-not-asked', { message, next: 'consent to a run whose state is needs-consent' });
}

/** What it is for. Names come from a proposal of an agent: nothing in them reaches the terminal but letters. */
export function linesOf(view: RunView, digest: string): readonly string[] {
  const plain = (text: string): string => stripHiddenCharacters(text).replace(/\s+/g, ' ');
  return [
    `run       ${view.id}`,
    `asked by  ${plain(view.agent)} for ${plain(view.human)}`,
    ...(view.reason === undefined ? [] : [`because   ${plain(view.reason)} (their words)`]),
    `stack     ${plain(view.stack)}`,
    `base      commit ${view.base}`,
    `proposed  tree ${view.proposed ?? 'the base itself'}`,
    `consent   ${digest}`,
    `changes   ${view.changedFiles.length} file(s)`,
    ...view.changedFiles.map(({ path, change }) => `  ${change.padEnd(8)} ${plain(path)}`),
    'findings',
    ...view.findings.map(({ verdict, rule, file, line, message }) => {
      const place = file === undefined ? '' : ` ${plain(file)}${line === undefined ? '' : `:${line}`}`;
      return `  ${verdict.padEnd(8)} ${rule}${place}: ${plain(message)}`;
    }),
    'Consent lets exactly this be parsed and planned in the sandbox. It approves nothing and applies nothing.',
  ];
}
