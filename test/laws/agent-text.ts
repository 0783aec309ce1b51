import { block } from '../../scripts/documents/agent-sections.ts';

/**
 * The body of an agent as the laws read it.
 *
 *  span   what stands between backticks; it may go on over the end of a line
 *  block  what stands between two lines of three backticks: the last message
 *  call   a span that begins with the name of a tool: `incident_show incident=inc_… part=findings`
 */
export interface Call {
  readonly tool: string;
  readonly given: readonly (readonly [argument: string, value: string])[];
  /** What of it is neither the tool nor an argument with a value. */
  readonly rest: string;
}

export interface Span {
  readonly text: string;
  /** The agent behind it: "`tool` of `agent`". */
  readonly of: string | undefined;
}

const toolName = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?= |$)/;

export function spansOf(body: string): readonly Span[] {
  return [...body.replace(block, '').matchAll(/`([^`]+)`(?:\s+of\s+`([^`]+)`)?/g)].flatMap(([, text = '', of]) => [
    { text: text.replace(/\s*\n\s*/g, ' '), of },
    ...(of === undefined ? [] : [{ text: of, of: undefined }]),
  ]);
}

/** All but spans and blocks. */
export function proseOf(body: string): string {
  return body.replace(block, '').replace(/`[^`]+`/g, '…');
}

export function callOf(text: string): Call | undefined {
  const tool = toolName.exec(text)?.[0];
  if (tool === undefined) return undefined;
  const given: (readonly [string, string])[] = [];
  const rest = text.slice(tool.length).replace(/ ([a-z_A-Z]+)=("[^"]*"|\[[^\]]*\]|\S+)/g, (_, argument, value) => {
    given.push([argument, value.replace(/^"([^"]*)"$/, '$1')]);
    return '';
  });
  return { tool, given, rest };
}
