/**
 * What Claude Code tells a hook on stdin, as far as it is read here. Every field may be missing: versions differ, and a hook that
 * fails is of no use to anybody.
 */
export interface HookEvent {
  readonly session: string;
  readonly prompt: string;
  readonly transcript: string | undefined;
  /** Of a session's start: `startup`, `resume`, `clear`, `compact`. */
  readonly source: string;
  readonly lastAssistantMessage: string | undefined;
  /** The folder the session works in. */
  readonly cwd: string;
}

/** Longer than any prompt; what is longer is no event. */
export const longestEvent = 1_048_576;

/** Undefined when it is no event. */
export function readEvent(text: string): HookEvent | undefined {
  const value = parsedJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const field = (name: string): string | undefined => {
    const found = fields[name];
    return typeof found === 'string' ? found : undefined;
  };
  return {
    session: field('session_id') ?? '',
    prompt: field('prompt') ?? '',
    transcript: field('transcript_path'),
    source: field('source') ?? '',
    lastAssistantMessage: field('last_assistant_message'),
    cwd: field('cwd') ?? '',
  };
}

const shortestPrompt = 15;

/** A question somebody typed: not a command, not pasted code or markup, and more than a word or two. */
export function isQuestion(prompt: string): boolean {
  const text = prompt.trim();
  return text.length >= shortestPrompt && !/^[`{</]/.test(text);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: no event, as its reader says.
    return undefined;
  }
}
