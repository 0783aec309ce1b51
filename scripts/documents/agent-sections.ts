import type { AgentFile } from '../../src/server/agents/agent-file.ts';

/** Parts of an agent's body that its page and its laws read. A block stands between two lines of three backticks. */
export const block = /^```\n([\s\S]*?)^```$/gm;

export function blocksOf(body: string): readonly string[] {
  return [...body.matchAll(block)].map(([, inside = '']) => inside);
}

export function sectionsOf(body: string): ReadonlyMap<string, string> {
  const parts = body.split(/^## (.*)$/m);
  return new Map(parts.flatMap((title, index) => (index % 2 === 1 ? [[title, (parts[index + 1] ?? '').trim()]] : [])));
}

/** Names of the lines of the last message, in their order. */
export function handedOver(body: string): readonly string[] {
  const [message = ''] = blocksOf(sectionsOf(body).get('Hand over') ?? '');
  return [...message.matchAll(/^([A-Za-z ]+): /gm)].flatMap(([, key]) => key ?? []);
}

export function budgetOf({ body }: Pick<AgentFile, 'body'>) {
  const found = /^(\d+) calls, (\d+) KB of answers, (\d+) minutes\. /.exec(sectionsOf(body).get('Budget') ?? '');
  return found === null
    ? undefined
    : { calls: Number(found[1]), kilobytes: Number(found[2]), minutes: Number(found[3]) };
}
