import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Environment } from './environment.ts';

/**
 * Where the data directory and the configuration are, before anything is read. Flags win over the environment, the
 * environment over the XDG defaults. Imports only Node: the shim needs the place and nothing else.
 */
export interface LocateOptions {
  readonly flags: { readonly config?: string; readonly home?: string };
  readonly environment: Environment;
  readonly cwd: string;
}

export interface Location {
  /** Absolute path of the data directory. */
  readonly home: string;
  /** Absolute path of castellan.yaml; undefined when none was named and the default one does not exist. */
  readonly config: string | undefined;
}

export function locate({ flags, environment, cwd }: LocateOptions): Location {
  const named = namedConfig({ flags, environment, cwd });
  const byDefault = defaultConfig(environment);
  const home =
    flags.home ??
    nonEmpty(environment['CASTELLAN_HOME']) ??
    join(absolute(environment['XDG_STATE_HOME']) ?? join(userHome(environment), '.local', 'state'), 'castellan');
  return {
    home: resolve(cwd, home),
    config: named ?? (existsSync(byDefault) ? byDefault : undefined),
  };
}

/** The castellan.yaml that `--config` or `CASTELLAN_CONFIG` names, whether it exists or not. */
export function namedConfig({ flags, environment, cwd }: LocateOptions): string | undefined {
  const named = flags.config ?? nonEmpty(environment['CASTELLAN_CONFIG']);
  return named === undefined ? undefined : resolve(cwd, named);
}

/** Where castellan.yaml is looked for when none is named. */
export function defaultConfig(environment: Environment): string {
  const folder = absolute(environment['XDG_CONFIG_HOME']) ?? join(userHome(environment), '.config');
  return join(folder, 'castellan', 'castellan.yaml');
}

/** What `~` means. */
export function userHome(environment: Environment): string {
  return nonEmpty(environment['HOME']) ?? homedir();
}

/** The XDG rules have a relative path ignored: it would mean another place in every working directory. */
function absolute(value: string | undefined): string | undefined {
  return value !== undefined && isAbsolute(value) ? value : undefined;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
