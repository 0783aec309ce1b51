import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FingerprintsReply, SecretHistory, SecretReference } from '../../change/wire/secret.ts';
import { CastellanError } from '../../kit/index.ts';
import type { FingerprintCoverage, FingerprintSet } from '../../redaction/known/fingerprints.ts';
import type { StoreLog } from '../../store/log.ts';
import { assemble, coverageOf, type Known } from './assemble.ts';
import { historyOf } from './history.ts';
import type { HistoryRows } from './history-rows.ts';
import { idOf } from './history-rows.ts';
import { type KnownSecret, referenceText, valueId } from './known-secret.ts';
import type { FingerprinterRequest, FingerprinterState } from './protocol.ts';
import type { Published } from './published.ts';
import { createReader, type Reader, type ReaderOptions } from './reader.ts';

/**
 * What is known, and how it stays true.
 *
 *  starting ──one pass came to its end──▶ ready      Vault failing afterwards changes nothing but `vaultDownSince`
 *
 *  generation   a name for what the set holds; another one as soon as anything in it is another
 */
export interface Fingerprinting extends AsyncDisposable {
  readonly reader: Reader;
  state(): Pick<FingerprinterState, 'state' | 'problems' | 'vaultDownSince' | 'generation' | 'published'>;
  fingerprints(have: string | undefined, waitMs: number, signal: AbortSignal): Promise<FingerprintsReply>;
  history(secret: SecretReference, signal: AbortSignal): Promise<SecretHistory>;
  refresh(secret: SecretReference | undefined, signal: AbortSignal): Promise<void>;
  publish(chunk: Extract<FingerprinterRequest, { verb: 'publish' }>): void;
  /** Settles when it must not go on: its token may do more than read. */
  readonly failed: Promise<never>;
}

export interface FingerprintingOptions extends Omit<ReaderOptions, 'changed'> {
  readonly rows: HistoryRows;
  readonly published: Published;
  readonly intervalMs: number;
  readonly log: StoreLog;
  /** The set, each time it is another: the process masks its own log with it. */
  loaded(set: FingerprintSet): void;
  readonly passDeadlineMs?: number;
  readonly fullEveryMs?: number;
}

export function startFingerprinting(options: FingerprintingOptions): Fingerprinting {
  const { rows, published, log, now, judge } = options;
  const ending = new AbortController();
  const failing = Promise.withResolvers<never>();
  // Whoever runs it listens; until then nothing is unhandled.
  failing.promise.catch(() => undefined);
  const start = randomBytes(6).toString('hex');
  const { keys } = judge.make;
  let count = 0;
  let dirty = true;
  let ready = false;
  let down: { readonly since: Date; readonly why: string } | undefined;
  let lastFull = Number.NEGATIVE_INFINITY;
  let held: { readonly set: FingerprintSet; readonly leftOut: number } | undefined;
  let wakeLoop = (): void => undefined;
  let wakeWaiting = Promise.withResolvers<void>();
  let askedFull: PromiseWithResolvers<void> | undefined;

  const reader = createReader({
    ...options,
    changed: () => {
      dirty = true;
    },
  });
  const known: Known = {
    secrets: { [Symbol.iterator]: () => reader.secrets.values() },
    rowsOf: ({ mount, path }) => rows.of(mount, path),
  };

  /** Makes what was learnt the set that the next asker gets. */
  const renew = (): void => {
    if (!dirty && held !== undefined) return;
    dirty = false;
    count += 1;
    held = assemble(known, keys, `${start}-${count}`);
    options.loaded(held.set);
    wake();
  };

  const wake = (): void => {
    wakeWaiting.resolve();
    wakeWaiting = Promise.withResolvers();
  };

  const pass = async (kind: 'look' | 'full'): Promise<void> => {
    const deadline = AbortSignal.timeout(options.passDeadlineMs ?? 600_000);
    const signal = AbortSignal.any([ending.signal, deadline]);
    try {
      await reader.pass(kind, signal);
      down = undefined;
      if (kind === 'full') lastFull = now().getTime();
      if (!ready) log.info({ secrets: reader.secrets.size }, 'fingerprinter.ready');
      ready = true;
    } catch (error) {
      if (ending.signal.aborted) throw error;
      refuseWriter(error);
      const why = deadline.aborted ? 'Vault was not read to its end in time' : wordsOf(error);
      // Not the error itself: what is not ours may quote what was read.
      if (down === undefined) log.warn({ why }, 'fingerprinter.vault.failed');
      down = { since: down?.since ?? now(), why };
      throw error;
    } finally {
      renew();
      // Also where nothing is known yet: whoever waits learns that it is ready.
      wake();
    }
  };

  const refuseWriter = (error: unknown): void => {
    if (error instanceof CastellanError && error.code === 'fingerprinter-token-writes') failing.reject(error);
  };

  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const asked = askedFull;
      askedFull = undefined;
      const due = now().getTime() - lastFull >= (options.fullEveryMs ?? 3_600_000);
      try {
        await pass(asked !== undefined || due || !ready ? 'full' : 'look');
        asked?.resolve();
      } catch (error) {
        // Told by the state, and to whoever asked for it; the next pass is the next try.
        asked?.reject(error);
      }
      if (askedFull !== undefined) continue;
      const woken = new AbortController();
      wakeLoop = () => woken.abort();
      await sleep(options.intervalMs, undefined, { signal: AbortSignal.any([ending.signal, woken.signal]) }).catch(
        () => undefined,
      );
    }
  };
  const looping = loop();

  const one = async (secret: SecretReference, signal: AbortSignal): Promise<KnownSecret> => {
    try {
      return await reader.one(secret.mount, secret.path, signal);
    } catch (error) {
      refuseWriter(error);
      throw error;
    } finally {
      renew();
    }
  };

  const fullPass = (): Promise<void> => {
    askedFull ??= Promise.withResolvers();
    const { promise } = askedFull;
    promise.catch(() => undefined);
    wakeLoop();
    return promise;
  };

  const sameAs = (self: string, key: string, mac: string): readonly string[] => {
    const found: string[] = [];
    for (const secret of reader.secrets.values()) {
      const row = secret.current === undefined ? undefined : rows.of(secret.mount, secret.path).get(secret.current);
      for (const [other, otherMac] of Object.entries(row?.macs ?? {})) {
        if (otherMac !== mac || (idOf(secret) === self && other === key)) continue;
        if (secret.values.get(valueId(other, mac))?.class === 'a') found.push(referenceText({ ...secret, key: other }));
      }
    }
    return found.sort().slice(0, 50);
  };

  const coverage = (): FingerprintCoverage =>
    coverageOf({ known, at: now(), mounts: reader.mounts, unread: reader.unread, leftOut: held?.leftOut ?? 0 });

  return {
    reader,
    failed: failing.promise,
    state: () => ({
      state: ready ? 'ready' : 'starting',
      problems: down === undefined ? [] : [down.why],
      ...(down === undefined ? {} : { vaultDownSince: down.since.toISOString() }),
      ...(ready && held !== undefined ? { generation: held.set.generation } : {}),
      ...(published.commit === undefined ? {} : { published: published.commit }),
    }),
    fingerprints: async (have, waitMs, signal) => {
      const until = AbortSignal.any([signal, ending.signal, AbortSignal.timeout(waitMs)]);
      const gone = new Promise<void>((resolve) => {
        if (until.aborted) resolve();
        until.addEventListener('abort', () => resolve(), { once: true });
      });
      const before = down === undefined;
      // That Vault went away, or came back, is news too.
      while (
        !until.aborted &&
        before === (down === undefined) &&
        (!ready || held === undefined || held.set.generation === have)
      ) {
        await Promise.race([wakeWaiting.promise, gone]);
      }
      const why =
        down === undefined ? {} : { why: `Vault cannot be read since ${down.since.toISOString()}: ${down.why}` };
      if (!ready || held === undefined) return { state: 'starting', ...why };
      const { set } = held;
      return {
        state: 'ready',
        ...why,
        ...(set.generation === have ? {} : { set }),
        generation: set.generation,
        coverage: coverage(),
      };
    },
    history: async (reference, signal) => {
      const secret = await one(reference, signal);
      const { mount, path, current } = secret;
      const self = idOf(secret);
      return {
        mount,
        path,
        keys: [
          ...historyOf({
            rows: rows.of(mount, path),
            current,
            classOf: (key, mac) => secret.values.get(valueId(key, mac))?.class,
            sameAs: (key, mac) => sameAs(self, key, mac),
          }),
        ],
      };
    },
    refresh: async (reference, signal) => {
      if (reference === undefined) await untilLeft(fullPass(), signal);
      else await one(reference, signal);
    },
    publish: (chunk) => {
      const differing = published.take(chunk);
      if (differing === undefined || differing.size === 0) return;
      for (const secret of reader.secrets.values()) forgetJudgements(secret, differing, rows);
      wakeLoop();
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort(new Error('the fingerprinter ends'));
      await looping;
    },
  };
}

/** What is public, or not any more, is judged again as soon as it is read again; until then it is masked as before. */
function forgetJudgements(secret: KnownSecret, differing: ReadonlySet<string>, rows: HistoryRows): void {
  for (const value of secret.values.values()) {
    if (![...value.askedFor].some((mac) => differing.has(mac))) continue;
    value.stale = true;
    secret.seen = undefined;
    for (const [version, row] of rows.of(secret.mount, secret.path)) {
      if (row.macs[value.key] === value.mac) secret.read.delete(version);
    }
  }
}

async function untilLeft(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    await Promise.race([work, left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof CastellanError ? error.message : 'a fault of the fingerprinter itself; its log has more';
}
