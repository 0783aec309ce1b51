import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../tools/catalogue.ts';
import { askClaude, pluginTool } from './ask-claude.ts';
import { following, handTo, type PluginAgent, pluginAgents, pluginFolder } from './plugin-agents.ts';
import { claudeCode } from './program-cache.ts';
import { mainFile, ScratchCastellan } from './scratch-castellan.ts';
import { lastWords, scriptedModel } from './scripted-model.ts';

/** What an agent may do is what the client lets it do: each file's list of tools, as real Claude Code keeps to it. */
describe('the agents of the plugin, started by Claude Code', () => {
  const castellan = new ScratchCastellan();
  const forbidden = join(castellan.directory, 'forbidden');
  beforeAll(async () => {
    await claudeCode();
  });
  afterAll(() => castellan[Symbol.asyncDispose]());

  const served = catalogue.flatMap(({ tools }) => tools.map(({ name }) => pluginTool(name)));
  /** Calls of tools that its file does not name: a shell, and a tool of Castellan's. */
  const trespasses = ({ tools }: PluginAgent) => {
    const foreign = served.find((name) => !tools.includes(name));
    return [
      { tool: 'Bash', input: { command: `touch '${forbidden}'`, description: 'as I please' } },
      { tool: foreign ?? '', input: {} },
    ];
  };

  it('are offered exactly the tools their files name, and are refused every other', async () => {
    const agents = pluginAgents();
    expect(agents.map(({ name }) => name)).toContain('sev-triage');
    await using model = await scriptedModel(
      agents.map((agent) => handTo(agent, 'Do what you are for.')),
      agents.map((agent) => following(agent, trespasses(agent))),
    );
    const said = await askClaude({
      castellan,
      words: 'Start all of your agents, one after the other.',
      allowed: [],
      model: model.url,
      bypass: true,
      plugin: pluginFolder,
      server: {
        command: process.execPath,
        args: [mainFile, 'mcp'],
        env: castellan.environment({ CASTELLAN_CONFIG: castellan.configure(castellan.everythingUnreachable()) }),
      },
    });
    expect(said).toMatchObject({ is_error: false, result: lastWords });
    for (const { name, tools } of agents) {
      const { everOffered, seen } = model.agent(name);
      expect([...everOffered].toSorted(), name).toEqual([...tools].toSorted());
      expect(seen, name).toHaveLength(2);
      for (const refusal of seen) expect(refusal, name).toContain('No such tool available');
    }
    expect(existsSync(forbidden)).toBe(false);
  });
});
