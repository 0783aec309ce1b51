import { setTimeout as sleep } from 'node:timers/promises';
import { CastellanError } from '../../kit/errors.ts';
import type { JsonObject } from '../../kit/json.ts';
import { type DaemonAddress, linkToRunning } from '../../server/shim/daemon-link.ts';
import { type AgentSession, daemonGone, openSessionOn } from '../agent-session.ts';
import type { OperatorProgress, OperatorSession } from '../operator-session.ts';
import type { Momentary } from './momentary-daemon.ts';

/**
 * The daemon of a data directory, whoever it is: the one that runs, or this process for as long as it is needed.
 *
 *  none runs → this process takes the lock and is the daemon (momentary-daemon.ts)
 *  the lock is taken meanwhile → whoever took it is asked
 *  its database does not open → what is asked fails with why it does not
 *  the daemon goes away before it answered → all of this again, and the same is asked once more: whatever is asked here may
 *  be asked twice, because a text that is there already is not stored again
 */
export interface ReachedDaemon extends AsyncDisposable {
  tool(name: string, input: JsonObject, onProgress?: (told: OperatorProgress) => void): Promise<ToolAnswer>;
  command(name: string, input: JsonObject, onProgress?: (told: OperatorProgress) => void): Promise<JsonObject>;
}

export interface ToolAnswer {
  readonly text: string;
  readonly structured: JsonObject | undefined;
  readonly isError: boolean;
}

export interface Reaching {
  readonly address: DaemonAddress;
  /** Makes this process the daemon; undefined when another one is. */
  become(): Promise<Momentary | undefined>;
  note(line: string): void;
  /** How long to look for a daemon, or to become one. */
  readonly patienceMs?: number;
}

const patienceMs = 60_000;
const pauseMs = 20;
const mostAttempts = 4;

export function reachDaemon({ address, become, note, patienceMs: patience = patienceMs }: Reaching): ReachedDaemon {
  let momentary: Momentary | undefined;
  let agent: Promise<AgentSession> | undefined;
  let operator: Promise<OperatorSession> | undefined;

  const found = async <Session>(open: () => Promise<Session | undefined>): Promise<Session> => {
    const deadline = performance.now() + patience;
    for (;;) {
      const session = await open();
      if (session !== undefined) return session;
      if (momentary?.over === true) {
        if (momentary.failure !== undefined) throw momentary.failure;
        momentary = undefined;
      }
      // A momentary one that is not there yet is not made twice: its socket is open before `become` returns.
      momentary ??= await become();
      if (momentary !== undefined) continue;
      if (performance.now() > deadline) throw daemonGone();
      await sleep(pauseMs);
    }
  };
  const openAgent = async (): Promise<AgentSession | undefined> => {
    const link = await linkToRunning(address, 'mcp', note);
    return link === undefined ? undefined : openSessionOn(link, address.build.version);
  };
  const openOperator = async (): Promise<OperatorSession | undefined> => {
    const { openOperatorSession } = await import('../operator-session.ts');
    return openOperatorSession(address, note);
  };
  const hangUp = async (): Promise<void> => {
    const sessions = [agent, operator];
    agent = undefined;
    operator = undefined;
    for (const session of sessions) await (await session?.catch(() => undefined))?.[Symbol.asyncDispose]();
  };
  const patiently = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (momentary !== undefined && isOfStore(error)) {
          await hangUp();
          await momentary.letGo();
          throw momentary.failure ?? error;
        }
        if (attempt === mostAttempts || !isPassing(error)) throw error;
        await hangUp();
      }
    }
  };

  return {
    tool: (name, input, onProgress) =>
      patiently(async () => {
        agent ??= found(openAgent);
        const session = await agent;
        const heard = onProgress && ((message: string) => onProgress({ message }));
        const answer = toolAnswer(await session.request('tools/call', { name, arguments: input }, heard));
        const failure = answer.isError ? failureIn(answer.text) : undefined;
        if (failure !== undefined && (isPassing(failure) || (momentary !== undefined && isOfStore(failure)))) {
          throw failure;
        }
        return answer;
      }),
    command: (name, input, onProgress) =>
      patiently(async () => {
        operator ??= found(openOperator);
        return (await operator).request(name, input, onProgress);
      }),
    [Symbol.asyncDispose]: async () => {
      await hangUp();
      await momentary?.letGo();
    },
  };
}

/** The daemon went away, or is on its way: the next one can be asked. */
function isPassing(error: unknown): boolean {
  return error instanceof CastellanError && (error.code === 'daemon-gone' || error.code === 'call-cancelled');
}

/** Its database is not open, whatever the reason. */
function isOfStore(error: unknown): boolean {
  return error instanceof CastellanError && (error.code === 'store-unavailable' || error.code === 'audit-unavailable');
}

/** An error that a tool answered with: `error <code>: <message>`, and what to do about it. */
function failureIn(text: string): CastellanError | undefined {
  const [, code, message = '', next = ''] = /^error ([a-z0-9-]+): ([^\n]*)(?:\nnext: ([^\n]*))?/.exec(text) ?? [];
  return code === undefined ? undefined : new CastellanError(code, 'operator', { message, next });
}

/** Read by hand: the client's schemas would have to be loaded for it. */
function toolAnswer(result: unknown): ToolAnswer {
  const { content, structuredContent, isError } = Object(result) as {
    readonly content?: unknown;
    readonly structuredContent?: unknown;
    readonly isError?: unknown;
  };
  const texts = (Array.isArray(content) ? content : []).map((block: unknown) => {
    const text: unknown = typeof block === 'object' && block !== null && 'text' in block ? block.text : '';
    return String(text);
  });
  return {
    text: texts.join('\n'),
    structured: isObject(structuredContent) ? structuredContent : undefined,
    isError: isError === true,
  };
}

/** It came as JSON, so what is an object is one of JSON. */
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
