import { setTimeout as sleep } from 'node:timers/promises';
import type { FingerprintsReply } from '../../change/wire/secret.ts';
import { CastellanError } from '../../kit/index.ts';
import type { FingerprintSet } from '../../redaction/known/fingerprints.ts';
import type { StoreLog } from '../../store/log.ts';
import { fingerprinterError } from './errors.ts';
import { ask, away } from './exchange.ts';
import type { Fingerprinter } from './port.ts';
import { type FingerprinterRequest, mostChunks, mostWordBytes, mostWordsBytes } from './protocol.ts';

export interface ClientOptions {
  readonly socket: string;
  readonly log: StoreLog;
  /** What it may need for an answer beyond what it was told to wait. */
  readonly patienceMs?: number;
  /** Between two tries while it is away. */
  readonly pauseMs?: number;
}

/** A full refresh reads all of Vault. */
const patienceMs = 60_000;
const refreshPatienceMs = 600_000;

/**
 * The fingerprinter, as the keep sees it. The last set is kept: one that is away leaves the daemon with what it last knew, and says so.
 */
export function connectFingerprinter(options: ClientOptions): Fingerprinter & Disposable {
  const { socket, log } = options;
  const ending = new AbortController();
  const patience = options.patienceMs ?? patienceMs;
  let last: Pick<FingerprintsReply, 'coverage'> & { readonly set?: FingerprintSet } = {};
  let wasAway = false;

  const tell = (request: FingerprinterRequest, signal: AbortSignal, most = patience) =>
    ask(socket, request, { signal: AbortSignal.any([signal, ending.signal]), patienceMs: most });

  const look = async (waitMs: number, signal: AbortSignal): Promise<FingerprintsReply> => {
    const have = last.set?.generation;
    const { fingerprints } = await tell(
      { verb: 'fingerprints', ...(have === undefined ? {} : { have }), waitMs },
      signal,
    );
    if (fingerprints === undefined) throw away(socket, 'its reply is to something else');
    if (fingerprints.set !== undefined) last = { set: fingerprints.set };
    if (fingerprints.coverage !== undefined) last = { ...last, coverage: fingerprints.coverage };
    if (wasAway) log.info({}, 'fingerprinter.back');
    wasAway = false;
    return fingerprints;
  };

  /** `set` as the asker needs it: of the last generation, if it is not theirs. */
  const replyFor = (
    have: string | undefined,
    { state, why }: Pick<FingerprintsReply, 'state' | 'why'>,
  ): FingerprintsReply => {
    const { set, coverage } = last;
    return {
      state,
      ...(why === undefined ? {} : { why }),
      ...(set === undefined ? {} : { generation: set.generation }),
      ...(set === undefined || set.generation === have ? {} : { set }),
      ...(coverage === undefined ? {} : { coverage }),
    };
  };

  const expecting = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw away(socket, 'its reply is to something else');
    return part;
  };

  return {
    fingerprints: async (have, waitMs, signal) => {
      const until = Date.now() + waitMs;
      for (;;) {
        const left = Math.max(0, until - Date.now());
        // Who has another set than the last gets the newest at once.
        const isCurrent = have !== undefined && have === last.set?.generation;
        try {
          return replyFor(have, await look(isCurrent || last.set === undefined ? left : 0, signal));
        } catch (error) {
          if (signal.aborted || ending.signal.aborted) return replyFor(have, { state: 'away', why: 'the keep ends' });
          if (!wasAway) log.warn({ err: error }, 'fingerprinter.away');
          wasAway = true;
          const why = error instanceof CastellanError ? error.message : 'it cannot be asked';
          const differs = last.set !== undefined && !isCurrent;
          if (differs || left === 0) return replyFor(have, { state: 'away', why });
          // Whoever waits for news waits for it to come back, and does not ask in circles.
          const pause = AbortSignal.any([signal, ending.signal]);
          await sleep(Math.min(options.pauseMs ?? 1_000, left), undefined, { signal: pause }).catch(() => undefined);
        }
      }
    },
    history: async (secret, signal) => expecting((await tell({ verb: 'history', secret }, signal)).history),
    compare: async (left, right, signal) =>
      expecting((await tell({ verb: 'compare', left, right }, signal)).comparison),
    refresh: async (secret, signal) => {
      await tell({ verb: 'refresh', ...(secret === undefined ? {} : { secret }) }, signal, refreshPatienceMs);
    },
    publish: async (commit, words) => {
      const { state } = await tell({ verb: 'state' }, ending.signal);
      if (state?.published === commit) return;
      const chunks = chunksOf(words);
      for (const [index, part] of chunks.entries()) {
        const place = { part: index + 1, parts: chunks.length };
        await tell({ verb: 'publish', commit, ...place, words: [...part] }, ending.signal);
      }
    },
    [Symbol.dispose]: () => ending.abort(new Error('the keep ends')),
  };
}

/** Of a keep whose keep.yaml names none. */
export function withoutFingerprinter(): Fingerprinter & Disposable {
  const none = (): never => {
    throw fingerprinterError('fingerprinter-none', {
      message: 'this keep has no fingerprinter, so it knows nothing of values',
      next: 'a human sets one up: `vault.fingerprinter` in keep.yaml (docs/keep.md)',
    });
  };
  return {
    fingerprints: async () => ({ state: 'none' }),
    history: async () => none(),
    compare: async () => none(),
    refresh: async () => none(),
    publish: async () => undefined,
    [Symbol.dispose]: () => undefined,
  };
}

/** At least one, so that a base without words makes nothing public. Words that have no room are secrets as before. */
function chunksOf(words: readonly string[]): readonly (readonly string[])[] {
  const chunks: string[][] = [[]];
  let size = 0;
  for (const word of words) {
    const bytes = Buffer.byteLength(JSON.stringify(word)) + 1;
    if (word === '' || word.length > mostWordBytes) continue;
    if (size + bytes > mostWordsBytes) {
      if (chunks.length === mostChunks) break;
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(word);
    size += bytes;
  }
  return chunks;
}
