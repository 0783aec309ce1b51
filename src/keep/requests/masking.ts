import { setTimeout as wait } from 'node:timers/promises';
import { CastellanError } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import type { Fingerprinter } from '../fingerprinter/port.ts';
import type { RequestBoard } from './board.ts';
import type { SecretPlace } from './door.ts';

/** A value that was written is masked before anybody hears of it; where that fails it stands all the same, which is told. */
export interface Masking extends AsyncDisposable {
  /** Why the new value is not masked yet; undefined: it is. Errors: none. */
  mask(place: SecretPlace): Promise<string | undefined>;
  /** Goes on trying, and takes `why` out of the request once it is masked. */
  goOn(place: SecretPlace, id: string, why: string): void;
}

export interface MaskingOptions {
  readonly fingerprinter: Pick<Fingerprinter, 'refresh'> | undefined;
  readonly board: Pick<RequestBoard, 'note'>;
  readonly log: StoreLog;
  /** Between one try and the next; then it is left to the fingerprinter's own passes. */
  readonly waitsMs?: readonly number[];
}

const withinMs = 15_000;
const usualWaitsMs = [2_000, 10_000, 30_000, 60_000, 300_000];

export function createMasking({ fingerprinter, board, log, waitsMs = usualWaitsMs }: MaskingOptions): Masking {
  const closing = new AbortController();
  const trying = new Set<Promise<void>>();

  const mask = async ({ mount, path }: SecretPlace): Promise<string | undefined> => {
    if (fingerprinter === undefined) return 'this keep has no fingerprinter: the new value is masked nowhere';
    try {
      await fingerprinter.refresh({ mount, path }, AbortSignal.any([closing.signal, AbortSignal.timeout(withinMs)]));
      return undefined;
    } catch (error) {
      const code = error instanceof CastellanError ? error.code : 'no answer';
      log.warn({ mount, path, code }, 'request.not-masked');
      return `the new value is not masked until the fingerprinter's next pass (${code})`;
    }
  };

  const tryAgain = async (place: SecretPlace, id: string, why: string): Promise<void> => {
    for (const ms of waitsMs) {
      await wait(ms, undefined, { signal: closing.signal, ref: false }).catch(() => undefined); // Ended by the signal, asked next.
      if (closing.signal.aborted) return;
      if ((await mask(place)) !== undefined) continue;
      await board.note(id, (view) => (view.why === why ? { ...view, why: undefined } : view));
      return;
    }
  };

  return {
    mask,
    goOn: (place, id, why) => {
      if (fingerprinter === undefined) return;
      const going: Promise<void> = tryAgain(place, id, why)
        .catch((error: unknown) => log.warn({ id, err: error }, 'request.note-failed'))
        .finally(() => trying.delete(going));
      trying.add(going);
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await Promise.all(trying);
    },
  };
}
