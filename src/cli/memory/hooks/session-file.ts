import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a session was shown, in `<home>/hooks/<session>.json`, so that no entry is shown twice while it is in context.
 *
 *  shown       entries it was given, each with its place among those given with it, oldest first
 *  compacting  what was shown is about to leave the context (PreCompact): whoever reads this next forgets it
 *
 * The file is a convenience: one that is missing, broken or of an older form means that nothing was shown yet.
 */
export interface SessionState {
  readonly shown: readonly Shown[];
  readonly compacting: boolean;
}

export interface Shown {
  /** `m12` */
  readonly ref: string;
  /** 1: first of its answer. */
  readonly place: number;
}

export const nothingShown: SessionState = { shown: [], compacting: false };

const mostShown = 500;
const mostSessions = 200;
const oldestMs = 30 * 24 * 3_600_000;

export function hooksFolder(home: string): string {
  return join(home, 'hooks');
}

/** By an id of the usual shape, and else by its hash: an id is a name another program chose, and no path. */
export function sessionFile(home: string, session: string): string {
  const name = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(session)
    ? session
    : createHash('sha256').update(session).digest('hex').slice(0, 40);
  return join(hooksFolder(home), `${name}.json`);
}

export function readSession(home: string, session: string): SessionState {
  try {
    const value: unknown = JSON.parse(readFileSync(sessionFile(home, session), 'utf8'));
    if (typeof value !== 'object' || value === null || !('shown' in value) || !Array.isArray(value.shown)) {
      return nothingShown;
    }
    return {
      shown: value.shown.flatMap(readShown),
      compacting: 'compacting' in value && value.compacting === true,
    };
  } catch {
    // Missing or half-written by another hand: see above.
    return nothingShown;
  }
}

/** The newest are kept; sessions that nobody went on with are forgotten. */
export function writeSession(
  home: string,
  session: string,
  { shown, compacting }: SessionState,
  now = Date.now(),
): void {
  const folder = hooksFolder(home);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = sessionFile(home, session);
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  writeFileSync(draft, JSON.stringify({ shown: shown.slice(-mostShown), compacting }), { mode: 0o600 });
  renameSync(draft, file);
  prune(folder, now);
}

function prune(folder: string, now: number): void {
  const files = readdirSync(folder)
    .filter((name) => /\.json(\.[0-9a-f]{12}\.new)?$/.test(name))
    .map((name) => ({ name, at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const [index, { name, at }] of files.entries()) {
    if (index >= mostSessions || now - at > oldestMs) rmSync(join(folder, name), { force: true });
  }
}

function readShown(value: unknown): readonly Shown[] {
  if (typeof value !== 'object' || value === null || !('ref' in value) || !('place' in value)) return [];
  const { ref, place } = value;
  return typeof ref === 'string' && /^[a-z]\d{1,16}$/.test(ref) && typeof place === 'number' ? [{ ref, place }] : [];
}
