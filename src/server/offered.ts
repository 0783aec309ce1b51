import type { Redactor } from '../redaction/redactor.ts';
import type { AgentFile } from './agents/agent-file.ts';
import { agentPrompts } from './agents/agent-prompts.ts';
import type { PromptArgument } from './agents/prompt-arguments.ts';
import { renderInstructions } from './instructions.ts';
import type { Served } from './served.ts';

/** What the server offers beside tools. Both are trusted text of Castellan's own. */
export interface ResourceDefinition {
  readonly name: string;
  readonly uri: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  read(signal: AbortSignal): Promise<string>;
}

export interface PromptDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly PromptArgument[];
  /** `given`: values that hold to the form of their arguments. */
  text(given: Readonly<Record<string, string>>): string;
}

export function offeredResources(status: () => object): readonly ResourceDefinition[] {
  return [
    {
      name: 'status',
      uri: 'castellan://status',
      title: 'What this Castellan sees',
      description: 'Version, store, which groups are configured and how to configure the others.',
      mimeType: 'application/json',
      read: async () => JSON.stringify(status()),
    },
  ];
}

export interface PromptSources {
  readonly served: Served;
  readonly agents: readonly AgentFile[];
  /** Prompts go out as they stand, and pass nothing on the way that knows whose words they are. */
  readonly redactor: Pick<Redactor, 'text' | 'agentText'>;
  now(): Date;
}

export function offeredPrompts({ served, agents, redactor, now }: PromptSources): readonly PromptDefinition[] {
  return [
    {
      name: 'orient',
      title: 'Look around the homelab',
      description: 'How to look at this homelab through Castellan, and what to look at first.',
      arguments: [],
      text: () =>
        redactor.text(
          [
            renderInstructions(served),
            'Begin with the widest question, follow what is wrong, and say what could not be seen.',
          ].join('\n'),
        ).text,
    },
    ...agentPrompts({ agents, serves: (tool) => served.tools.has(tool), redactAgent: redactor.agentText, now }),
  ];
}
