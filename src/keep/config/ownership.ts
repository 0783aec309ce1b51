import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Who could change what lies at a path, asked of every part of it from the root down. The answer only holds because of the
 * order: a folder that nobody else can write to keeps what was seen in it from being exchanged afterwards.
 *
 *  trusted   root, and under --seat-belt the keep's own user
 *  link      followed only when a trusted user owns it; what it leads to is asked the same
 *  sticky    a folder like /tmp, root's own: others add to it, but cannot exchange a folder of ours in it. A file that
 *            lies there directly may be somebody's hard link, so only a folder may
 */
export interface Owners {
  readonly uids: readonly number[];
}

/** Under the seat belt agents may be this very user: what it owns proves nothing against them, and everything says so. */
export function ownersFor(seatBelt: boolean, user = process.geteuid?.()): Owners {
  return { uids: seatBelt && user !== undefined && user !== 0 ? [0, user] : [0] };
}

export type Proof =
  | { readonly flaw: undefined; readonly path: string; readonly stats: Stats }
  /** Lowercase, the rest of a sentence that begins with the path that was asked for. */
  | { readonly flaw: string; readonly missing: boolean };

const mostLinks = 40;
const othersWrite = 0o022;
const sticky = 0o1000;

/** Never throws for what it finds; what cannot be looked at is a flaw. */
export function proveOwnership(path: string, owners: Owners): Proof {
  let links = 0;
  let rest = partsOf(path);
  let at = '/';
  let stats: Stats;
  let inSticky = false;
  try {
    stats = lstatSync(at);
    for (;;) {
      const flaw = flawOf(at, stats, owners, rest.length === 0, inSticky);
      if (flaw !== undefined) return { flaw, missing: false };
      const [name, ...deeper] = rest;
      if (name === undefined) return { flaw: undefined, path: at, stats };
      if (!stats.isDirectory()) return { flaw: `goes through ${at}, which is not a folder`, missing: false };
      inSticky = (stats.mode & othersWrite) !== 0;
      const next = join(at, name);
      const found = lstatSync(next);
      if (!found.isSymbolicLink()) {
        at = next;
        stats = found;
        rest = deeper;
        continue;
      }
      links += 1;
      if (links > mostLinks) return { flaw: 'goes through too many links', missing: false };
      if (inSticky || !owners.uids.includes(found.uid)) {
        return { flaw: `goes through the link ${next}, which others could turn elsewhere`, missing: false };
      }
      rest = [...partsOf(resolve(at, readlinkSync(next))), ...deeper];
      at = '/';
      stats = lstatSync(at);
      inSticky = false;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    return { flaw: missing ? 'does not exist' : `cannot be looked at (${code})`, missing };
  }
}

const mostEntries = 50_000;

/** A folder and all that is in it. */
export function proveTree(path: string, owners: Owners): Proof {
  const top = proveOwnership(path, owners);
  if (top.flaw !== undefined) return top;
  if (!top.stats.isDirectory()) return { flaw: 'is not a folder', missing: false };
  let seen = 0;
  const waiting = [top.path];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const { name } of readdirSync(folder, { withFileTypes: true })) {
      seen += 1;
      if (seen > mostEntries) return { flaw: `holds more than ${mostEntries} files`, missing: false };
      const inner = join(folder, name);
      const stats = lstatSync(inner);
      const flaw = stats.isSymbolicLink()
        ? proveOwnership(inner, owners).flaw
        : flawOf(inner, stats, owners, true, false);
      if (flaw !== undefined) return { flaw: `holds ${inner}: it ${flaw}`, missing: false };
      if (stats.isDirectory()) waiting.push(inner);
    }
  }
  return top;
}

function flawOf(at: string, stats: Stats, owners: Owners, last: boolean, inSticky: boolean): string | undefined {
  if (!owners.uids.includes(stats.uid)) return `belongs to another user at ${at} (uid ${stats.uid})`;
  if (inSticky && !stats.isDirectory()) return `lies in a folder that everybody may write to (${at})`;
  if ((stats.mode & othersWrite) === 0) return undefined;
  const open = !last && stats.isDirectory() && stats.uid === 0 && (stats.mode & sticky) !== 0;
  return open
    ? undefined
    : `can be changed by others at ${at} (mode ${(stats.mode & 0o7777).toString(8).padStart(4, '0')})`;
}

function partsOf(path: string): readonly string[] {
  return resolve('/', path)
    .split('/')
    .filter((part) => part !== '');
}
