import { createRedactor } from '../../redaction/index.ts';
import type { CliContext } from '../terminal.ts';
import { accessError } from './errors.ts';

/**
 * The human's own kubectl, with their own context and credentials. It makes what Castellan itself never could: its one
 * transport only reads. Only `castellan init kubernetes` has it, and the credentials stay inside kubectl.
 */
export interface Kubectl {
  /** What it printed. Its complaints are passed on to the terminal as they come: a plugin may ask to log in. */
  run(args: readonly string[], input?: string): Promise<string>;
}

const longestMs = 120_000;
const mostBytes = 4_194_304;

/** Throws `kubectl-missing`, `kubectl-forbidden`, `kubectl-unreachable`, `kubectl-failed`. */
export function kubectlFor(
  { terminal, environment, cwd }: Pick<CliContext, 'terminal' | 'environment' | 'cwd'>,
  flags: readonly string[],
): Kubectl {
  const { text } = createRedactor();
  const passOn = function* (line: string) {
    terminal.err(`kubectl: ${text(line).text}`);
    yield line;
  };
  return {
    async run(args, input) {
      // Loaded here: no other command starts a program, and it takes longer to load than most of them to run.
      const { execa } = await import('execa');
      const done = await execa('kubectl', [...flags, ...args], {
        cwd,
        env: environment,
        extendEnv: false,
        ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
        stderr: ['pipe', passOn],
        reject: false,
        timeout: longestMs,
        maxBuffer: mostBytes,
      });
      if (!done.failed) return done.stdout;
      throw failure(args, done);
    },
  };
}

interface Failed {
  readonly code?: string | undefined;
  readonly stderr: unknown;
  readonly timedOut: boolean;
}

/** What kubectl printed is not repeated: it was on the terminal, and stdout may hold a token. */
function failure(args: readonly string[], { code, stderr, timedOut }: Failed): Error {
  const what = `kubectl ${args.slice(0, 2).join(' ')}`;
  const said = String(stderr);
  if (code === 'ENOENT') {
    return accessError('kubectl-missing', {
      message: 'kubectl was not found on the PATH',
      next: 'install kubectl, or apply deploy/kubernetes/reader-role.yaml from a machine that has it (docs/kubernetes.md)',
    });
  }
  if (/\(Forbidden\)|is forbidden/.test(said)) {
    return accessError('kubectl-forbidden', {
      message: `${what}: this context may not do that`,
      next: 'use a context that may make namespaces, cluster roles and bindings: --context NAME',
    });
  }
  if (timedOut || /Unable to connect|was refused|no such host|i\/o timeout|handshake|unreachable|deadline/.test(said)) {
    return accessError('kubectl-unreachable', {
      message: `${what}: the API server did not answer`,
      next: 'check that the cluster runs and `kubectl get namespaces` reaches it, or name another --context',
    });
  }
  return accessError('kubectl-failed', {
    message: `${what} failed`,
    next: 'see what kubectl said above; the same command by hand may say more',
  });
}
