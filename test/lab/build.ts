import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, extname, join } from 'node:path';
import { execa } from 'execa';
import { isThere } from './available.ts';
import { type Cache, isBuilt, programDirectory } from './cache.ts';
import { absolutePath, linkFound, unlinkOutdated } from './found-program.ts';
import { withLock } from './lock.ts';
import { splitByPrograms } from './parts/index.ts';
import { type Program, programFolder, programs } from './programs.ts';
import { fetchWheels } from './wheels.ts';

export interface BuildOptions {
  readonly say: (line: string) => void;
  /** A compiler cache of your own, which is kept. By default one inside the lab's cache, deleted when all is built. */
  readonly goCache: string | undefined;
}

const draftPrefix = '.draft-';

/** GiB most programs take while they are built: sources, compiler cache and the binary. Measured, rounded up. */
const usualRoom = 1.25;

/** Builds what is not in the cache yet. Safe beside another build: the second waits, then finds everything there. */
export async function build(cache: Cache, { say, goCache }: BuildOptions): Promise<void> {
  await withLock(
    join(cache.root, 'build.lock'),
    () => say('another build is running: waiting for it'),
    async () => {
      const unfetched = await fetchWheels(cache, say);
      const left = await stillToBuild(cache, say);
      if (left.length > 0) {
        removeDrafts(cache);
        await assertGo(cache, left);
        await assertRoom(cache, left);
        for (const [index, program] of left.entries()) {
          await buildOne(cache, program, goCache ?? cache.goBuild, (line) =>
            say(`${index + 1}/${left.length} ${line}`),
          );
        }
      }
      if (goCache === undefined) rmSync(cache.goBuild, { recursive: true, force: true });
      say(`all ${programs.length} programs are built, in ${cache.programs}`);
      if (unfetched.length > 0)
        throw new Error(`without ${unfetched.map(({ project }) => project).join(', ')}: see above`);
    },
  );
}

/** A program that the machine has in the wanted version is linked instead, which needs no Go. */
async function stillToBuild(cache: Cache, say: (line: string) => void): Promise<readonly Program[]> {
  const left: Program[] = [];
  for (const program of programs) {
    await unlinkOutdated(cache, program);
    if (isBuilt(cache, program)) continue;
    const found = await linkFound(cache, program);
    if (found === undefined) left.push(program);
    else say(`${titleOf(program)}: found on this machine, ${found}`);
  }
  return left;
}

function titleOf(program: Program): string {
  return `${program.name} ${program.version.replace(/^v/, '')}`;
}

/** What a killed build left; nobody else is building while the lock is held. */
function removeDrafts(cache: Cache): void {
  for (const name of readdirSync(cache.programs)) {
    if (name.startsWith(draftPrefix)) rmSync(join(cache.programs, name), { recursive: true, force: true });
  }
}

async function buildOne(cache: Cache, program: Program, goCache: string, say: (line: string) => void): Promise<void> {
  const title = titleOf(program);
  const begun = Date.now();
  say(`${title}: building`);
  const beat = setInterval(() => say(`${title}: still building, ${elapsed(begun)}`), 15_000);
  const draft = mkdtempSync(join(cache.programs, draftPrefix));
  try {
    const binary = join(draft, program.name);
    await go(program, goCache, [
      'build',
      '-trimpath',
      '-ldflags',
      program.ldflags.join(' '),
      '-o',
      binary,
      program.source,
    ]);
    if (program.extra !== undefined) await copyExtra(program, goCache, program.extra, join(draft, 'extra'));
    rmSync(programDirectory(cache, program), { recursive: true, force: true });
    renameSync(draft, programDirectory(cache, program));
  } finally {
    clearInterval(beat);
    rmSync(draft, { recursive: true, force: true });
  }
  const { size } = statSync(join(programDirectory(cache, program), program.name));
  say(`${title}: built in ${elapsed(begun)}, ${Math.round(size / 1e6)} MB`);
}

async function copyExtra(program: Program, goCache: string, folder: string, target: string): Promise<void> {
  const module = await go(program, goCache, ['list', '-m', '-f', '{{.Dir}}', program.module]);
  cpSync(join(module, folder), target, {
    recursive: true,
    filter: (source, copy) => {
      const directory = statSync(source).isDirectory();
      // The module cache is read-only, and so would the copy be: it could then not be removed.
      if (directory) {
        mkdirSync(copy, { recursive: true });
        chmodSync(copy, 0o755);
      }
      return directory || extname(source) === '.yaml';
    },
  });
}

/** Runs go in the program's folder, with nothing of our environment but what names caches, proxies and mirrors. */
async function go(program: Program, goCache: string, args: readonly string[]): Promise<string> {
  const done = await execa('go', args, {
    cwd: programFolder(program),
    env: {
      ...passedOn(),
      GOCACHE: goCache,
      // Readonly: the committed go.mod and go.sum decide every version, and a build that would change them fails.
      GOFLAGS: '-mod=readonly -buildvcs=false',
      GOTOOLCHAIN: 'local',
      CGO_ENABLED: '0',
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  if (done.exitCode !== 0) {
    const last = String(done.stderr).trimEnd().split('\n').slice(-15).join('\n');
    throw new Error(`go ${args[0]} of ${program.name} ended with ${done.exitCode ?? done.signal}:\n${last}`);
  }
  return done.stdout;
}

const kept =
  /^(HOME|TMPDIR|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY|GO(PATH|MODCACHE|PROXY|SUMDB|NOSUMDB|NOPROXY|PRIVATE|INSECURE|ENV))$/i;

function passedOn(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    HOME: homedir(),
    ...Object.fromEntries(entries.filter(([name]) => kept.test(name))),
    // An empty one would mean the folder one is in.
    PATH: absolutePath().join(delimiter) || '/nonexistent',
  };
}

async function assertGo(cache: Cache, left: readonly Program[]): Promise<void> {
  const seen = await execa('go', ['version'], { env: passedOn(), extendEnv: false, reject: false });
  if (seen.exitCode === 0) return;
  const { startable } = splitByPrograms((program) => isThere(cache, program));
  const still = startable.map((part) => part.name).join(', ') || 'nothing';
  throw new Error(
    `there is no go on the PATH, and ${left.map((program) => program.name).join(', ')} is not built yet. ` +
      `Without it \`up\` can start: ${still}. Install Go 1.26.6 or later and run build again`,
  );
}

async function assertRoom(cache: Cache, left: readonly Program[]): Promise<void> {
  const { bavail, bsize } = await statfs(cache.root);
  const free = (bavail * bsize) / 1024 ** 3;
  const needed = left.reduce((sum, { room = usualRoom }) => sum + room, 0);
  if (free >= needed) return;
  throw new Error(
    `building takes up to ${needed.toFixed(1)} GiB under ${cache.root}, and ${free.toFixed(1)} are free. ` +
      'Make room, or name another place with CASTELLAN_LAB_CACHE',
  );
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
