import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import { type Cache, isBuilt, programDirectory } from './cache.ts';
import type { Program } from './programs.ts';

/** The PATH without its relative entries: what they hold depends on where one stands, so nothing is ever run from there. */
export function absolutePath(): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
}

/**
 * Where this machine has a program of exactly the version the lab would build, that is linked into the cache as if it had
 * been built. Gives the path it was found at.
 */
export async function linkFound(cache: Cache, program: Program): Promise<string | undefined> {
  const found = await findProgram(program);
  if (found === undefined) return undefined;
  const folder = programDirectory(cache, program);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  symlinkSync(found, join(folder, program.name));
  return found;
}

/** Removes a link made by an earlier build when what it points to is of another version by now, or gone. */
export async function unlinkOutdated(cache: Cache, program: Program): Promise<void> {
  const folder = programDirectory(cache, program);
  const file = join(folder, program.name);
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  if (isBuilt(cache, program) && (await isWantedVersion(program, file))) return;
  rmSync(folder, { recursive: true });
}

async function findProgram(program: Program): Promise<string | undefined> {
  for (const folder of absolutePath()) {
    const file = join(folder, program.name);
    if (existsSync(file) && (await isWantedVersion(program, file))) return file;
  }
  return undefined;
}

/**
 * Asked as bare as the lab's parts are started: a version manager's stand-in, which answers by the home or the folder one is
 * in, then finds no version to be, and does not count.
 */
async function isWantedVersion({ versionCheck }: Program, file: string): Promise<boolean> {
  if (versionCheck === undefined) return false;
  const seen = await execa(file, versionCheck.args, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  return seen.exitCode === 0 && holdsWhole(seen.stdout, versionCheck.shown);
}

/** `v1.37.2` stands neither in `v1.37.20` nor in `v1.37.2+k3s1`. */
function holdsWhole(text: string, shown: string): boolean {
  const [, ...after] = text.split(shown);
  return after.some((rest) => !/^([\w+-]|\.\w)/.test(rest));
}
