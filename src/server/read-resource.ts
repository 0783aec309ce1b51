import { type AnsweringDependencies, createAnswering } from './answering.ts';
import { callDeadlineMs, underDeadline } from './deadline.ts';
import type { ResourceDefinition } from './offered.ts';
import type { Caller } from './served.ts';

export interface ResourceRequest {
  readonly resource: ResourceDefinition;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** The resource's text. What it throws is in words that may leave: MCP has no other way to say that a resource failed. */
export type ReadResource = (request: ResourceRequest) => Promise<string>;

/** Reading a resource is a call like any other: it needs the scope `read`, leaves an audit row and is redacted. */
export function createReadResource(dependencies: AnsweringDependencies): ReadResource {
  const { redactor } = dependencies;
  const answering = createAnswering(dependencies);
  const name = 'resources/read';
  return async ({ resource, caller, signal }) => {
    const asked = { name, effect: 'read', input: { uri: resource.uri }, caller } as const;
    const { text, isError } = await answering(asked, async () => {
      const limits = { caller: signal, deadlineMs: callDeadlineMs };
      const content = await underDeadline(resource.uri, limits, (ending) => resource.read(ending));
      const redacted = redactor.text(content);
      return { text: redacted.text, redactions: redacted.counts };
    });
    if (isError) throw new Error(text);
    return text;
  };
}
