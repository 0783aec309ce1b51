import { setTimeout as wait } from 'node:timers/promises';
import { Agent } from 'undici';
import type { StoreLog } from '../../store/log.ts';
import type { KeepConfig } from '../config/valid.ts';
import { type Channel, channelsOf } from './channels.ts';
import { type Message, messageOf } from './message.ts';
import type { Notifier } from './port.ts';

/**
 * Delivers notices, each channel at its own pace: one that is down keeps nobody from hearing of it elsewhere. A notice that could
 * not be delivered is a problem until the next one is; nothing of it is kept over a restart, for the console shows what waits.
 */
export interface NotifierOptions {
  readonly config: KeepConfig['notify'];
  readonly origin: KeepConfig['console']['origin'];
  readonly log: StoreLog;
  readonly pace?: Pace;
}

export interface Pace {
  readonly timeoutMs: number;
  /** Between one try and the next; one more try than there are waits. */
  readonly waitsMs: readonly number[];
  /** Notices that may wait for one channel. */
  readonly room: number;
}

const usualPace: Pace = { timeoutMs: 10_000, waitsMs: [2_000, 15_000], room: 100 };

/** Errors: `notify-address-unusable`. */
export function openNotifier({ config, origin, log, pace = usualPace }: NotifierOptions): Notifier & AsyncDisposable {
  const closing = new AbortController();
  const agent = new Agent({
    connections: 2,
    pipelining: 1,
    allowH2: false,
    // Said, because an environment variable of Node's would otherwise decide.
    connect: { rejectUnauthorized: true, timeout: pace.timeoutMs },
  });
  const post = createPost(agent, pace.timeoutMs, closing.signal);
  const senders = channelsOf(config).map((channel) =>
    createSender(channel, { post, pace, log, signal: closing.signal }),
  );
  return {
    tell: (notice) => {
      const message = messageOf(notice, origin);
      for (const sender of senders) sender.take(message);
    },
    problems: () => senders.flatMap(({ problem }) => problem() ?? []),
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(senders.map(({ idle }) => idle()));
      await agent.destroy();
    },
  };
}

/** Why it was not delivered, in words that hold no address; undefined when it was. */
type Post = (channel: Channel, message: Message) => Promise<string | undefined>;

function createPost(agent: Agent, timeoutMs: number, closing: AbortSignal): Post {
  return async (channel, message) => {
    const { url } = channel;
    const { headers, body } = channel.request(message);
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: { ...headers, 'user-agent': 'castellan' },
        body,
        signal: AbortSignal.any([timeout, closing]),
      });
      // Nobody reads what it says, so nobody is to be told how that ended.
      response.body.on('error', () => undefined).destroy();
      const { statusCode } = response;
      return statusCode >= 200 && statusCode < 300 ? undefined : `it answered ${statusCode}`;
    } catch (error) {
      if (timeout.aborted) return `it did not answer within ${timeoutMs / 1_000} s`;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      return `it cannot be reached (${/^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no reason given'})`;
    }
  };
}

interface Sender {
  take(message: Message): void;
  problem(): string | undefined;
  /** Once it does nothing more. */
  idle(): Promise<void>;
}

interface Sending {
  readonly post: Post;
  readonly pace: Pace;
  readonly log: StoreLog;
  readonly signal: AbortSignal;
}

function createSender(channel: Channel, { post, pace, log, signal }: Sending): Sender {
  const waiting: Message[] = [];
  let problem: string | undefined;
  let working: Promise<void> | undefined;

  const deliver = async (message: Message): Promise<void> => {
    let failure: string | undefined;
    for (const before of [0, ...pace.waitsMs]) {
      if (before > 0) await wait(before, undefined, { signal, ref: false }).catch(() => undefined); // Ended by the signal, asked next.
      if (signal.aborted) break;
      failure = await post(channel, message);
      if (failure === undefined) {
        problem = undefined;
        return;
      }
    }
    const { what, id } = message;
    log.warn({ channel: channel.name, what, id, failure: failure ?? 'the keep is stopping' }, 'notify.undelivered');
    if (failure !== undefined) problem = `notices to ${channel.name} are not delivered: ${failure}`;
  };

  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await deliver(next);
  };

  return {
    take: (message) => {
      if (signal.aborted) return;
      if (waiting.length >= pace.room) {
        // The newest says least that is new: it stands in the console like all the others.
        log.warn({ channel: channel.name, what: message.what, id: message.id }, 'notify.dropped');
        problem = `notices to ${channel.name} are not delivered: too many wait`;
        return;
      }
      waiting.push(message);
      working ??= work().finally(() => {
        working = undefined;
      });
    },
    problem: () => problem,
    idle: async () => {
      await working;
    },
  };
}
