import { parse } from 'yaml';
import { z } from 'zod';
import type { catalogue } from '../../tools/catalogue.ts';

/**
 * What a skill or a command of the plugin may say, held against the catalogue. A call stands in code, with its arguments:
 * `kubectl_get kind=pvc path=spec.volumeName`. Every broken law is one line; none is an empty list.
 */
export interface Written {
  readonly path: string;
  readonly text: string;
  readonly kind: 'skill' | 'command';
}

type Tools = (typeof catalogue)[number]['tools'];

const frontMatter = z.looseObject({
  name: z.string().optional(),
  description: z.string(),
  'allowed-tools': z.union([z.string().transform((said) => said.split(/,\s*/)), z.array(z.string())]),
});

export const prefix = 'mcp__plugin_castellan_castellan__';
const mostBytes = { skill: 5_120, command: 1_500 } as const;
const ends = /`(change_propose|incident_record|incident_open|memory_store|secret_request) /;
const guarded = /\b(kubectl|helm|terraform|tofu|terragrunt|vault|bao|psql|argocd|flux)\b/;

/** A value stands without quotes, and goes on until the next argument. */
const given = /(?:^|\s)([a-z_A-Z]+)=(\[[^\]]*\]|.*?)(?=\s[a-z_A-Z]+=|$)/g;

/** What stands for something only the reader knows may be anything. */
function takes(field: z.ZodType | undefined, value: string): boolean {
  if (/[<…]/.test(value)) return true;
  const isJson = /^(?:\[.*\]|\d+|true|false)$/.test(value);
  return [value, ...(isJson ? [JSON.parse(value)] : [])].some((one) => field?.safeParse(one).success === true);
}

export function brokenIn({ path, text, kind }: Written, catalogueTools: Tools): readonly string[] {
  const broken: string[] = [];
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const front = frontMatter.safeParse(parse(head));
  if (!front.success) return [`${path}: front matter: ${z.prettifyError(front.error)}`];
  const { name, description, 'allowed-tools': allowed } = front.data;
  const tools = new Map(catalogueTools.map((tool) => [tool.name, tool]));

  if (Buffer.byteLength(text) > mostBytes[kind]) broken.push('it is too long');
  if (kind === 'skill' && !path.endsWith(`/${name}/SKILL.md`)) broken.push('it is not named as its folder');
  if (kind === 'skill' && !/\bUse (when|for|before|to)\b[\s\S]*\bbefore\b/.test(description)) {
    broken.push('its description does not say when it is used, and before what else');
  }
  if (/^\s*(```|~~~)/m.test(body)) broken.push('it has a block to paste');
  if (kind === 'skill' && !ends.test(body)) broken.push('it ends in no proposal and no record');

  const named = new Set<string>();
  for (const [, code = ''] of body.matchAll(/`([^`\n]+)`/g)) {
    const [word = '', ...rest] = code.split(' ');
    if (!/^[a-z]+(_[a-z]+)+$/.test(word)) {
      if (guarded.test(code)) broken.push(`it has a command to paste: ${code}`);
      continue;
    }
    const tool = tools.get(word);
    if (tool === undefined) {
      broken.push(`there is no tool ${word}`);
      continue;
    }
    named.add(word);
    const known = Object.keys(tool.input.shape);
    for (const [, argument = '', value = ''] of rest.join(' ').matchAll(given)) {
      if (!known.includes(argument)) broken.push(`${word} has no argument ${argument}`);
      else if (!takes(tool.input.shape[argument], value)) broken.push(`${word} ${argument}= does not take ${value}`);
    }
  }
  for (const tool of allowed.filter((one) => !named.has(one.slice(prefix.length)) || !one.startsWith(prefix))) {
    broken.push(`it allows ${tool} and never says when`);
  }
  for (const tool of named) if (!allowed.includes(prefix + tool)) broken.push(`it calls ${tool} and does not allow it`);
  return broken.map((what) => `${path}: ${what}`);
}
