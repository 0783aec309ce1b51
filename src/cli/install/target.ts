import { installError } from './errors.ts';
import type { Trust } from './place.ts';

/** Where things are made and removed: this host, or a tree that is staged. */
export interface Target {
  /** `/`, or the folder a tree is staged in. */
  readonly root: string;
  /** Whom root's things belong to: 0, or whoever stages without being root. */
  readonly owner: number;
  readonly ownerGroup: number;
  readonly trust: Trust;
}

export interface Wanted {
  readonly root: string;
  readonly dryRun: boolean;
}

/** Nothing is made or removed without one, and nobody but root has one of this host. Errors: `install-needs-root`. */
export function targetFor(command: string, { root, dryRun }: Wanted, me = process.geteuid?.() ?? 0): Target {
  if (root === '/' && me !== 0 && !dryRun) {
    throw installError('install-needs-root', {
      message: `castellan ${command} makes and removes what belongs to root`,
      next: `sudo castellan ${command}; --dry-run shows the steps, --root stages into a folder`,
    });
  }
  const owner = root === '/' ? 0 : me;
  const ownerGroup = owner === 0 ? 0 : (process.getegid?.() ?? 0);
  return { root, owner, ownerGroup, trust: { uids: [...new Set([0, owner])] } };
}
