import { Command, Option } from 'commander';
import { z } from 'zod';
import type { FingerprintsReply } from '../change/wire/secret.ts';
import { defineErrors } from '../kit/index.ts';
import type { FingerprintCoverage } from '../redaction/known/fingerprints.ts';
import { controlDaemon } from '../server/shim/daemon-link.ts';
import { daemonAddress, globalOptions } from './global-options.ts';
import { askKeep } from './keep/ask-keep.ts';
import { keepFileOf } from './keep/keep-file.ts';
import { coverageLines, knownValuesLines, knownValuesState } from './known-values-words.ts';
import type { CliContext } from './terminal.ts';

const redactionError = defineErrors({
  'redaction-not-refreshed': {
    audience: 'operator',
    meaning: 'The keep was asked to read Vault again, and what it knows now is not what Vault holds.',
  },
});

/** A whole Vault is read. */
const refreshMs = 600_000;

/** `castellan redaction`: what the values that Vault keeps are masked by. `status` asks the daemon, `refresh` the keep, as a human. */
export function redactionCommand(context: CliContext): Command {
  return new Command('redaction')
    .description('which values of Vault are masked, and reading them again')
    .addCommand(statusCommand(context))
    .addCommand(refreshCommand(context));
}

function statusCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('status')
    .description('say which values the running daemon masks and what is not covered; exit 1 when they are not current')
    .addOption(new Option('--json', 'as JSON'));
  return command.action(async (options: { json?: true }) => {
    const address = daemonAddress(globalOptions(command), context);
    const reached = await controlDaemon(address, 'status');
    if (reached === undefined) {
      terminal.err(`no daemon runs on ${address.home}, so nothing is masked and nothing is answered`);
      process.exitCode = 1;
      return;
    }
    const { known_values: known } = z.object({ known_values: knownValuesState.optional() }).parse(reached.answer);
    if (options.json === true) terminal.out(JSON.stringify(known ?? null));
    else if (known === undefined) terminal.out('no Vault is configured: values are masked by their shape alone');
    else for (const line of knownValuesLines(known)) terminal.out(line);
    if (known !== undefined && known.state !== 'current') process.exitCode = 1;
  });
}

function refreshCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('refresh').description(
    'have the fingerprinter read all of Vault again, now; --config names keep.yaml',
  );
  return command.action(async () => {
    if (terminal.interactive) terminal.err('… the fingerprinter reads Vault');
    const { fingerprints } = await askKeep(keepFileOf(command, context), { verb: 'refresh' }, refreshMs);
    for (const line of refreshedLines(fingerprints)) terminal.out(line);
    if ((fingerprints?.coverage?.unread.length ?? 0) > 0) process.exitCode = 1;
  });
}

/** What is covered now. Errors: `redaction-not-refreshed`. */
export function refreshedLines(reply: FingerprintsReply | undefined): readonly string[] {
  if (reply?.state !== 'ready' || reply.why !== undefined || reply.coverage === undefined) {
    const knows = reply?.coverage === undefined ? 'nothing' : 'what it knew before';
    throw redactionError('redaction-not-refreshed', {
      message: `the keep knows ${knows}: ${reply?.why ?? reply?.state ?? 'it answered with something else'}`,
      next: 'look at the log of the fingerprinter, and at `castellan doctor`',
    });
  }
  return [`values  read again · generation ${reply.generation ?? 'unknown'}`, ...coverageLines(asTold(reply.coverage))];
}

function asTold({ at, mounts, secrets, values, byClass, skipped, unread, inRepository }: FingerprintCoverage) {
  const looked = Math.round((Date.now() - Date.parse(at)) / 1000);
  return {
    looked_seconds_ago: Number.isNaN(looked) ? null : looked,
    mounts,
    secrets,
    values,
    by_class: byClass,
    skipped: skipped.count,
    unread,
    in_repository: inRepository.length,
  };
}
