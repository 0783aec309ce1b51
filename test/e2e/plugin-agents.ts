import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Script, ScriptedAgent, ScriptedCall } from './scripted-model.ts';

/** The repository is the plugin. */
export const pluginFolder = fileURLToPath(new URL('../../', import.meta.url));

export interface PluginAgent {
  readonly name: string;
  /** The tools its file names, as the client calls them. */
  readonly tools: readonly string[];
  /** Its system prompt: the file below the front matter. */
  readonly prompt: string;
}

const frontMatter = z.looseObject({
  name: z.string(),
  tools: z.union([z.array(z.string()), z.string().transform((names) => names.split(','))]),
});

/** All agents of the plugin. Throws where a file is none. */
export function pluginAgents(): readonly PluginAgent[] {
  const folder = join(pluginFolder, 'agents');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => {
      const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
      if (head === undefined || body === undefined) throw new Error(`agents/${file} has no front matter`);
      const { name, tools } = frontMatter.parse(parse(head));
      return { name, tools: tools.map((tool) => tool.trim()), prompt: body.trim() };
    });
}

export function pluginAgent(name: string): PluginAgent {
  const found = pluginAgents().find((agent) => agent.name === name);
  if (found === undefined) throw new Error(`the plugin has no agent ${name}`);
  return found;
}

/** An agent of the plugin that follows this script when it is started. */
export function following({ name, prompt }: PluginAgent, script: Script): ScriptedAgent {
  return { name, prompt, script };
}

/** The call by which a session starts an agent of the plugin, and waits for what it hands back. */
export function handTo({ name }: PluginAgent, prompt: string): ScriptedCall {
  return {
    tool: 'Agent',
    input: { description: name, subagent_type: `castellan:${name}`, prompt, run_in_background: false },
  };
}
