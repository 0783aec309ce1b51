import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImportDone } from '../../src/incident/import/into.ts';
import { CastellanError, type ProbeFinding } from '../../src/kit/index.ts';
import type { StoreLog } from '../../src/store/log.ts';
import type { ImportedFile } from './port.ts';

/** Folders of what the household has written already: read when the record opens, and every hour. */
export interface Documents extends AsyncDisposable {
  look(): Promise<void>;
  keepLooking(): void;
  findings(): readonly ProbeFinding[];
}

export interface DocumentFolders {
  readonly postMortems: readonly string[];
  readonly knownIssues: readonly string[];
  readonly runbooks: readonly string[];
}

interface Reading {
  readonly folders: DocumentFolders;
  readonly importFiles: (files: readonly ImportedFile[]) => Promise<ImportDone>;
  readonly log: Pick<StoreLog, 'warn'>;
}

const everyMs = 3_600_000;
const longestFile = 1_048_576;
const mostFiles = 2_000;
const mostFolders = 5_000;
/** What the importer knows a kind by: the first part of a path that a household may have called anything. */
const kinds = [
  ['postMortems', 'post-mortems'],
  ['knownIssues', 'known-issues'],
  ['runbooks', 'runbooks'],
] as const;
const readable = /\.(?:md|markdown|html?|ya?ml)$/i;

export function watchDocuments({ folders, importFiles, log }: Reading): Documents {
  const ending = new AbortController();
  const named = kinds.flatMap(([key, kind]) => folders[key].map((folder) => ({ kind, folder })));
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let found: readonly ProbeFinding[] = [];

  const look = async (): Promise<void> => {
    const files: ImportedFile[] = [];
    const passedOver: string[] = [];
    for (const { kind, folder } of named) {
      try {
        const read = await filesIn(folder, kind);
        files.push(...read.files);
        passedOver.push(...read.passedOver);
      } catch (error) {
        passedOver.push(`${folder} (${error instanceof PassedOver ? error.message : codeOf(error)})`);
      }
      if (ending.signal.aborted) return;
    }
    found = [findingOf(await importFiles(files), files.length, passedOver)];
  };
  const lookQuietly = async (): Promise<void> => {
    try {
      await look();
    } catch (error) {
      if (ending.signal.aborted) return;
      log.warn({ err: error }, 'incident.documents-unread');
      const isOurs = error instanceof CastellanError;
      found = [
        {
          check: 'documents',
          status: 'fail',
          detail: isOurs ? error.message : 'they could not be read',
          next: isOurs ? error.next : 'see the log of the daemon',
        },
      ];
    }
  };

  return {
    look,
    keepLooking() {
      if (named.length === 0 || ending.signal.aborted) return;
      looking = lookQuietly().finally(() => {
        if (ending.signal.aborted) return;
        timer = setTimeout(() => this.keepLooking(), everyMs).unref();
      });
    },
    findings: () =>
      named.length === 0 || found.length > 0
        ? found
        : [{ check: 'documents', status: 'unknown', detail: 'not looked at yet', next: 'ask again in a moment' }],
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      clearTimeout(timer);
      await looking;
    },
  };
}

interface Found {
  readonly files: readonly ImportedFile[];
  readonly passedOver: readonly string[];
}

async function filesIn(folder: string, kind: string): Promise<Found> {
  const root = await realpath(folder);
  const { paths, passedOver: unread } = await below(root);
  const nameOf = (path: string): string => `${kind}/${basename(folder)}/${path}`;
  const files: ImportedFile[] = [];
  const passedOver = unread.map(({ path, why }) => `${nameOf(path)} (${why})`);
  if (paths.length > mostFiles)
    passedOver.push(`${paths.length - mostFiles} files of ${folder} (more than ${mostFiles})`);
  for (const path of paths.slice(0, mostFiles)) {
    try {
      files.push({ path: nameOf(path), text: await textOf(root, path) });
    } catch (error) {
      passedOver.push(`${nameOf(path)} (${error instanceof PassedOver ? error.message : codeOf(error)})`);
    }
  }
  return { files, passedOver };
}

interface Below {
  readonly paths: readonly string[];
  readonly passedOver: readonly { readonly path: string; readonly why: string }[];
}

/** Folder by folder: what a link leads to is not this folder's, and Node's own recursion follows some. Hidden ones are not looked at. */
async function below(root: string): Promise<Below> {
  const paths: string[] = [];
  const passedOver: { path: string; why: string }[] = [];
  const folders = [''];
  // Grows while it is gone through.
  for (const folder of folders) {
    if (folders.length > mostFolders) throw new PassedOver('too many folders');
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (folder === '') throw error;
      passedOver.push({ path: folder, why: codeOf(error) });
      return [];
    });
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && readable.test(entry.name)) paths.push(path);
    }
  }
  return { paths: paths.sort(), passedOver };
}

/** What was listed may be a link by now, and so may a folder above it. */
async function textOf(root: string, path: string): Promise<string> {
  const whole = join(root, path);
  if ((await realpath(whole)) !== whole) throw new PassedOver('a link');
  await using file = await open(whole, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const found = await file.stat();
  if (!found.isFile()) throw new PassedOver('no file');
  if (found.size > longestFile) throw new PassedOver('too large');
  return file.readFile('utf8');
}

/** Why something was left out, in our own words. */
class PassedOver extends Error {}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

const mostNamed = 3;

function findingOf(done: ImportDone, files: number, passedOver: readonly string[]): ProbeFinding {
  const { reports, issues, runbooks, unread } = done;
  const all = (counted: { readonly added: number; readonly changed: number; readonly unchanged: number }): number =>
    counted.added + counted.changed + counted.unchanged;
  const detail = `${files} files: ${all(reports)} reports, ${all(issues)} known issues, ${all(runbooks)} runbooks`;
  const not = [
    ...passedOver,
    ...unread.map(({ path, line, why }) => `${path}${line === undefined ? '' : `:${line}`} (${why})`),
  ];
  if (not.length === 0) return { check: 'documents', status: 'pass', detail };
  const more = not.length > mostNamed ? `, and ${not.length - mostNamed} more` : '';
  return {
    check: 'documents',
    status: 'unknown',
    detail: `${detail}; not read: ${not.slice(0, mostNamed).join(', ')}${more}`,
    next: 'nothing of those is found; `castellan incident import` lists them all',
  };
}
