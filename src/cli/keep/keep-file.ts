import { resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultKeepConfig } from '../../keep/index.ts';
import { globalOptions } from '../global-options.ts';
import type { CliContext } from '../terminal.ts';

/** The keep.yaml of this command line: `--config` names it; the environment, which is the caller's, does not. */
export function keepFileOf(command: Command, { cwd }: Pick<CliContext, 'cwd'>): string {
  const { config } = globalOptions(command);
  return config === undefined ? defaultKeepConfig : resolve(cwd, config);
}
