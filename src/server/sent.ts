/**
 * What the agent chose in one call: every name and value of its input, however deep. Top first, since what stands there is what our own
 * words repeat.
 */
export interface Sent {
  /** Each once. */
  readonly strings: readonly string[];
  /** All of it as one text, a value a line behind its name: so a value is found that is kept over several lines, or counts beside its name only. */
  readonly text: string;
}

/** Level by level and not by recursion: an input may be nested deeper than the stack is. */
export function readSent(input: unknown): Sent {
  const strings = new Set<string>();
  const lines: string[] = [];
  let level: readonly unknown[] = [[input]];
  while (level.length > 0) {
    const below: unknown[] = [];
    for (const container of level) {
      for (const [name, value] of entriesOf(container)) {
        const text = textOf(value);
        if (text === undefined) below.push(value);
        lines.push([name, text].filter((part) => part !== undefined).join(': '));
        for (const part of [name, text]) if (part !== undefined && part !== '') strings.add(part);
      }
    }
    level = below;
  }
  return { strings: [...strings], text: lines.join('\n') };
}

function entriesOf(container: unknown): readonly (readonly [name: string | undefined, value: unknown])[] {
  if (Array.isArray(container)) return container.map((value) => [undefined, value] as const);
  return typeof container === 'object' && container !== null ? Object.entries(container) : [];
}

/** Undefined for what holds other values. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null) return undefined;
  return value === null || value === undefined || typeof value === 'boolean' ? '' : String(value);
}
