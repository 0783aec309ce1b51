import { z } from 'zod';
import { askClaude } from '../../test/e2e/ask-claude.ts';
import { ScratchCastellan } from '../../test/e2e/scratch-castellan.ts';
import { scriptedModel } from '../../test/e2e/scripted-model.ts';

/** What is loaded into Claude Code beside itself. */
export interface Loaded {
  /** An MCP server, as the client's configuration has it, for a home that is made for it. */
  readonly server?: (home: ScratchCastellan) => object;
  /** The folder of a plugin. */
  readonly plugin?: string;
}

/** What the model is sent before anybody asked for anything. Bytes are of JSON as it leaves. */
export interface Sent {
  /** Of the whole request. */
  readonly bytes: number;
  /** Of its list of tools. */
  readonly toolBytes: number;
  /** Of MCP servers: with their schemas in the list, and by name only. */
  readonly listed: number;
  readonly named: number;
  /** Of the plugin: the lines that tell the model of its agents, of that the lists of their tools, and the lines of its skills. */
  readonly agents: number;
  readonly agentTools: number;
  readonly skills: number;
  /** Tokens in use, by the client's own estimate (`/context`). */
  readonly tokens: number;
}

const block = z.looseObject({ text: z.string().optional() });
const request = z.object({
  tools: z.array(z.looseObject({ name: z.string() })),
  messages: z.array(z.object({ content: z.union([z.string().transform((text) => [{ text }]), z.array(block)]) })),
});

/** One session of its own in a new home, asked one word, and then what its context holds. */
export async function whatIsSent({ server, plugin }: Loaded, toolSearch: boolean): Promise<Sent> {
  await using home = new ScratchCastellan();
  await using model = await scriptedModel([]);
  const asking = {
    castellan: home,
    allowed: [],
    model: model.url,
    ...(server === undefined ? {} : { server: server(home) }),
    ...(plugin === undefined ? {} : { plugin }),
    environment: { ENABLE_TOOL_SEARCH: String(toolSearch) },
  };
  const said = await askClaude({ ...asking, words: 'hello' });
  const [first = ''] = model.requests;
  if (said.is_error || first === '') throw new Error(`Claude Code asked the model nothing: ${said.result}`);
  const { tools, messages } = request.parse(JSON.parse(first));
  const lines = messages.flatMap(({ content }) => content.flatMap(({ text = '' }) => text.split('\n')));
  const ours = lines.filter((line) => line.startsWith('- castellan:'));
  const agents = ours.filter((line) => line.includes(' (Tools: '));
  const context = await askClaude({ ...asking, words: '/context' });
  return {
    bytes: Buffer.byteLength(first),
    toolBytes: Buffer.byteLength(JSON.stringify(tools)),
    listed: tools.filter(({ name }) => name.startsWith('mcp__')).length,
    named: lines.filter((line) => /^mcp__\w+$/.test(line)).length,
    agents: bytesOf(agents),
    agentTools: bytesOf(agents.map((line) => line.slice(line.lastIndexOf(' (Tools: ')))),
    skills: bytesOf(ours.filter((line) => !agents.includes(line))),
    tokens: tokensIn(context.result),
  };
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

/** `**Tokens:** 28.5k / 1m (3%)` → 28,500. */
function tokensIn(context: string): number {
  const [, number, unit] = /\*\*Tokens:\*\* ([\d.]+)(k?) \//.exec(context) ?? [];
  if (number === undefined) throw new Error(`/context tells no tokens: ${context.slice(0, 300)}`);
  return Math.round(Number(number) * (unit === 'k' ? 1000 : 1));
}
