import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
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
  const user = environment['HOME'] ?? homedir();
  const named = flags.config ?? nonEmpty(environment['CASTELLAN_CONFIG']);
  const byDefault = join(nonEmpty(environment['XDG_CONFIG_HOME']) ?? join(user, '.config'), 'castellan', 'castellan.yaml');
  const home =
    flags.home ??
    nonEmpty(environment['CASTELLAN_HOME']) ??
    join(nonEmpty(environment['XDG_STATE_HOME']) ?? join(user, '.local', 'state'), 'castellan');
  return {
    home: resolve(cwd, home),
    config: named === undefined ? (existsSync(byDefault) ? byDefault : undefined) : resolve(cwd, named),
  };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
