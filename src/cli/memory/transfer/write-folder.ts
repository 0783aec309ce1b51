import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf, markdownOf, readMarkdown } from '../../../../memory/transfer/markdown.ts';
import type { PortableEntry } from '../../../../memory/transfer/portable.ts';
import { CastellanError } from '../../../kit/errors.ts';

/**
 * A folder of entries, a file each, brought to what is stored: written where it differs, taken away where the entry is gone, and
 * left as it is where a hand was on it since it was written. A file keeps its name for as long as its entry lives.
 */
export interface FolderReport {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Files that were changed by hand and not imported. */
  readonly kept: readonly string[];
}

const ownName = /^([1-9]\d*)-[a-z0-9-]*\.md$/;

export function writeFolder(folder: string, entries: readonly PortableEntry[], force: boolean): FolderReport {
  mkdirSync(folder, { recursive: true });
  const names = new Map<number, string>();
  for (const name of readdirSync(folder).sort()) {
    const [, id] = ownName.exec(name) ?? [];
    if (id !== undefined && !names.has(Number(id))) names.set(Number(id), name);
  }
  const report = { written: 0, unchanged: 0, removed: 0, kept: [] as string[] };
  for (const entry of entries) {
    const name = names.get(entry.id) ?? fileNameOf(entry);
    const file = join(folder, name);
    names.delete(entry.id);
    const text = markdownOf(entry);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    if (before === text) report.unchanged += 1;
    else if (before !== undefined && !force && isTouched(before)) report.kept.push(name);
    else {
      const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
      writeFileSync(draft, text);
      renameSync(draft, file);
      report.written += 1;
    }
  }
  for (const name of names.values()) {
    const file = join(folder, name);
    if (!force && isTouched(readFileSync(file, 'utf8'))) report.kept.push(name);
    else {
      rmSync(file);
      report.removed += 1;
    }
  }
  return report;
}

/** What cannot be read as an entry was not written by an export, or not left as it was. */
function isTouched(text: string): boolean {
  try {
    return !readMarkdown(text).untouched;
  } catch (error) {
    if (error instanceof CastellanError) return true;
    throw error;
  }
}
