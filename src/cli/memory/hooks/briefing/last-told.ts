import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hooksFolder } from '../session-file.ts';

/**
 * When a session that works in this folder was last told what had changed, in `<home>/hooks/<hash>.start.json`: what changed since
 * is news to the next. No session's file has this name, and it is forgotten with theirs (session-file.ts).
 */
export function lastTold(home: string, cwd: string, now: Date): Date | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(home, cwd), 'utf8'));
    const at = typeof value === 'object' && value !== null && 'at' in value ? new Date(String(value.at)) : undefined;
    // A clock that was put back must not hide what changed.
    return at === undefined || Number.isNaN(at.getTime()) || at >= now ? undefined : at;
  } catch {
    // Missing or half-written by another hand: nothing was told yet.
    return undefined;
  }
}

export function writeTold(home: string, cwd: string, at: Date): void {
  mkdirSync(hooksFolder(home), { recursive: true, mode: 0o700 });
  const file = fileOf(home, cwd);
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  writeFileSync(draft, JSON.stringify({ at: at.toISOString() }), { mode: 0o600 });
  renameSync(draft, file);
}

function fileOf(home: string, cwd: string): string {
  return join(hooksFolder(home), `${createHash('sha256').update(cwd).digest('hex').slice(0, 40)}.start.json`);
}
