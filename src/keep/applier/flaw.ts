import { CastellanError } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';

/**
 * Why something is not applied.
 *
 *  moved    the world is another than the one that was signed for: planned again, it may be signed again
 *  forged   what is there was never signed, or is not what was signed: nobody's work to carry on with
 *  halted   neither: it could not be looked at, is frozen, or the keep is stopping
 */
export interface Flaw {
  readonly kind: 'moved' | 'forged' | 'halted';
  /** Begins with the field: `plan: …`. */
  readonly text: string;
}

export const moved = (text: string): Flaw => ({ kind: 'moved', text });
export const forged = (text: string): Flaw => ({ kind: 'forged', text });
export const halted = (text: string): Flaw => ({ kind: 'halted', text });

/** Thrown to end what was begun before anything was changed. */
export class Refused extends Error {
  readonly flaws: readonly Flaw[];

  constructor(flaws: readonly Flaw[], options?: ErrorOptions) {
    super('the apply was refused', options);
    this.flaws = flaws;
  }
}

/** Ends it where there is a flaw. */
export function assertFlawless(flaws: readonly Flaw[]): void {
  if (flaws.length > 0) throw new Refused(flaws);
}

/** What cannot be looked at is a flaw of its own: in our words, which an error of a driver has none of. */
export async function unless<Value>(
  field: string,
  look: () => Promise<Value> | Value,
  kind: Flaw['kind'],
  log: Pick<StoreLog, 'warn'>,
): Promise<Value> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Refused) throw error;
    log.warn({ err: error, field }, 'apply.refused');
    throw new Refused([{ kind, text: `${field}: ${wordsOf(error)}` }], { cause: error });
  }
}

export function wordsOf(error: unknown): string {
  return error instanceof CastellanError ? error.message : 'it failed; the keep’s log has more';
}
