import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { cachedPackage } from '../test/e2e/program-cache.ts';
import { ScratchCastellan, stopProcess } from '../test/e2e/scratch-castellan.ts';
import { openCache } from '../test/lab/cache.ts';
import { down } from '../test/lab/down.ts';
import { labEnv } from '../test/lab/env.ts';
import type { Lab } from '../test/lab/lab.ts';
import type { LabEnv } from '../test/lab/lab-env.ts';
import { up } from '../test/lab/up.ts';
import type { Command } from './stdio-server.ts';

/**
 * What is compared: Castellan as it is published (compiled), and two servers as npm installs them, each started as a client
 * starts it, against the same API server with the same read-only account, the others in their read-only mode.
 */
export interface Contenders extends AsyncDisposable {
  readonly running: Lab;
  readonly lab: LabEnv;
  readonly castellan: Command;
  readonly peer: Command;
  readonly peerName: string;
  /** The other one, which runs kubectl for each call. */
  readonly wrapper: Command;
  readonly wrapperName: string;
  /** The running daemon's process id. */
  daemon(): Promise<number>;
  stopDaemon(): Promise<void>;
}

const peerVersion = '0.0.67';
const wrapperVersion = '4.1.7';
const labName = 'bench';

/** Builds Castellan, installs the others if need be, and starts a lab with this many pods, or takes the one of that name. */
export async function contenders(pods: number, { homelab = false, name = labName } = {}): Promise<Contenders> {
  const say = (line: string) => console.error(line);
  const repository = fileURLToPath(new URL('../', import.meta.url));
  await execa('npm', ['run', 'build'], { cwd: repository, stdin: 'ignore' });
  const modules = await cachedPackage('kubernetes-mcp-server', peerVersion);
  const wrapperModules = await cachedPackage('mcp-server-kubernetes', wrapperVersion);

  await using opened = new AsyncDisposableStack();
  const cache = openCache();
  const { lab: running, started } = await up(cache, { name, pods, homelab, say });
  opened.defer(async () => {
    if (started) await down(cache, name);
  });
  const scratch = opened.use(new ScratchCastellan());
  const lab = labEnv(running);
  const daemon = async (): Promise<number> => {
    const found = await scratch.daemon();
    if (found === undefined) throw new Error('no daemon runs');
    return found.pid;
  };
  const everything = opened.move();
  return {
    running,
    lab,
    castellan: {
      file: process.execPath,
      args: [join(repository, 'dist', 'src', 'cli', 'main.js'), 'mcp'],
      env: scratch.environment({ CASTELLAN_CONFIG: lab.config }),
    },
    peer: {
      file: process.execPath,
      args: [
        join(modules, 'kubernetes-mcp-server', 'bin', 'index.js'),
        '--kubeconfig',
        lab.kubeconfig.castellan,
        '--read-only',
      ],
      env: scratch.environment(),
    },
    peerName: `kubernetes-mcp-server ${peerVersion}`,
    wrapper: {
      file: process.execPath,
      args: [join(wrapperModules, 'mcp-server-kubernetes', 'dist', 'index.js')],
      env: {
        ...scratch.environment({ ALLOW_ONLY_READONLY_TOOLS: 'true', KUBECONFIG: lab.kubeconfig.castellan }),
        PATH: `${dirname(lab.kubectl)}:${process.env['PATH'] ?? ''}`,
      },
    },
    wrapperName: `mcp-server-kubernetes ${wrapperVersion}`,
    daemon,
    stopDaemon: async () => stopProcess(await daemon()),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
