import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pluginTool } from './ask-claude.ts';
import { type LoopbackRegistry, loopbackRegistry } from './loopback-registry.ts';
import { packTarball, registryVariables, runProgram, suitePath, withPatience } from './packed-tarball.ts';
import { pluginAgents, pluginFolder } from './plugin-agents.ts';
import { claudeCode } from './program-cache.ts';
import { ScratchCastellan } from './scratch-castellan.ts';
import { lastWords, scriptedModel } from './scripted-model.ts';

const skills = ['backup-audit', 'drift-review', 'new-service', 'post-mortem', 'rotation-check', 'storage-advice'];
const manifestShape = z.looseObject({ name: z.string(), version: z.string() });
const installedShape = z.object({
  plugins: z.record(z.string(), z.array(z.looseObject({ installPath: z.string(), version: z.string() }))),
});
const spoken = z.looseObject({ is_error: z.boolean(), result: z.string() });

/** A clean home, the package on a registry of loopback, and nothing of this checkout. */
describe('the plugin, installed by Claude Code', () => {
  const castellan = new ScratchCastellan();
  const home = join(castellan.directory, 'claude-home');
  const unpacked = join(castellan.directory, 'unpacked');
  const environment = castellan.environment({
    PATH: suitePath,
    HOME: home,
    CASTELLAN_CONFIG: castellan.configure(castellan.unreachableCluster()),
    ...registryVariables(),
    // Of its own: npx would run what it kept of an earlier run under the same version.
    npm_config_cache: join(castellan.directory, 'npm-cache'),
    ANTHROPIC_API_KEY: 'dummy',
    // Nobody is asked for anything but by a test that has a model.
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
  });
  let registry: LoopbackRegistry;
  let program = '';
  const claude = (more: Readonly<Record<string, string>>, ...words: readonly string[]) =>
    runProgram(home, { ...environment, npm_config_registry: registry.url, ...more }, program, ...words);

  beforeAll(async () => {
    mkdirSync(home);
    mkdirSync(unpacked);
    program = await claudeCode();
    const tarball = await packTarball(castellan.directory, environment);
    await runProgram(unpacked, environment, 'tar', '-xzf', tarball, '--strip-components=1');
    const manifest = manifestShape.parse(JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')));
    const upstream = (await runProgram(home, environment, 'npm', 'config', 'get', 'registry')).stdout.trim();
    registry = await loopbackRegistry({ tarball, manifest, upstream });
    await claude({}, 'plugin', 'marketplace', 'add', unpacked);
    await withPatience(() => claude({}, 'plugin', 'install', 'castellan@castellan'), 3);
    // What its server is started by; done here because a client does not wait for half a minute.
    const fetchTimeout = { npm_config_fetch_timeout: '20000', npm_config_registry: registry.url };
    await withPatience(
      () => runProgram(home, { ...environment, ...fetchTimeout }, 'npx', ...mcpWords(unpacked), '--version'),
      4,
    );
  }, 500_000);
  afterAll(async () => {
    await castellan[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
  });

  it.each([
    ['this repository', () => pluginFolder],
    ['the package', () => unpacked],
  ])('is valid, %s', async (_, folder) => {
    const validated = await runProgram(home, environment, program, 'plugin', 'validate', '--strict', folder());
    expect(validated.all).toContain('Validation passed');
    for (const skill of skills) expect(validated.all).toContain(`skills: castellan:${skill}`);
    const plugin = join(folder(), '.claude-plugin', 'plugin.json');
    expect((await runProgram(home, environment, program, 'plugin', 'validate', '--strict', plugin)).exitCode).toBe(0);
  });

  it('is what the registry had', () => {
    const file = join(home, '.claude', 'plugins', 'installed_plugins.json');
    const { plugins } = installedShape.parse(JSON.parse(readFileSync(file, 'utf8')));
    const [installed] = plugins['castellan@castellan'] ?? [];
    expect(registry.asked).toContain(`/castellan/-/castellan-${installed?.version}.tgz`);
    const hooks = (folder: string): string => readFileSync(join(folder, 'hooks', 'hooks.json'), 'utf8');
    expect(hooks(installed?.installPath ?? '')).toBe(hooks(unpacked));
  });

  it('has its tools from the server that npx brings, its agents, its skills, its commands, and its guard', async () => {
    const denied = { tool: 'Bash', input: { command: 'kubectl delete pod x', description: 'as I please' } };
    const look = { tool: pluginTool('kubectl_get'), input: { kind: 'pods' } };
    await using model = await scriptedModel([look, denied]);
    expect(await ask(model.url)).toMatchObject({ is_error: false, result: lastWords });
    expect(model.offered).toContain(pluginTool('kubectl_get'));
    expect(model.seen[0]).toContain('cluster-unreachable');
    expect(model.seen[1]).toMatch(/PreToolUse:Bash hook/);
    const shown = model.requests[0] ?? '';
    for (const name of skills) expect(shown).toContain(`castellan:${name}`);
    for (const name of ['changes', 'incident', 'status', 'why']) expect(shown).toContain(`castellan:${name}`);
    for (const { name } of pluginAgents()) expect(shown).toContain(`castellan:${name}`);
  });

  it('tells a session that begins what is not known, and gives it what was remembered', async () => {
    // The daemon that the session before started is still there.
    const kept = 'The NAS with the photos sleeps from two to five: backups at night fail then.';
    await using storing = await scriptedModel([{ tool: pluginTool('memory_store'), input: { content: kept } }]);
    expect(await ask(storing.url)).toMatchObject({ is_error: false });
    await using model = await scriptedModel([]);
    expect(await ask(model.url, 'Why do the backups of the photos fail at night?')).toMatchObject({ is_error: false });
    const [first = ''] = model.conversations;
    expect(first).toContain('Wrong [cluster_health]: UNKNOWN: cluster_health answered cluster-unreachable');
    expect(first).not.toContain('nothing found wrong');
    expect(first).toContain(kept);
  });

  async function ask(model: string, words = 'Do what you are told.'): Promise<z.output<typeof spoken>> {
    const { stdout } = await claude(
      {
        ANTHROPIC_BASE_URL: model,
        MCP_CONNECTION_NONBLOCKING: '0',
        MCP_TIMEOUT: '90000',
        MCP_CONNECT_TIMEOUT_MS: '90000',
        // Root may bypass only what it says is a sandbox.
        ...(process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}),
      },
      ...['-p', words, '--output-format', 'json', '--permission-mode', 'bypassPermissions'],
    );
    return spoken.parse(JSON.parse(stdout));
  }
});

const mcpShape = z.object({ mcpServers: z.object({ castellan: z.object({ args: z.array(z.string()) }) }) });

/** The words of `.mcp.json`, up to the package. */
function mcpWords(plugin: string): readonly string[] {
  const { mcpServers } = mcpShape.parse(JSON.parse(readFileSync(join(plugin, '.mcp.json'), 'utf8')));
  return mcpServers.castellan.args.filter((word) => word !== 'mcp');
}
