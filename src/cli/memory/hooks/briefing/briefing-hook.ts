import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../../kit/json.ts';
import type { ToolAnswer } from '../../reach-daemon.ts';
import type { HookWork } from '../hooks.ts';
import { StartedForLater } from '../start-for-later.ts';
import { briefingLine } from './fit.ts';
import { lastTold, writeTold } from './last-told.ts';
import { type Chosen, type Section, sectionOf, unknownSection } from './section.ts';
import { toldIn } from './told.ts';

/**
 * What a session is told when it begins: what is wrong, what waits for a human, what changed since the session before it, and what of
 * that could not be seen. A tool that is not configured is passed over; one that fails or is slow is told as unknown.
 */
const rowsAsked = 6;
const budget = 8_000;
const longestSinceMs = 7 * 86_400_000;
const firstSinceMs = 86_400_000;
/** What is left to put together and print what was answered. */
const reserveMs = 500;

export async function briefingHook(work: HookWork): Promise<string | undefined> {
  const { home, event, now } = work;
  if (event.source !== 'startup' && event.source !== 'resume') return undefined;
  const last = lastTold(home, event.cwd, now) ?? new Date(now.getTime() - firstSinceMs);
  const since = new Date(Math.max(last.getTime(), now.getTime() - longestSinceMs)).toISOString();

  const [wrong, waiting, changed] = await Promise.all([
    ask(work, 'cluster_health', { limit: rowsAsked, budget }),
    ask(work, 'change_status', { budget }),
    ask(work, 'cluster_changes', { since, limit: rowsAsked, budget }),
  ]);
  const line = briefingLine(
    [
      heard(wrong, { about: 'Wrong', tool: 'cluster_health', notes: /^next, for the first: / }),
      heard(waiting, {
        about: 'Changes and requests',
        tool: 'change_status',
        notes: /^(?:FROZEN|FOREIGN APPLY|no trusted base|a human decides)\b/,
        meant: unsettled(waiting),
      }),
      heard(changed, { about: `Changed since ${since.slice(0, 16)}Z`, tool: 'cluster_changes', notes: /^never$/ }),
    ].flatMap((section) => section ?? []),
  );
  if (typeof changed === 'object') writeTold(home, event.cwd, now);
  return line;
}

/** What came of asking: the answer's text, why there is none, or undefined where the tool is not configured. */
type Asked = { readonly text: string } | string | undefined;

async function ask({ daemon, note, leftMs, abandon }: HookWork, tool: string, input: JsonObject): Promise<Asked> {
  const late = Symbol('late');
  const giveUp = new AbortController();
  const timer = sleep(Math.max(0, leftMs() - reserveMs), late, { signal: giveUp.signal }).catch(() => late);
  try {
    const answer = await Promise.race([timer, daemon.tool(tool, input)]);
    if (typeof answer !== 'symbol') return answerOf(answer, note);
    abandon();
    note(`${tool} did not answer in time`);
    return 'did not answer in time';
  } catch (error) {
    if (error instanceof StartedForLater) throw error;
    if (error instanceof Error && error.message.endsWith(`Tool ${tool} not found`)) return undefined;
    note(`${tool} failed`);
    return 'failed';
  } finally {
    giveUp.abort();
  }
}

function answerOf({ text, isError }: ToolAnswer, note: HookWork['note']): Asked {
  if (!isError) return { text };
  // The code alone: the message has no bound.
  const code = /^error ([a-z0-9-]{1,60}):/.exec(text)?.[1] ?? 'an error';
  note(code);
  return `answered ${code}`;
}

function heard(asked: Asked, chosen: Chosen): Section | undefined {
  if (asked === undefined) return undefined;
  if (typeof asked === 'string') return unknownSection(chosen, asked);
  const told = toldIn(asked.text);
  return told === undefined ? unknownSection(chosen, 'answered in another form') : sectionOf(told, chosen);
}

/** Those in trouble and those that wait come first, and are counted in the headline; what is over is no news. */
function unsettled(asked: Asked): number | undefined {
  if (typeof asked !== 'object') return undefined;
  const [, trouble, wait] = /^(\d+) in trouble, (\d+) wait for a human\b/.exec(asked.text) ?? [];
  return trouble === undefined || wait === undefined ? undefined : Number(trouble) + Number(wait);
}
