import { readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
const programs = join(repository, 'node_modules', '.bin');

export type Environment = Readonly<Record<string, string>>;

/** The package as it would be published: built, and packed into this folder. Gives the tarball's path. */
export async function packTarball(folder: string, environment: Environment): Promise<string> {
  const limits = { timeout: 280_000, killSignal: 'SIGKILL' } as const;
  await execa('npm', ['run', 'build'], {
    cwd: repository,
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    ...limits,
  });
  await runProgram(repository, environment, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder);
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
}

export function runProgram(cwd: string, environment: Environment, file: string, ...words: readonly string[]) {
  return execa(file, words, {
    cwd,
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    // An install takes a quarter of a minute; one that takes this long waits for a registry that has gone silent.
    timeout: 100_000,
    killSignal: 'SIGKILL',
  });
}

/** Tries again what the network may have held up; the last failure is thrown. */
export async function withPatience<Result>(work: () => Promise<Result>, attempts: number): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts) throw error;
    }
  }
}

/** A path on which `node` is the one that runs this suite. */
export const suitePath = [programs, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);

/** What tells npm where packages come from, on machines that do not ask the registry itself. */
export function registryVariables(): Record<string, string> {
  const kept =
    /^(npm_config_(registry|cafile|userconfig|cache|proxy|https_proxy|noproxy)|(https?|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const user = process.env['HOME'];
  return {
    ...(user === undefined ? {} : { npm_config_userconfig: join(user, '.npmrc') }),
    ...Object.fromEntries(entries.filter(([name]) => kept.test(name))),
  };
}
