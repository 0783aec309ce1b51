import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { createRedactor } from '../redaction/index.ts';
import { createKnownValues } from '../redaction/known/known-values.ts';
import { readBuild } from '../server/build.ts';
import { endOnCrash } from '../server/crash.ts';
import { createLog } from '../server/log.ts';
import { globalOptions } from './global-options.ts';
import type { CliContext } from './terminal.ts';

interface FingerprinterFlags {
  readonly seatBelt?: true;
  readonly withKeep?: true;
}

/** `castellan fingerprinter`: in the foreground. A service, or the keep, runs it as a user of its own. */
export function fingerprinterCommand(context: CliContext): Command {
  const command = new Command('fingerprinter')
    .description('run the process that knows values: it reads Vault, and tells the keep how to recognise what it read')
    .addOption(
      new Option(
        '--seat-belt',
        'it, the keep and agents are one user: a guard against accidents, none against attacks',
      ),
    )
    .addOption(new Option('--with-keep', 'end when stdin ends: the keep started it').hideHelp());
  return command.action(async (flags: FingerprinterFlags) => {
    const [seatBelt, withKeep] = [flags.seatBelt === true, flags.withKeep === true];
    const known = createKnownValues();
    const redactor = createRedactor();
    redactor.addLayer(known.layer);
    const log = createLog('info', redactor);
    endOnCrash(log);
    const [{ defaultFingerprinterConfig, loadFingerprinterConfig }, { circumstances, harden }, { runFingerprinter }] =
      await Promise.all([
        import('../keep/fingerprinter/config.ts'),
        import('../keep/fingerprinter/hardening.ts'),
        import('../keep/fingerprinter/run.ts'),
      ]);
    const [{ connectVault }, { vaultReads }, { createFingerprinter }, { classify }] = await Promise.all([
      import('../vault/connect.ts'),
      import('../keep/fingerprinter/vault.ts'),
      import('../redaction/known/fingerprint.ts'),
      import('../redaction/known/classify.ts'),
    ]);
    const problems = harden(circumstances(), seatBelt);
    const named = globalOptions(command).config;
    const config = loadFingerprinterConfig(
      named === undefined ? defaultFingerprinterConfig : resolve(context.cwd, named),
      { seatBelt },
    );
    for (const problem of problems) log.warn({ problem }, 'fingerprinter.unhardened');
    const stopped = stopSignal(withKeep);
    await using vault = await connectVault(config.vault, { log });
    const now = (): Date => new Date();
    const running = await runFingerprinter({
      config,
      vault: vaultReads(vault, now),
      make: { ...createFingerprinter(), classify },
      version: readBuild().version,
      problems,
      log,
      loaded: known.load,
    });
    try {
      log.info({ socket: config.socket }, 'fingerprinter.listening');
      await Promise.race([stopped, running.failed]);
    } finally {
      await running[Symbol.asyncDispose]();
      // It would keep the process.
      if (withKeep) process.stdin.destroy();
    }
  });
}

function stopSignal(withKeep: boolean): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (!withKeep) return;
    process.stdin.once('end', () => resolve());
    process.stdin.once('error', () => resolve());
    process.stdin.resume();
  });
}
