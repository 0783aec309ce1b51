import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalogue } from '../../tools/catalogue.ts';
import { describeWithLab, leaksIn, sampleOf } from '../lab/use-lab.ts';
import { mainFile, ScratchCastellan } from './scratch-castellan.ts';

const inspectorFolder = join(
  createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json'),
  '..',
);
const portabilityProblem = 6;

/** The Inspector's command line against one Castellan, by both transports. */
class Inspector {
  readonly #castellan: ScratchCastellan;
  readonly #targets: Readonly<Record<Transport, readonly string[]>>;

  constructor(castellan: ScratchCastellan, url: string, token: string, config: string) {
    this.#castellan = castellan;
    const { CASTELLAN_HOME: home = '' } = castellan.environment();
    this.#targets = {
      stdio: ['-e', `CASTELLAN_HOME=${home}`, '-e', `CASTELLAN_CONFIG=${config}`, process.execPath, mainFile, 'mcp'],
      HTTP: [url, '--header', `Authorization: Bearer ${token}`],
    };
  }

  /** Its exit code, and the `result` it printed. */
  async ask(transport: Transport, era: Era, ...words: readonly string[]) {
    const ended = await execa(
      process.execPath,
      [
        join(inspectorFolder, 'clients', 'launcher', 'build', 'index.js'),
        '--cli',
        ...this.#targets[transport],
        '--protocol-era',
        era,
        '--format',
        'json',
        ...words,
      ],
      {
        cwd: this.#castellan.directory,
        env: this.#castellan.environment(),
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      },
    );
    return { code: ended.exitCode, stdout: ended.stdout, stderr: ended.stderr };
  }
}

type Transport = 'stdio' | 'HTTP';
type Era = 'modern' | 'legacy';
const everyWay = (['stdio', 'HTTP'] as const).flatMap((transport) =>
  (['modern', 'legacy'] as const).map((era) => [transport, era] as const),
);

async function inspectorFor(castellan: ScratchCastellan, config: string): Promise<Inspector> {
  const { token } = await castellan.token();
  const { url } = await castellan.serve(`--config=${config}`);
  return new Inspector(castellan, url, token, config);
}

const listed = z.object({ result: z.object({ tools: z.array(z.looseObject({ name: z.string() })) }) });

describe('the Inspector, with a cluster and a keep that nobody answers for', () => {
  const castellan = new ScratchCastellan();
  let inspector: Inspector;
  beforeAll(async () => {
    inspector = await inspectorFor(castellan, castellan.configure(castellan.everythingUnreachable()));
  });
  afterAll(() => castellan[Symbol.asyncDispose]());

  it.each(everyWay)('over %s, %s: lists every tool, with schemas any client can take', async (transport, era) => {
    const { code, stdout, stderr } = await inspector.ask(transport, era, '--method', 'tools/list', '--strict');
    expect({ code, stderr }).not.toMatchObject({ code: portabilityProblem });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const names = listed.parse(JSON.parse(stdout)).result.tools.map(({ name }) => name);
    expect(names.toSorted()).toEqual(catalogue.flatMap(({ tools }) => tools.map(({ name }) => name)).toSorted());
  });

  it.each(everyWay)(
    'over %s, %s: a call that cannot be answered is an error with its next step',
    async (transport, era) => {
      const words = ['--method', 'tools/call', '--tool-name', 'kubectl_get', '--tool-arg', 'kind=pods'];
      const { code, stdout, stderr } = await inspector.ask(transport, era, ...words);
      expect({ code, stderr }).toMatchObject({ code: 5 });
      expect(stdout + stderr).toContain('next:');
    },
  );

  it.each(everyWay)('over %s, %s: an argument no tool has is refused by name', async (transport, era) => {
    const words = ['--method', 'tools/call', '--tool-name', 'kubectl_get', '--tool-arg', 'kind=pods', 'namespce=x'];
    const { code, stdout, stderr } = await inspector.ask(transport, era, ...words);
    expect({ code, stderr }).toMatchObject({ code: 5 });
    expect(stdout + stderr).toContain('did you mean `namespace`');
  });

  it.each(everyWay)('over %s, %s: a cursor nobody here gave out is refused', async (transport, era) => {
    const words = ['--method', 'tools/call', '--tool-name', 'kubectl_get', '--tool-arg', 'kind=pods', 'cursor=forged'];
    const { code, stdout, stderr } = await inspector.ask(transport, era, ...words);
    expect({ code, stderr }).toMatchObject({ code: 5 });
    expect(stdout + stderr).toContain('error cursor-');
  });
});

await describeWithLab('the Inspector, with a real cluster', (lab) => {
  const castellan = new ScratchCastellan();
  const failing = sampleOf(lab).faults['crash-loop-oom'];
  let inspector: Inspector;
  beforeAll(async () => {
    inspector = await inspectorFor(castellan, lab.config);
  });
  afterAll(() => castellan[Symbol.asyncDispose]());

  it.each(everyWay)('over %s, %s: calls a tool and reads its answer', async (transport, era) => {
    const words = ['--method', 'tools/call', '--tool-name', 'kubectl_get', '--tool-arg', 'kind=pods'];
    const { code, stdout, stderr } = await inspector.ask(transport, era, ...words, `namespace=${failing.namespace}`);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain(failing.name);
    expect(stdout).toContain('CrashLoopBackOff');
    expect(leaksIn(lab, stdout)).toEqual([]);
  });
});
