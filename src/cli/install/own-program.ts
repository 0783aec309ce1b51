import { realpathSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { proveOwnership, proveTree } from '../../keep/config/ownership.ts';
import { installError } from './errors.ts';

/** How the keep is started: this very Castellan, by the Node that runs it. */
export function ownCommand(): readonly string[] {
  const main = join(import.meta.dirname, '..', `main${extname(import.meta.filename)}`);
  return [realpathSync(process.execPath), realpathSync(main)];
}

/**
 * A keep whose program an agent's user can change does what that user wants: everything that is loaded has to be root's.
 * Errors: `install-program-unsafe`.
 */
export function assertRootsProgram([program = '', main]: readonly string[]): void {
  const trust = { uids: [0] };
  const refuse = (path: string, flaw: string): Error =>
    installError('install-program-unsafe', {
      message: `${path} ${flaw}`,
      next: 'install Castellan and Node for the whole machine as root (sudo npm install --global), and run that one',
    });
  for (const path of main === undefined ? [program] : [program, main]) {
    if (/^\/(?:home|root|run\/user)\//.test(path)) throw refuse(path, 'lies in a home, and the service is shown none');
  }
  const { flaw } = proveOwnership(program, trust);
  if (flaw !== undefined) throw refuse(program, flaw);
  const folder = main === undefined ? undefined : packageFolder(dirname(main));
  const inside = folder === undefined ? undefined : proveTree(folder, trust).flaw;
  if (folder !== undefined && inside !== undefined) throw refuse(folder, inside);
}

/** The package, and with it its node_modules; in a global installation these lie beside it. */
function packageFolder(here: string): string {
  const [before] = here.split('/node_modules/');
  if (before !== undefined && before !== here) return join(before, 'node_modules');
  return here.endsWith('/dist/src/cli') ? join(here, '../../..') : join(here, '../..');
}
