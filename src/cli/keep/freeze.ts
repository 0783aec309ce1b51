import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { defineErrors } from '../../kit/index.ts';
import type { CliContext } from '../terminal.ts';

const freezeError = defineErrors({
  'freeze-failed': { audience: 'operator', meaning: 'The file that freezes could not be put into the freeze folder.' },
});

const defaultFolder = '/run/castellan-keep/freeze';

/** `castellan freeze`: by anybody, without a configuration, and whether the keep runs or not. */
export function freezeCommand({ terminal }: CliContext): Command {
  return new Command('freeze')
    .description('stop every apply at once; anybody may, and only an approver can thaw')
    .addOption(
      new Option('--directory <directory>', 'the freeze folder, `directories.freeze` of keep.yaml').default(
        defaultFolder,
      ),
    )
    .action(({ directory }: { directory: string }) => {
      const file = join(directory, `freeze-${randomBytes(6).toString('hex')}`);
      try {
        writeFileSync(file, `${new Date().toISOString()}\n`, { flag: 'wx', mode: 0o644 });
      } catch (error) {
        throw freezeError('freeze-failed', {
          message: `no file could be put into ${directory}, so nothing is frozen by this`,
          next: `any file there freezes; if the folder is gone, stop the keep: systemctl stop castellan-keep`,
          cause: error,
        });
      }
      terminal.out(`frozen: ${file}`);
      terminal.out('nothing is applied any more; removing the file does not thaw, that takes an approver’s signature');
    });
}
