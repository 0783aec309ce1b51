import { Command } from 'commander';
import { z } from 'zod';
import { prepareHome } from '../config/index.ts';
import { readBuild } from '../server/build.ts';
import { socketPath } from '../server/shim/daemon-link.ts';
import { configFor, globalOptions } from './global-options.ts';
import { throughDaemonOrStore } from './store-access.ts';
import type { CliContext } from './terminal.ts';

const made = z.object({ file: z.string(), bytes: z.number() });

export function backupCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('backup').description(
    'back up the embedded database now, and list the backups there are',
  );
  command
    .command('now', { isDefault: true })
    .description('make a backup, through the daemon when one runs')
    .action(async (_options, self: Command) => {
      const answer = await throughDaemonOrStore(self, context, 'backup', (store) => store.backups.now());
      const { file, bytes } = made.parse(answer);
      terminal.out(`${file}\t${bytes} bytes`);
    });
  command
    .command('list')
    .description('list backups, newest first')
    .action(async (_options, self: Command) => {
      const { home } = configFor(globalOptions(self), context);
      const { listBackups, storePaths } = await import('../store/index.ts');
      const backups = listBackups(storePaths(home).backups);
      if (backups.length === 0) terminal.err('no backups yet');
      for (const { file, at, bytes } of backups) terminal.out(`${file}\t${at.toISOString()}\t${bytes} bytes`);
    });
  return command;
}

export function restoreCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('restore')
    .description('put a backup in place of the embedded database; the daemon must be stopped')
    .argument('<file>', 'a backup, as `castellan backup list` shows it');
  return command.action(async (file: string) => {
    const config = configFor(globalOptions(command), context);
    prepareHome(config);
    const { restoreBackup, takeStoreLock } = await import('../store/index.ts');
    const lock = takeStoreLock(config, { socket: socketPath(config.home), build: readBuild().version });
    if (lock === undefined) {
      terminal.err('the store is a Postgres server: restore it with pg_restore');
      process.exitCode = 1;
      return;
    }
    using held = lock;
    terminal.err('… restoring');
    const { replaced } = await restoreBackup(held, file);
    terminal.out(`restored ${file}`);
    if (replaced !== undefined) terminal.out(`the database it replaced is in ${replaced}`);
    terminal.err('rows of the audit written since that backup are gone; `castellan audit verify` will say so');
  });
}
