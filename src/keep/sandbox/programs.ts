import { realpath } from 'node:fs/promises';
import { execa } from 'execa';
import { sandboxError } from './errors.ts';

/** Absolute paths. The last three run inside too, so they must lie in what every run sees: /usr. */
export interface SandboxPrograms {
  readonly bwrap: string;
  readonly socat: string;
  readonly prlimit: string;
  readonly setpriv: string;
}

/** `--disable-userns` and `--size` are what it needs of bubblewrap. */
const oldestVersion = [0, 8];

/** Looks at each program once. Errors: `sandbox-unavailable`. */
export async function findPrograms(given: SandboxPrograms): Promise<SandboxPrograms> {
  const bwrap = await resolved('bwrap', given.bwrap);
  const inside = async (name: 'socat' | 'prlimit' | 'setpriv'): Promise<string> => {
    const path = await resolved(name, given[name]);
    if (path.startsWith('/usr/')) return path;
    throw unavailable(`${name} is ${path}, which a run cannot see`, `install ${name} under /usr`);
  };
  const [socat, prlimit, setpriv] = [await inside('socat'), await inside('prlimit'), await inside('setpriv')];
  const { stdout } = await execa(bwrap, ['--version'], {
    env: {},
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
  });
  const [, major, minor] = /^bubblewrap (\d+)\.(\d+)/.exec(stdout) ?? [];
  if (major === undefined || minor === undefined) {
    throw unavailable(`${bwrap} is not bubblewrap`, 'install bubblewrap 0.8 or later');
  }
  const [leastMajor = 0, leastMinor = 0] = oldestVersion;
  if (Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor)) {
    throw unavailable(`${bwrap} is version ${major}.${minor}`, 'install bubblewrap 0.8 or later');
  }
  return { bwrap, socat, prlimit, setpriv };
}

const packages = { bwrap: 'bubblewrap', socat: 'socat', prlimit: 'util-linux', setpriv: 'util-linux' } as const;

async function resolved(name: keyof SandboxPrograms, path: string): Promise<string> {
  const next = `install the package ${packages[name]} and give the absolute path of ${name}`;
  if (!path.startsWith('/')) throw unavailable(`the path of ${name} is not absolute`, next);
  try {
    return await realpath(path);
  } catch (cause) {
    throw unavailable(`${path} is not there`, next, cause);
  }
}

/** `sandbox-unavailable` for what bubblewrap itself said when it could not make a sandbox. */
export function explainFailure(said: string): Error {
  const line = said.trim().split('\n')[0]?.slice(0, 300) ?? '';
  return unavailable(
    `no sandbox could be made${line === '' ? '' : ` (${line})`}`,
    remedies.find(({ pattern }) => pattern.test(said))?.next ??
      'run `castellan doctor` on the keep’s machine as the keep’s user; it tries a sandbox and shows what fails',
  );
}

const remedies = [
  {
    pattern: /uid map|new namespace|unprivileged user|NEWUSER|user\.max_user_namespaces/i,
    next:
      'let the keep’s user make user namespaces: on Ubuntu 24.04 give bwrap an AppArmor profile with `userns,`; elsewhere ' +
      'set user.max_user_namespaces (and kernel.unprivileged_userns_clone where it exists) above 0; a container needs ' +
      'a seccomp profile that allows them',
  },
  { pattern: /setuid|set-user-ID/i, next: 'install a bubblewrap that is not set-user-ID root' },
  { pattern: /execvp/i, next: 'install prlimit, setpriv and socat under /usr' },
  {
    pattern: /Can't find source path|Permission denied/i,
    next: 'let the user that plans run as enter every folder above the run’s own (mode 0711 is enough)',
  },
  { pattern: /nothing listens/i, next: 'check the ports of the profile’s endpoints; each needs a socket of its own' },
] as const;

export function unavailable(message: string, next: string, cause?: unknown): Error {
  return sandboxError('sandbox-unavailable', { message, next, ...(cause === undefined ? {} : { cause }) });
}
