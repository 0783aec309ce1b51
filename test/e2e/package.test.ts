import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../tools/catalogue.ts';
import { packTarball, registryVariables, repository, runProgram, suitePath, withPatience } from './packed-tarball.ts';
import { ScratchCastellan, stopProcess } from './scratch-castellan.ts';
import { openSession } from './session.ts';

describe('the package as it would be published', () => {
  const castellan = new ScratchCastellan();
  const place = join(castellan.directory, 'installed');
  let tarball = '';
  /** An environment in which `node` is the one that runs this suite. */
  const environment = castellan.environment({ PATH: suitePath });
  const asking = { ...environment, ...registryVariables() };
  const run = (cwd: string, file: string, ...words: readonly string[]) => runProgram(cwd, asking, file, ...words);

  beforeAll(async () => {
    tarball = await packTarball(castellan.directory, asking);
    // npm itself waits five minutes for a registry that has stopped to send; asked again, it mostly goes on.
    const flags = ['--no-audit', '--no-fund', '--omit=dev', '--loglevel=error', '--fetch-timeout=20000'];
    const install = ['install', '--prefix', place, ...flags, tarball];
    await withPatience(() => run(castellan.directory, 'npm', ...install), 4);
  }, 500_000);
  afterAll(() => castellan[Symbol.asyncDispose]());

  it('passes publint', async () => {
    expect((await run(repository, 'publint', 'run', tarball, '--strict')).all).toContain('All good');
  });

  it('has types that every consumer of modules can read', async () => {
    await run(repository, 'attw', tarball, '--profile', 'esm-only');
  });

  it('ships neither tests nor sources', async () => {
    const listed = await run(castellan.directory, 'tar', '-tzf', tarball);
    const strays = listed.stdout
      .split('\n')
      .filter((path) => /\.(test|contract|fixture)\.|(?<!\.d)\.ts$|\.env|\.tgz/.test(path));
    expect(strays).toEqual([]);
  });

  it('says its version and its tools', async () => {
    const castellanProgram = join(place, 'node_modules', '.bin', 'castellan');
    const manifest = await import('../../package.json', { with: { type: 'json' } });
    expect((await run(place, castellanProgram, '--version')).stdout).toBe(manifest.default.version);
    const { stdout } = await run(place, castellanProgram, 'tools');
    for (const { tools } of catalogue) for (const { name } of tools) expect(stdout).toContain(name);
  });

  it('brings memory-tool, and the plugin whose hooks call it', async () => {
    const memoryTool = join(place, 'node_modules', '.bin', 'memory-tool');
    const manifest = await import('../../package.json', { with: { type: 'json' } });
    expect((await run(place, memoryTool, '--version')).stdout).toBe(manifest.default.version);
    expect((await run(place, memoryTool, 'store', 'The NAS in the cellar sleeps from two to five.')).exitCode).toBe(0);
    expect((await run(place, memoryTool, 'recall', 'when does the nas sleep?')).stdout).toContain('from two to five');

    const plugin = join(place, 'node_modules', 'castellan');
    expect(existsSync(join(plugin, '.claude-plugin', 'plugin.json'))).toBe(true);
    const hook = async (): Promise<string> => {
      const { stdout } = await execa('sh', [join(plugin, 'hooks', 'memory-hook.sh'), 'recall'], {
        env: environment,
        extendEnv: false,
        input: JSON.stringify({ session_id: 's', prompt: 'When does the NAS in the cellar sleep?' }),
      });
      return stdout;
    };
    expect(await hook()).toBe('');
    // Its database opens behind the socket.
    await expect.poll(hook, { interval: 500 }).toContain('from two to five');
    await stopProcess((await castellan.daemon())?.pid ?? 0);
  });

  it('serves a session', async () => {
    const main = join(place, 'node_modules', 'castellan', 'dist', 'src', 'cli', 'main.js');
    const config = castellan.configure(castellan.everythingUnreachable());
    await using session = await openSession(castellan, { main, environment: { CASTELLAN_CONFIG: config } });
    const { tools } = await session.client.listTools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual(
      catalogue.flatMap((group) => group.tools.map(({ name }) => name)).toSorted(),
    );
  });
});
