import { Command, Option } from 'commander';
import { defineErrors } from '../../kit/index.ts';
import type { CliContext } from '../terminal.ts';
import { askKeep } from './ask-keep.ts';
import { confirmed } from './confirm.ts';
import { keepFileOf } from './keep-file.ts';
import { assertCounted, assertRoot, writeRootFile } from './root-file.ts';

const adoptError = defineErrors({
  'adopt-refused': { audience: 'operator', meaning: 'The keep did not take the commit for its trusted base.' },
  'commit-malformed': { audience: 'operator', meaning: 'What was to be adopted is not a full commit id.' },
});

/** `castellan adopt <commit>`: root trusts what others brought to the branch. */
export function adoptCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('adopt')
    .description(
      'trust a commit of the infra repository, and all before it, as the base that proposals are judged against (root)',
    )
    .argument('<commit>', 'all 40 digits of its id')
    .addOption(new Option('--yes', 'do not ask'));
  return command.action(async (commit: string, options: { yes?: true }) => {
    assertRoot('which commit is trusted');
    if (!/^[0-9a-f]{40}$/.test(commit)) {
      throw adoptError('commit-malformed', {
        message: 'this is not all 40 digits of a commit id',
        next: 'look the id up and read what it changes: git log -p',
      });
    }
    const file = keepFileOf(command, context);
    const { keep } = await askKeep(file, { verb: 'status', of: 'keep' });
    assertCounted(keep);
    const { trustedBase: base, ahead } = keep;
    if (base !== undefined) terminal.out(`trusted now: ${base.commit} ${base.at} ${base.subject}`);
    terminal.out(`on the branch and not trusted: ${ahead ?? 'an unknown number of'} commit(s)`);
    terminal.out(
      `to be trusted: ${commit}, with everything up to it. Proposals are then judged against it, and its scripts run.`,
    );
    if (!(await confirmed(terminal, commit.slice(0, 8), options.yes === true))) return;
    const written = writeRootFile(file, 'adopted', commit);
    terminal.out(`written to ${written}`);
    const after = (await askKeep(file, { verb: 'status', of: 'keep' })).keep;
    if (after.trustedBase?.commit === commit) {
      terminal.out('the keep trusts it');
      return;
    }
    throw adoptError('adopt-refused', {
      message: `the keep did not take it: ${after.problems.join('; ') || 'it gave no reason'}`,
      next: `a commit must be on the branch and descend from the trusted base: push it and wait a minute for the fetch, or take the line out of ${written} again`,
    });
  });
}
