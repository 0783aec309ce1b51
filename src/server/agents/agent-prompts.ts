import { type Redact, renderAnswer, text, Untrusted } from '../../kit/index.ts';
import type { PromptDefinition } from '../offered.ts';
import type { AgentFile } from './agent-file.ts';
import { type PromptArgumentName, promptArguments } from './prompt-arguments.ts';

export interface AgentPromptOptions {
  readonly agents: readonly AgentFile[];
  /** Whether a tool of this name is served. */
  serves(tool: string): boolean;
  /** For the words it is handed, which are an agent's: a mask in them answers no guess. */
  readonly redactAgent: Redact;
  now(): Date;
}

/**
 * Every agent as a prompt of the same text, for clients without agents of their own. One that would call a tool which is not
 * served is not offered: half of its steps would be refused.
 */
export function agentPrompts({ agents, serves, redactAgent, now }: AgentPromptOptions): readonly PromptDefinition[] {
  return agents
    .filter(({ ownTools }) => ownTools.every(serves))
    .map((agent) => ({
      name: agent.name,
      title: titleOf(agent.name),
      description: agent.description,
      arguments: agent.arguments,
      text: (given) => [agent.body, ...handedOver(agent, given, { redactAgent, now })].join('\n\n'),
    }));
}

type Handing = Pick<AgentPromptOptions, 'redactAgent' | 'now'>;

function handedOver(agent: AgentFile, given: Readonly<Record<string, string>>, handing: Handing): readonly string[] {
  const filled = agent.arguments.flatMap(({ name }) => {
    const value = given[name]?.trim() ?? '';
    return value === '' ? [] : [toldOf(name, value, handing)];
  });
  return ['## What you are handed', ...(filled.length === 0 ? ['Nothing: ask for it.'] : filled)];
}

/** Claude Code hands the arguments of a prompt over by position, split at spaces: of a sentence its first word arrives. */
const perhapsCut = 'If that reads as if it were cut off, ask for the rest before you begin.';

function toldOf(name: PromptArgumentName, value: string, { redactAgent, now }: Handing): string {
  if (promptArguments[name].is === 'id') return `${name}=${value}`;
  const answer = text({
    asOf: now(),
    coverage: { covered: `${name}, in the words of whoever asked` },
    blocks: [Untrusted.byAgent(value)],
  });
  const redactions = { redact: redactAgent, redactAgent, redactOwn: redactAgent };
  return `${renderAnswer(answer, { ...redactions, budget: 4_000 }).text}\n${perhapsCut}`;
}

/** `sev-report-writer` → `Sev report writer` */
function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
