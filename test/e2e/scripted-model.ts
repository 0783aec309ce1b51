import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { type Reply, refuse, send } from './messages-api.ts';
import { readAll } from './scratch-castellan.ts';

/**
 * A model that follows a script, behind the Messages API on loopback: it calls the tools it was told to call, one a turn,
 * and then says its last words. What the client showed it after each call is kept for the test to look at. A client that
 * starts agents asks once for each of them: each has a script of its own, and is known by its system prompt.
 */
export interface ScriptedCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * Calls that are known beforehand, or what one says who reads the results: it is given the order (JSON of the messages there were
 * before its first call), then the text of each result, and returns its last words. It is run from the start for every turn.
 */
export type Script = readonly ScriptedCall[] | ((order: string) => Generator<ScriptedCall, string, string>);

export interface ScriptedAgent {
  /** As its file names it. */
  readonly name: string;
  /** Words of its system prompt that no other agent has: the body of its file. */
  readonly prompt: string;
  readonly script: Script;
}

/** What one side of the work was shown: the session itself, or all agents of a name. */
export interface Transcript {
  /** What came back of the n-th call, as the model sees it: JSON of the result's content. */
  readonly seen: readonly string[];
  /** Names of the tools that were offered with the first request. */
  readonly offered: readonly string[];
  /** Names of the tools that were offered with any request. */
  readonly everOffered: ReadonlySet<string>;
  /** JSON of the messages of each request that had tools. */
  readonly conversations: readonly string[];
}

export interface ScriptedModel extends Transcript, AsyncDisposable {
  readonly url: string;
  /** Of an agent that has a script. */
  agent(name: string): Transcript;
  /** The whole of each request for a message that had tools, as it came. */
  readonly requests: readonly string[];
}

const block = z.looseObject({ type: z.string() });
const content = z.union([z.string(), z.array(block)]);
const request = z.object({
  system: content.default(''),
  messages: z.array(z.object({ role: z.string(), content })),
  tools: z.array(z.looseObject({ name: z.string().optional() })).default([]),
  stream: z.boolean().default(false),
});
type Request = z.output<typeof request>;

export const lastWords = 'The script is over.';

/** Claude Code puts it among the tools so that it may bring others later; it is none. */
const placeholder = 'DeferredToolPlaceholder';

class Side implements Transcript {
  readonly seen: string[] = [];
  readonly offered: string[] = [];
  readonly everOffered = new Set<string>();
  readonly conversations: string[] = [];
  readonly #script: Script;
  readonly #ids: string;

  constructor(script: Script, ids: string) {
    this.#script = script;
    this.#ids = ids;
  }

  replyTo({ messages, tools }: Request): Reply {
    const names = tools.flatMap((tool) => tool.name ?? []).filter((name) => name !== placeholder);
    if (this.conversations.length === 0) this.offered.push(...names);
    for (const name of names) this.everOffered.add(name);
    this.conversations.push(JSON.stringify(messages));
    const results = messages.flatMap(resultsIn);
    this.seen.splice(0, this.seen.length, ...results.map((result) => JSON.stringify(result['content'])));
    const begun = messages.findIndex(({ role }) => role === 'assistant');
    const order = JSON.stringify(messages.slice(0, begun < 0 ? undefined : begun));
    const step = stepOf(this.#script, order, results);
    if (typeof step === 'string') return { type: 'text', text: step };
    return { type: 'tool_use', id: `${this.#ids}_${results.length}`, ...step };
  }
}

type Block = z.output<typeof block>;

function resultsIn({ content: said }: Request['messages'][number]): readonly Block[] {
  return typeof said === 'string' ? [] : said.filter(({ type }) => type === 'tool_result');
}

function stepOf(script: Script, order: string, results: readonly Block[]): ScriptedCall | string {
  if (typeof script !== 'function') return script[results.length] ?? lastWords;
  const running = script(order);
  let step = running.next();
  for (const result of results) if (step.done !== true) step = running.next(textOf(content.parse(result['content'])));
  return step.value;
}

export async function scriptedModel(script: Script, agents: readonly ScriptedAgent[] = []): Promise<ScriptedModel> {
  const session = new Side(script, 'toolu_script');
  const sides = new Map(agents.map(({ name, script: own }) => [name, new Side(own, `toolu_${name}`)]));
  const requests: string[] = [];

  const agent = (name: string): Side => {
    const side = sides.get(name);
    if (side === undefined) throw new Error(`there is no script for an agent ${name}`);
    return side;
  };
  const sideOf = (asked: Request): Side => {
    const prompt = textOf(asked.system);
    if (!prompt.includes(subagentMark)) return session;
    const found = agents.find((one) => prompt.includes(one.prompt));
    if (found === undefined) throw new Error(`no script is for the agent that begins: ${prompt.slice(0, 400)}`);
    return agent(found.name);
  };

  const answer = async (given: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(given);
    if (given.method !== 'POST' || (!(given.url ?? '').startsWith('/v1/messages?') && given.url !== '/v1/messages')) {
      refuse(response, 404, 'not_found_error', 'not in the script');
      return;
    }
    const asked = request.parse(JSON.parse(body));
    // Requests without tools are the client's own errands: titles, summaries.
    if (asked.tools.length === 0) {
      send(response, { type: 'text', text: 'ok' }, asked);
      return;
    }
    requests.push(body);
    send(response, sideOf(asked).replyTo(asked), asked);
  };

  const server = createServer((given, response) => {
    // A client tries again whatever it takes for a passing trouble: a script that cannot go on is none.
    answer(given, response).catch((error: unknown) => refuse(response, 400, 'invalid_request_error', String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { seen, offered, everOffered, conversations } = session;
  return {
    url: `http://127.0.0.1:${port}`,
    ...{ seen, offered, everOffered, conversations, requests, agent },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What Claude Code writes at the head of the system prompt of an agent that another session started. */
const subagentMark = 'cc_is_subagent=true';

function textOf(said: z.output<typeof content>): string {
  return typeof said === 'string' ? said : said.map((part) => String(part['text'] ?? '')).join('\n');
}
