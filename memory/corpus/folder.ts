import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import type { Redact } from '../../src/kit/index.ts';
import { memoryError } from '../errors.ts';
import type { Corpus, CorpusDocument } from './port.ts';

/**
 * A folder of documents on this machine, as a corpus. Links are not followed: what one leads to is not this folder's. Each
 * document is redacted before anything of it is kept.
 */
export interface FolderOptions {
  /** Which files, by their path in the folder; unless said, all Markdown. */
  readonly glob?: string;
  readonly redact: Redact;
  /** What was read last time, so that what has the same size and time is not read again. Kept by the caller, filled here. */
  readonly known?: Map<string, FileState>;
  readonly signal?: AbortSignal;
}

export interface FileState {
  readonly size: number;
  readonly modifiedMs: number;
}

export interface FolderIndexed {
  readonly files: number;
  readonly changed: number;
  readonly removed: number;
  /** Not indexed, and why. */
  readonly passedOver: readonly PassedOver[];
}

export interface PassedOver {
  readonly path: string;
  readonly why: string;
}

const everyMarkdown = '**/*.{md,markdown}';
const longestFile = 1_048_576;
const mostFiles = 5_000;
const mostFolders = 20_000;
const filesAtOnce = 50;

/** Errors: `corpus-invalid`, when the folder cannot be read or has too many files. */
export async function indexFolder(corpus: Corpus, folder: string, options: FolderOptions): Promise<FolderIndexed> {
  const { redact, known = new Map<string, FileState>(), signal } = options;
  const { paths, unread } = await findFiles(folder, options.glob ?? everyMarkdown, signal);
  const passedOver: PassedOver[] = [...unread];
  const kept: string[] = [];
  let changed = 0;
  for (let from = 0; from < paths.length; from += filesAtOnce) {
    signal?.throwIfAborted();
    const read: { readonly document: CorpusDocument; readonly state: FileState }[] = [];
    for (const path of paths.slice(from, from + filesAtOnce)) {
      const file = await readDocument(folder, path, known.get(path));
      if (file.outcome === 'unreadable') passedOver.push({ path, why: file.why });
      else kept.push(path);
      if (file.outcome === 'read') {
        const text = redact(file.text).text;
        const at = dateOf(path, text);
        const document = { name: path, title: titleOf(text) ?? path, text, ...(at === undefined ? {} : { at }) };
        read.push({ document, state: file.state });
      }
    }
    changed += (await corpus.put(read.map(({ document }) => document))).changed;
    for (const { document, state } of read) known.set(document.name, state);
  }
  const { removed } = await corpus.keepOnly(kept);
  const there = new Set(kept);
  for (const path of known.keys()) if (!there.has(path)) known.delete(path);
  return { files: kept.length, changed, removed, passedOver };
}

/** Sorted, with `/` between; what begins with a dot is not looked at. */
async function findFiles(
  folder: string,
  glob: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly paths: readonly string[]; readonly unread: readonly PassedOver[] }> {
  const matches = picomatch(glob);
  const paths: string[] = [];
  const unread: PassedOver[] = [];
  const folders = [''];
  // Grows while it is gone through.
  for (const below of folders) {
    signal?.throwIfAborted();
    const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((error: unknown) => {
      if (below !== '') return;
      throw memoryError('corpus-invalid', {
        message: 'the folder of a corpus cannot be read',
        next: 'name a folder that is there and that this user may read',
        cause: error,
      });
    });
    if (entries === undefined) unread.push({ path: below, why: 'the folder cannot be read' });
    for (const entry of entries ?? []) {
      if (entry.name.startsWith('.')) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && matches(path)) paths.push(path);
      if (paths.length > mostFiles || folders.length > mostFolders) {
        throw memoryError('corpus-invalid', {
          message: `the folder of a corpus has more than ${mostFiles} files or ${mostFolders} folders`,
          next: 'name a folder further down, or a glob that fits fewer files',
        });
      }
    }
  }
  return { paths: paths.sort(), unread };
}

type DocumentRead =
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'read'; readonly text: string; readonly state: FileState }
  | { readonly outcome: 'unreadable'; readonly why: string };

async function readDocument(folder: string, path: string, known: FileState | undefined): Promise<DocumentRead> {
  try {
    // A folder on the way to it may have become a link since it was listed.
    if ((await realpath(join(folder, path))) !== join(await realpath(folder), path)) return unreadable('it is a link');
    await using file = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return await readOpened(file, known);
  } catch {
    // Gone since, not allowed, a link: it is told which file, and the rest of the folder is indexed.
    return unreadable('it cannot be read');
  }
}

async function readOpened(file: FileHandle, known: FileState | undefined): Promise<DocumentRead> {
  const found = await file.stat();
  if (!found.isFile()) return unreadable('it is no file');
  if (found.size > longestFile) return unreadable(`it is larger than ${longestFile} bytes`);
  const state = { size: found.size, modifiedMs: found.mtimeMs };
  if (known?.size === state.size && known.modifiedMs === state.modifiedMs) return { outcome: 'unchanged' };
  // It may grow while it is read: no more is taken than there was.
  const bytes = Buffer.alloc(found.size);
  const { bytesRead } = await file.read(bytes, 0, found.size, 0);
  const text = decoded(bytes.subarray(0, bytesRead));
  return text === undefined ? unreadable('it is not UTF-8') : { outcome: 'read', text, state };
}

function unreadable(why: string): DocumentRead {
  return { outcome: 'unreadable', why };
}

function decoded(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : undefined;
}

/** Of its front matter, or its first heading. */
function titleOf(text: string): string | undefined {
  const [, title] = frontMatterOf(text).match(/^title:[ \t]*(\S.*)$/m) ?? text.match(/^#[ \t]+(\S.*)$/m) ?? [];
  return title === undefined ? undefined : unquoted(title.trim()).slice(0, 200).toWellFormed();
}

/** A date that its name begins with, or its front matter has: when it happened. When the file was written says nothing of that. */
function dateOf(path: string, text: string): Date | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [, day] =
    name.match(/^(\d{4}-\d\d-\d\d)\b/) ?? frontMatterOf(text).match(/^date:[ \t]*["']?(\d{4}-\d\d-\d\d)/m) ?? [];
  const date = day === undefined ? undefined : new Date(day);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function frontMatterOf(text: string): string {
  return text.match(/^---\r?\n([\s\S]{0,4000}?)\r?\n---/)?.[1] ?? '';
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}
