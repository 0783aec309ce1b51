import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hooksFolder } from './session-file.ts';

const largestLog = 1_000_000;
const longestLine = 400;

/** One line in `<home>/hooks/hooks.log`: what a hook could not do. Never what was asked or answered. A full log becomes hooks.log.1. */
export function logLine(home: string, hook: string, what: string, at = new Date()): void {
  const folder = hooksFolder(home);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'hooks.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) >= largestLog) renameSync(file, `${file}.1`);
  const line = `${at.toISOString()} ${hook}: ${what}`.replace(/[\p{C}\s]+/gu, ' ').slice(0, longestLine);
  appendFileSync(file, `${line.toWellFormed()}\n`, { mode: 0o600 });
}
