import { appendFileSync, closeSync, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { StoreLog } from '../../store/log.ts';
import { codeOf, readOwnFile, stateUnusable, writeOwnFile } from './own-file.ts';

/**
 * What each retained version of each secret held, as MACs: a file that lines are added to, fsynced, and written anew when most of it
 * is out of date.
 *
 *  row     one version of one secret
 *  fresh   this secret was made anew (its metadata was deleted): rows before it are of another secret
 *  torn    a last line without its end: the process died while it wrote. Cut off; the version is read again
 *  damaged another line that is none: left out, for whatever Vault still has is read again
 */
export interface VersionRow {
  readonly mount: string;
  readonly path: string;
  readonly version: number;
  /** ISO 8601, as Vault says. */
  readonly at: string;
  /** MAC by key. */
  readonly macs: Readonly<Record<string, string>>;
}

export interface HistoryRows {
  /** By version. */
  of(mount: string, path: string): ReadonlyMap<number, VersionRow>;
  /** On the disk when it returns. */
  add(rows: readonly VersionRow[]): void;
  /** Forgets what was known of a secret of that name. */
  startAnew(mount: string, path: string): void;
}

/** Of one secret: older ones are forgotten. */
const mostVersions = 50;
/** Lines beyond the live ones that are put up with. */
const slack = 2_000;

const line = z.union([
  z.strictObject({
    mount: z.string(),
    path: z.string(),
    version: z.int().min(1),
    at: z.iso.datetime(),
    macs: z.record(z.string(), z.string().length(22)),
  }),
  z.strictObject({ mount: z.string(), path: z.string(), fresh: z.literal(true) }),
]);
type Line = z.output<typeof line>;

export function openHistoryRows(directory: string, log: StoreLog): HistoryRows {
  const file = join(directory, 'history.jsonl');
  const secrets = new Map<string, Map<number, VersionRow>>();
  let lines = 0;

  const take = (entry: Line): void => {
    lines += 1;
    const id = idOf(entry);
    if ('fresh' in entry) return void secrets.delete(id);
    const versions = secrets.get(id) ?? new Map<number, VersionRow>();
    versions.set(entry.version, entry);
    const oldest = Math.min(...versions.keys());
    if (versions.size > mostVersions) versions.delete(oldest);
    secrets.set(id, versions);
  };

  const live = (): readonly VersionRow[] => [...secrets.values()].flatMap((versions) => [...versions.values()]);

  const compact = (): void => {
    const rows = live();
    writeOwnFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    lines = rows.length;
  };

  const append = (entries: readonly Line[]): void => {
    if (entries.length === 0) return;
    try {
      const descriptor = openSync(file, 'a', 0o600);
      try {
        appendFileSync(descriptor, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      throw stateUnusable(file, `cannot be written (${codeOf(error)})`, error);
    }
    for (const entry of entries) take(entry);
    if (lines > 2 * live().length + slack) compact();
  };

  const bytes = readOwnFile(file);
  if (bytes === undefined) writeOwnFile(file, '');
  else {
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.byteLength) cutAt(file, end);
    const damaged = bytes
      .subarray(0, end)
      .toString('utf8')
      .split('\n')
      .slice(0, -1)
      .filter((text) => {
        const entry = parsed(text);
        if (entry !== undefined) take(entry);
        return entry === undefined;
      });
    if (damaged.length > 0) log.warn({ file, lines: damaged.length }, 'fingerprinter.history.damaged');
    if (lines > 2 * live().length + slack || damaged.length > 0) compact();
  }

  return {
    of: (mount, path) => secrets.get(idOf({ mount, path })) ?? new Map(),
    add: append,
    startAnew: (mount, path) => append([{ mount, path, fresh: true }]),
  };
}

export function idOf({ mount, path }: { readonly mount: string; readonly path: string }): string {
  return `${mount}\0${path}`;
}

function parsed(text: string): Line | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Counted as damaged.
  }
}

function cutAt(file: string, end: number): void {
  const descriptor = openSync(file, 'r+');
  try {
    ftruncateSync(descriptor, end);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
