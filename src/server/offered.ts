import type { Redact } from '../kit/index.ts';
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
  text(): string;
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

/** `redact`: they go out as they stand, and pass nothing on the way that knows whose words they are. */
export function offeredPrompts(served: Served, redact: Redact): readonly PromptDefinition[] {
  return [
    {
      name: 'orient',
      title: 'Look around the homelab',
      description: 'How to look at this homelab through Castellan, and what to look at first.',
      text: () =>
        redact(
          [
            renderInstructions(served),
            'Begin with the widest question, follow what is wrong, and say what could not be seen.',
          ].join('\n'),
        ).text,
    },
  ];
}
