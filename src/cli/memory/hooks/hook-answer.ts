import type { AnsweredEntry } from '../answer-text.ts';

/**
 * What a hook prints: one JSON object whose `additionalContext` Claude Code puts beside the prompt. The whole of it is bounded in
 * bytes: of what is longer, a client shows its model the beginning alone. An entry is in it whole or not at all.
 */
export const mostBytes = 8_000;
const mostEntries = 5;

export type ContextEvent = 'UserPromptSubmit' | 'SessionStart';

export interface Context {
  /** To print; undefined when nothing fits. */
  readonly line: string | undefined;
  readonly given: readonly AnsweredEntry[];
}

/** The first that fit, in their order. */
export function contextOf(event: ContextEvent, introduction: string, entries: readonly AnsweredEntry[]): Context {
  const given: AnsweredEntry[] = [];
  let line: string | undefined;
  for (const entry of entries) {
    if (given.length === mostEntries) break;
    const longer = contextLine(event, [introduction, ...[...given, entry].flatMap(({ lines }) => lines)].join('\n'));
    if (Buffer.byteLength(longer, 'utf8') > mostBytes) continue;
    given.push(entry);
    line = longer;
  }
  return { line, given };
}

export function contextLine(event: ContextEvent, additionalContext: string): string {
  return JSON.stringify({ hookSpecificOutput: { hookEventName: event, additionalContext } });
}
