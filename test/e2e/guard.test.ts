import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askClaude } from './ask-claude.ts';
import { pluginFolder as plugin } from './plugin-agents.ts';
import { claudeCode } from './program-cache.ts';
import { ScratchCastellan } from './scratch-castellan.ts';
import { lastWords, type ScriptedCall, scriptedModel } from './scripted-model.ts';

/** Whatever the model is told to run, Claude Code asks nobody: what still stands in its way is the plugin's guard. */
describe('Claude Code in bypass mode, with a model that runs commands', () => {
  const castellan = new ScratchCastellan();
  const programs = join(castellan.directory, 'programs');
  const ran = join(castellan.directory, 'ran');
  beforeAll(async () => {
    await claudeCode();
    mkdirSync(programs);
    // Nothing behind it: it writes down with which words it was started.
    for (const name of ['kubectl', 'vault', 'terraform']) {
      writeFileSync(join(programs, name), `#!/bin/sh\necho "${name} $*" >> '${ran}'\n`);
      chmodSync(join(programs, name), 0o755);
    }
  });
  beforeEach(() => rmSync(ran, { force: true }));
  afterAll(() => castellan[Symbol.asyncDispose]());

  /** What became of each call: what the model was told of it, and which programs were started at all. */
  const run = async (calls: readonly ScriptedCall[], more: { readonly plugin?: string }) => {
    await using model = await scriptedModel(calls, [helper]);
    const { PATH = '', HOME: _, ...environment } = castellan.environment();
    const said = await askClaude({
      castellan,
      words: 'Do what has to be done.',
      allowed: [],
      model: model.url,
      bypass: true,
      environment: { ...environment, ENABLE_TOOL_SEARCH: 'false', PATH: `${programs}${delimiter}${PATH}` },
      ...more,
    });
    expect(said).toMatchObject({ is_error: false, result: lastWords });
    return { told: [...model.seen], helperTold: [...model.agent(helper.name).seen], ran: started() };
  };
  const started = () => (existsSync(ran) ? readFileSync(ran, 'utf8').trimEnd().split('\n') : []);

  const bash = (command: string): ScriptedCall => ({
    tool: 'Bash',
    input: { command, description: 'as the user asked' },
  });
  const inAgent = 'kubectl scale deploy/x --replicas=6';
  /** An agent that comes with the client, and has every tool. */
  const helper = {
    name: 'general-purpose',
    prompt: 'You are an agent for Claude Code',
    script: [bash(inAgent)],
  };
  const agent: ScriptedCall = {
    tool: 'Agent',
    input: { description: 'help', subagent_type: helper.name, prompt: 'Make room.', run_in_background: false },
  };
  const watched = 'kubectl scale deploy/x --replicas=7';
  const monitor: ScriptedCall = {
    tool: 'Monitor',
    input: { command: watched, description: 'until it is done', timeout_ms: 20_000 },
  };

  const changes = [
    'kubectl scale deploy/x --replicas=5',
    "sh -c 'kubectl scale deploy/x --replicas=5'",
    'k=kubectl; $k scale deploy/x --replicas=5',
    'echo first && kubectl -n shop delete pod x-1',
    'terraform apply -auto-approve',
  ];
  const secrets = ['kubectl get secret x -o yaml', 'vault kv get kv/x'];

  it('denies what would change the homelab, and names the way there is', async () => {
    const done = await run(changes.map(bash), { plugin });
    expect(done.ran).toEqual([]);
    expect(done.told).toHaveLength(changes.length);
    for (const told of done.told) expect(told).toContain('change_propose');
  });

  it('denies what would read a secret', async () => {
    const done = await run(secrets.map(bash), { plugin });
    expect(done.ran).toEqual([]);
    expect(done.told).toHaveLength(secrets.length);
  });

  it('lets everything else run', async () => {
    const done = await run(['kubectl get pods -n shop', "echo 'nothing of the house' | tr a-z A-Z"].map(bash), {
      plugin,
    });
    expect(done.ran).toEqual(['kubectl get pods -n shop']);
    expect(done.told[1]).toContain('NOTHING OF THE HOUSE');
  });

  it('denies it to an agent that was started, and to a command that is only watched', async () => {
    const done = await run([agent, monitor], { plugin });
    expect(done.ran).toEqual([]);
    expect(done.helperTold).toEqual([expect.stringContaining('change_propose')]);
    expect(done.told[1]).toContain('change_propose');
  });

  it('is all there is: without the plugin every one of these runs', async () => {
    await run([...[...changes, ...secrets].map(bash), agent, monitor], {});
    // What is watched is not waited for.
    await expect
      .poll(started)
      .toEqual([
        'kubectl scale deploy/x --replicas=5',
        'kubectl scale deploy/x --replicas=5',
        'kubectl scale deploy/x --replicas=5',
        'kubectl -n shop delete pod x-1',
        'terraform apply -auto-approve',
        'kubectl get secret x -o yaml',
        'vault kv get kv/x',
        inAgent,
        watched,
      ]);
  });
});
