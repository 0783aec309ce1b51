import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { Misuse } from '../arguments.ts';

/** What an import is made from: whole files with their names, in the order of their names. */
export type Source =
  | { readonly format: 'jsonl'; readonly name: string; readonly text: string }
  | { readonly format: 'markdown'; readonly files: readonly SourceFile[] };

export interface SourceFile {
  readonly name: string;
  /** Undefined: larger than an entry can be, or no text. */
  readonly text: string | undefined;
}

/** More than the longest entry with everything that may stand beside it. */
const largestEntryFile = 65_536;

export type Format = 'markdown' | 'jsonl';

export function readSource(path: string, asked: Format | undefined): Source {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Misuse(`there is no ${path}`);
  const format = asked ?? (stats.isDirectory() || path.endsWith('.md') ? 'markdown' : formatByName(path));
  if (format === 'jsonl') {
    if (!stats.isFile()) throw new Misuse(`${path} is no file of JSON lines`);
    return { format, name: basename(path), text: readFileSync(path, 'utf8') };
  }
  const names = stats.isDirectory() ? markdownBelow(path) : [basename(path)];
  const folder = stats.isDirectory() ? path : join(path, '..');
  return { format, files: names.map((name) => ({ name, text: entryText(join(folder, name)) })) };
}

function formatByName(path: string): Format {
  if (/\.(jsonl|ndjson)$/i.test(path)) return 'jsonl';
  throw new Misuse(`${path} does not say by its name what it is: give --format markdown or --format jsonl`);
}

/** Nothing of a hidden folder: what git keeps is no entry. */
function markdownBelow(folder: string): readonly string[] {
  return filesBelow(folder)
    .map((path) => relative(folder, path))
    .sort((a, b) => idIn(a) - idIn(b) || (a < b ? -1 : 1));
}

/** Folder by folder: reading one recursively would follow links to folders. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() && entry.name.endsWith('.md') ? [path] : [];
    });
}

/** In the order they were stored. */
function idIn(path: string): number {
  return Number(/(?:^|\/)(\d+)-[^/]*$/.exec(path)?.[1] ?? Number.MAX_SAFE_INTEGER);
}

function entryText(file: string): string | undefined {
  if (statSync(file).size > largestEntryFile) return undefined;
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}
