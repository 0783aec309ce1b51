import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { loadKeepConfig, ownersFor, readRootApprovers } from '../../keep/index.ts';
import { defineErrors } from '../../kit/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import { readBuild } from '../../server/build.ts';
import { createLog } from '../../server/log.ts';
import type { CliContext } from '../terminal.ts';
import { keepFileOf } from './keep-file.ts';

const exportError = defineErrors({
  'export-user': { audience: 'operator', meaning: 'The keep’s journal is not opened by anybody but its own user.' },
  'bundle-unreadable': { audience: 'operator', meaning: 'A bundle could not be read, or not be written.' },
});

interface ExportFlags {
  readonly out?: string;
  readonly seatBelt?: boolean;
}

/** `castellan audit export <id>`: all there is of a set of changes or of a request, for whoever proves it without the keep. */
export function auditExportCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('export')
    .description('write what was signed and what came of it into one file, while the keep is stopped and as its user')
    .argument('<id>', 'chg_…, set_… or req_…')
    .addOption(new Option('--out <file>', 'where to; without it to stdout'))
    .addOption(new Option('--seat-belt', 'of a keep that runs under it'));
  return command.action(async (id: string, { out, seatBelt = false }: ExportFlags) => {
    const config = loadKeepConfig(keepFileOf(command, context), { seatBelt });
    assertOwnUser(config.stateDirectory);
    const [{ exportBundle }, { openJournal }, { loadKeepId }, { relyingPartyOf }] = await Promise.all([
      import('../../keep/bundle/export.ts'),
      import('../../keep/journal/journal.ts'),
      import('../../keep/approvers/keep-id.ts'),
      import('../../keep/approvers/relying-party.ts'),
    ]);
    const socket = join(config.directories.humans, 'human.sock');
    const log = createLog('error', createRedactor());
    await using journal = await openJournal({ config, build: readBuild().version, socket, log });
    const bundle = await exportBundle(id, {
      journal,
      rootApprovers: readRootApprovers(config.file, ownersFor(seatBelt)).approvers,
      keep: loadKeepId(config.stateDirectory),
      origin: relyingPartyOf(config.console).origin,
      boundary: seatBelt ? 'same user' : 'separate user',
      now: () => new Date(),
    });
    const text = JSON.stringify(bundle, null, 2);
    if (out === undefined) terminal.out(text);
    else {
      writeFileSync(resolve(context.cwd, out), `${text}\n`, { flag: 'wx', mode: 0o600 });
      const what = bundle.request?.id ?? `${bundle.changes.length} change(s) of ${bundle.set}`;
      terminal.out(`written to ${out}: ${what}, SHA-256 ${bundle.digest}`);
    }
  });
}

/** Whoever else opens the database leaves files in it that the keep cannot write. */
function assertOwnUser(directory: string): void {
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid ?? statSync(dirname(directory)).uid;
  if (owner === process.geteuid?.()) return;
  throw exportError('export-user', {
    message: `the journal in ${directory} belongs to another user`,
    next: `run it as that user: sudo -u '#${owner}' castellan audit export …`,
  });
}

const marks = { pass: 'ok     ', fail: 'FAIL   ', unknown: 'unknown' } as const;

/** `castellan audit verify-bundle <file>`: needs no keep, no configuration and no network; exit 1 when anything fails. */
export function verifyBundleCommand({ terminal, cwd }: CliContext): Command {
  return new Command('verify-bundle')
    .description('prove an exported bundle from itself: every signature, digest and order')
    .argument('<file>', 'what `castellan audit export` wrote')
    .addOption(
      new Option(
        '--approver <fingerprint...>',
        'fingerprints of root’s approvers that you trust, from elsewhere than the file',
      ),
    )
    .addOption(new Option('--origin <url>', 'the address of the console, from elsewhere than the file'))
    .addOption(new Option('--json', 'as JSON'))
    .action(async (file: string, flags: { approver?: string[]; origin?: string; json?: true }) => {
      const { verifyBundle } = await import('../../keep/bundle/verify.ts');
      const verdict = await verifyBundle(textOf(resolve(cwd, file)), { trusted: flags.approver, origin: flags.origin });
      if (flags.json === true) terminal.out(JSON.stringify(verdict));
      else {
        for (const { what, outcome, detail } of verdict.checks) terminal.out(`${marks[outcome]} ${what}: ${detail}`);
        const count = (outcome: keyof typeof marks) =>
          verdict.checks.filter((check) => check.outcome === outcome).length;
        terminal.out(
          verdict.holds
            ? `nothing fails: ${count('pass')} proved, ${count('unknown')} that the bundle cannot prove`
            : `it does not hold: ${count('fail')} of ${verdict.checks.length} checks fail`,
        );
      }
      if (!verdict.holds) process.exitCode = 1;
    });
}

const mostBytes = 64_000_000;

function textOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() === true && found.size <= mostBytes) return readFileSync(file, 'utf8');
  throw exportError('bundle-unreadable', {
    message: `${file} is no file, or larger than any bundle`,
    next: 'name a file that `castellan audit export` wrote',
  });
}
