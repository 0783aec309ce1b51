import { setTimeout as sleep } from 'node:timers/promises';
import type { ReachedDaemon } from '../reach-daemon.ts';
import { briefingHook } from './briefing/briefing-hook.ts';
import { longestEvent, readEvent } from './event.ts';
import { type HookWork, learnHook, precompactHook, recallHook, sessionStartHook } from './hooks.ts';
import { logLine } from './hooks-log.ts';
import { StartedForLater } from './start-for-later.ts';

/**
 * Runs a hook so that nobody notices when it cannot be run: an agent's prompt waits for it. Whatever goes wrong, or takes longer
 * than the prompt may wait, ends with nothing printed and one line in the log.
 */
export type HookName = 'recall' | 'learn' | 'precompact' | 'session-start' | 'briefing';

const hooks: Readonly<Record<HookName, (work: HookWork) => Promise<string | undefined>>> = {
  recall: recallHook,
  learn: learnHook,
  precompact: precompactHook,
  'session-start': sessionStartHook,
  briefing: briefingHook,
};

export interface HookRun {
  readonly hook: HookName;
  readonly home: string;
  readonly input: AsyncIterable<Buffer | string>;
  readonly daemon: ReachedDaemon;
  out(line: string): void;
  readonly budgetMs?: number;
  /** What of the budget is gone already: whoever waits, waits for the whole process. */
  readonly spentMs?: number;
}

/** What a prompt may wait; a hook that nobody waits for has longer. */
const budgets: Readonly<Record<HookName, number>> = {
  recall: 3_000,
  learn: 10_000,
  precompact: 3_000,
  'session-start': 5_000,
  briefing: 5_000,
};

/** Fulfils in every case. False: something still runs that need not be waited for. */
export async function runHook({ hook, home, input, daemon, out, budgetMs, spentMs = 0 }: HookRun): Promise<boolean> {
  const note = (what: string): void => {
    try {
      logLine(home, hook, what);
    } catch {
      // No folder to write into: then there is nobody to tell.
    }
  };
  const budget = budgetMs ?? budgets[hook];
  const left = Math.max(0, budget - spentMs);
  const began = performance.now();
  let abandoned = false;
  const late = Symbol('late');
  const giveUp = new AbortController();
  const timer = sleep(left, late, { signal: giveUp.signal }).catch(() => late);
  try {
    const line = await Promise.race([timer, work()]);
    if (line === late) {
      note(`nothing within ${budget} ms`);
      return false;
    }
    if (typeof line === 'string') out(line);
    return !abandoned;
  } catch (error) {
    note(codeOf(error));
    return !abandoned;
  } finally {
    giveUp.abort();
  }

  async function work(): Promise<string | undefined> {
    const event = readEvent(await readAll(input));
    if (event !== undefined) {
      const leftMs = () => left - (performance.now() - began);
      const abandon = () => {
        abandoned = true;
      };
      return hooks[hook]({ home, event, daemon, note, now: new Date(), leftMs, abandon });
    }
    note('what came on stdin is no event');
    return undefined;
  }
}

/** Codes and names alone: a message may quote what was asked, or a file. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  if (error instanceof StartedForLater) return error.message;
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name;
}

async function readAll(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > longestEvent) return '';
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
