import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Runner } from '../config/valid.ts';
import type { Bind } from '../sandbox/port.ts';
import { unusable } from './errors.ts';
import { inside } from './given.ts';
import { isPlainFolder, readPlain } from './in-clone.ts';
import type { PlannedForApply } from './port.ts';

/**
 * What ran, by its bytes: the engine, Terragrunt or the wrapper around it, and each provider that init installed into the engine's
 * folder. Init links a provider to where the mirror is inside, or unpacks it into the clone; a link that leads anywhere else is none
 * of ours. Always read anew: nothing is remembered of a file that may have been exchanged.
 */
export interface Installed {
  readonly clone: string;
  readonly engineFolder: string;
  readonly runner: Runner;
  /** Of the run, by which what is seen inside is found outside. */
  readonly binds: readonly Bind[];
}

type Program = PlannedForApply['programs'][number];

const mostProviderBytes = 1_000_000_000;
const mostScriptBytes = 1_000_000;

/** Errors: `profile-unusable`. */
export async function installedPrograms(installed: Installed): Promise<readonly Program[]> {
  const { binds, runner, clone } = installed;
  const programs = binds.filter(({ to }) => posix.dirname(to) === inside.programs);
  const found = programs.map(async ({ from, to }) => ({ name: posix.basename(to), sha256: await digestOfFile(from) }));
  if (runner.kind === 'wrapper') found.push(scriptOf(clone, runner.script));
  return [...(await Promise.all(found)), ...(await providersOf(installed))].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function scriptOf(clone: string, script: string): Promise<Program> {
  const bytes = await readPlain(clone, posix.normalize(script), mostScriptBytes);
  if (bytes === undefined)
    throw unusable('the wrapper script is gone', 'see what the stack does to it while it is planned');
  return { name: 'wrapper', sha256: digestOf(bytes) };
}

/** `<host>/<namespace>/<name>/<version>/<platform>`, the last a folder or a link to one. */
async function providersOf({ clone, engineFolder, binds }: Installed): Promise<readonly Program[]> {
  const found: Program[] = [];
  const root = posix.join(engineFolder, '.terraform', 'providers');
  for (const host of await namesIn(clone, root)) {
    for (const namespace of await namesIn(clone, posix.join(root, host))) {
      for (const name of await namesIn(clone, posix.join(root, host, namespace))) {
        for (const version of await namesIn(clone, posix.join(root, host, namespace, name))) {
          const folder = posix.join(root, host, namespace, name, version);
          for (const platform of await namesIn(clone, folder)) {
            const sha256 = await providerAt(clone, posix.join(folder, platform), binds);
            if (sha256 !== undefined) found.push({ name: `${host}/${namespace}/${name} ${version}`, sha256 });
          }
        }
      }
    }
  }
  return found;
}

async function namesIn(clone: string, folder: string): Promise<readonly string[]> {
  return (await isPlainFolder(clone, folder)) ? readdir(join(clone, folder)) : [];
}

const isProgram = (name: string): boolean => name.startsWith('terraform-provider-');

/** Undefined for a plain file: a lock, which no engine takes for a provider. */
async function providerAt(clone: string, path: string, binds: readonly Bind[]): Promise<string | undefined> {
  const here = await lstat(join(clone, path));
  if (here.isFile()) return undefined;
  if (here.isSymbolicLink()) {
    const target = await readlink(join(clone, path));
    const files = binds.filter(({ to }) => posix.dirname(to) === target && isProgram(posix.basename(to)));
    const [file, ...others] = target.startsWith(`${inside.providers}/`) ? files : [];
    if (file === undefined || others.length > 0) throw foreign(path);
    return digestOfFile(file.from);
  }
  const [name, ...others] = here.isDirectory() ? (await readdir(join(clone, path))).filter(isProgram) : [];
  const bytes = name === undefined ? undefined : await readPlain(clone, posix.join(path, name), mostProviderBytes);
  if (bytes === undefined || others.length > 0) throw foreign(path);
  return digestOf(bytes);
}

function foreign(path: string): Error {
  return unusable(
    `${path} is no provider of the profile’s mirror`,
    'see what the stack puts there: what ran cannot be told, so it cannot be signed',
  );
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw unusable('a program of the profile cannot be read', 'correct runner and providerMirror in keep.yaml', cause);
  }
  return hash.digest('hex');
}
