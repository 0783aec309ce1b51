import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import {
  fingerprintOf,
  loadKeepConfig,
  ownersFor,
  readRootApprovers,
  removeEnrolment,
  writeApprover,
  writeEnrolment,
} from '../../keep/index.ts';
import { defineErrors } from '../../kit/index.ts';
import type { CliContext } from '../terminal.ts';
import { addressOf } from './change-words.ts';
import { keepFileOf } from './keep-file.ts';
import { assertRoot } from './root.ts';

const enrolError = defineErrors({
  'approver-there': {
    audience: 'operator',
    meaning: 'Root enrols the first approver only; later ones are signed for by one who is there.',
  },
  'enrolment-late': { audience: 'operator', meaning: 'Nobody used the code in time; nobody was enrolled.' },
});

const lookEveryMs = 1_000;

/** `castellan enrol <name>`: root says who the first approver is; their passkeys are made in their browser. */
export function enrolCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('enrol')
    .description('enrol the first approver: prints a code to enter on the keep’s page, and waits for it (root)')
    .argument('<name>', 'how the approver is called: ada')
    .addOption(new Option('--seat-belt', 'the keep runs with --seat-belt: its own user does this'));
  return command.action(async (name: string, options: { seatBelt?: true }) => {
    const seatBelt = options.seatBelt === true;
    if (!seatBelt) assertRoot('who may approve');
    const file = keepFileOf(command, context);
    const { directories } = loadKeepConfig(file, { seatBelt });
    const owners = ownersFor(seatBelt);
    if (readRootApprovers(file, owners).approvers.length > 0) {
      throw enrolError('approver-there', {
        message: 'there is an approver already',
        next: 'who is there enrols others on the page, under Approvers; if all passkeys are lost, remove approvers.json as root',
      });
    }
    const keep = keepSocket(join(directories.humans, 'human.sock'));
    const ask = (codeSha256: string) => keep.ask({ verb: 'enrolment', codeSha256 }, AbortSignal.timeout(20_000));
    const { code, codeHash, expiresAt } = writeEnrolment(file, name, new Date());
    try {
      const { keep: state } = await ask(codeHash);
      terminal.out(`open ${addressOf(state, 'enrol')} and enter this code, within a quarter of an hour:`);
      terminal.out('');
      terminal.out(`    ${code}`);
      terminal.out('');
      terminal.err('waiting for it; Ctrl-C gives it up');
      for (;;) {
        const { enrolment } = await ask(codeHash);
        if (enrolment !== undefined) {
          const written = writeApprover(enrolment, { file, owners, now: new Date() });
          await ask(codeHash); // The keep reads the list again.
          terminal.out(`${enrolment.name} may approve now: fingerprint ${fingerprintOf(enrolment)}, in ${written}`);
          terminal.out('compare the fingerprint with the one the page shows; if it differs, remove the file at once');
          return;
        }
        if (new Date() >= expiresAt) {
          throw enrolError('enrolment-late', {
            message: 'nobody used the code within a quarter of an hour',
            next: 'run it again, with a browser at hand',
          });
        }
        await sleep(lookEveryMs);
      }
    } finally {
      removeEnrolment(file, codeHash);
    }
  });
}
