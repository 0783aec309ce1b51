import { parse } from 'yaml';
import { z } from 'zod';
import { promptArgument } from './prompt-arguments.ts';

/**
 * An agent of the plugin: agents/<name>.md, as Claude Code reads it and as the prompt of the same name tells it.
 *
 *  frontmatter  who it is, and the tools it may call: Claude Code offers it these and no others. `arguments` is ours alone, for the
 *               prompt; Claude Code passes it over
 *  body         what it is told. It names tools without the plugin's prefix, so that it reads the same in a prompt
 */
export const pluginPrefix = 'mcp__plugin_castellan_castellan__';

const frontmatter = z.strictObject({
  name: z.string().regex(/^[a-z]+(-[a-z]+)*$/, 'takes words in small letters, with hyphens'),
  description: z.string().min(1).max(500),
  tools: z.array(z.string()).min(1),
  model: z.enum(['inherit', 'haiku', 'sonnet', 'opus']),
  maxTurns: z.int().min(1).max(120),
  color: z.enum(['red', 'blue', 'green', 'yellow', 'purple', 'orange', 'pink', 'cyan']),
  arguments: z.array(promptArgument).min(1).max(5),
});

export interface AgentFile extends z.output<typeof frontmatter> {
  readonly body: string;
  /** Its `tools` without the plugin's prefix; those of other servers and of Claude Code itself are not among them. */
  readonly ownTools: readonly string[];
}

/** @throws Error that names the file and what is wrong with it */
export function parseAgentFile(file: string, text: string): AgentFile {
  const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  if (head === undefined || body === undefined) throw new Error(`${file} does not begin with frontmatter`);
  const parsed = frontmatter.safeParse(read(file, head));
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'frontmatter'}: ${message}`);
    throw new Error(`${file}: ${issues.join('; ')}`);
  }
  const ownTools = parsed.data.tools.flatMap((tool) =>
    tool.startsWith(pluginPrefix) ? [tool.slice(pluginPrefix.length)] : [],
  );
  return { ...parsed.data, body: body.trim(), ownTools };
}

function read(file: string, head: string): unknown {
  try {
    return parse(head);
  } catch (cause) {
    throw new Error(`${file}: its frontmatter is no YAML`, { cause });
  }
}
