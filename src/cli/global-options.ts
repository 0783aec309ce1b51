import type { Command } from 'commander';
import { type Config, loadConfig, locate } from '../config/index.ts';
import { readBuild } from '../server/build.ts';
import type { DaemonAddress } from '../server/shim/daemon-link.ts';
import type { CliContext } from './terminal.ts';

/** The options every command takes, wherever they stand on the line. */
export interface GlobalOptions {
  readonly config?: string;
  readonly home?: string;
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

/** The proven configuration for this command line. */
export function configFor(flags: GlobalOptions, { environment, cwd, groups }: Omit<CliContext, 'terminal'>): Config {
  return loadConfig({ flags, environment, cwd, slices: groups });
}

/** Where the daemon of this command line is: needs no valid configuration, only its place. */
export function daemonAddress(flags: GlobalOptions, { environment, cwd }: Omit<CliContext, 'terminal'>): DaemonAddress {
  const { home, config } = locate({ flags, environment, cwd });
  return { home, config: config ?? null, build: readBuild() };
}
