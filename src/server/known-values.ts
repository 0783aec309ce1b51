import { setTimeout as sleep } from 'node:timers/promises';
import type { KeepClient } from '../change/wire/keep-port.ts';
import type { FingerprintsReply } from '../change/wire/secret.ts';
import { CastellanError, defineErrors, type Reach } from '../kit/index.ts';
import type { FingerprintCoverage } from '../redaction/known/fingerprints.ts';
import type { KnownValues } from '../redaction/known/known-values.ts';
import type { KnownValuesStanding } from './known-standing.ts';
import type { Log } from './log.ts';

/** Asks the keep for the next set of fingerprints as soon as there is one; what is said of the one in use: known-standing.ts. */
export interface KnownValuesSupply extends AsyncDisposable {
  standing(now: Date): KnownValuesStanding;
  /** Until no call need be refused any more, but not for long. Errors: `redaction-not-ready`. */
  assertUsable(): Promise<void>;
}

export interface SupplyOptions {
  readonly mode: KnownValuesStanding['mode'];
  /** Undefined: castellan.yaml names no keep, so nothing will ever come. */
  readonly keep: Reach<KeepClient> | undefined;
  readonly known: Pick<KnownValues, 'load' | 'generation'>;
  readonly log: Log;
  readonly now: () => Date;
  readonly pace?: Partial<Pace>;
}

interface Pace {
  /** How long the keep may wait for a newer set before it answers. */
  readonly waitMs: number;
  /** The same while it has none of us: who waits for an answer is told the reason soon. */
  readonly firstWaitMs: number;
  /** Between two questions, however fast they are answered. */
  readonly leastMs: number;
  /** After a failure: doubled with each, up to the most. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** How long a call waits for the first set. */
  readonly patienceMs: number;
}

const usualPace: Pace = {
  waitMs: 45_000,
  firstWaitMs: 2_000,
  leastMs: 1_000,
  firstPauseMs: 500,
  longestPauseMs: 15_000,
  patienceMs: 5_000,
};

/** The fingerprinter looks at Vault every 15 s; ten rounds missed are no delay any more. */
const staleAfterMs = 10 * 15_000;

const supplyError = defineErrors({
  'redaction-not-ready': {
    audience: 'operator',
    meaning: 'The values kept in Vault are not known yet, so no answer could be proved free of them. Nothing was run.',
  },
});

/** What was heard last; the generation in use is the redactor's to tell. */
interface Heard {
  readonly state: Exclude<KnownValuesStanding['state'], 'missing'> | 'away';
  readonly why?: string;
}

export function supplyKnownValues({ mode, keep, known, log, now, pace }: SupplyOptions): KnownValuesSupply {
  const { waitMs, firstWaitMs, leastMs, firstPauseMs, longestPauseMs, patienceMs } = { ...usualPace, ...pace };
  const closing = new AbortController();
  let heard: Heard = { state: 'away', why: 'the keep has not answered yet' };
  let heardAt: Date | undefined;
  let coverage: FingerprintCoverage | undefined;
  let changed = Promise.withResolvers<void>();

  const tell = (next: Heard): void => {
    // A set that could not be used is made good by a set, not by silence.
    const told = heard.state === 'broken' && next.state === 'away' ? heard : next;
    if (told.state !== heard.state || told.why !== heard.why) {
      const level = told.state === 'current' ? 'info' : 'warn';
      log[level]({ state: told.state, why: told.why ?? null, generation: known.generation ?? null }, 'redaction.known');
    }
    heard = told;
    changed.resolve();
    changed = Promise.withResolvers();
  };

  const take = ({ set, generation, coverage: covered, state, why }: FingerprintsReply): Heard => {
    if (set !== undefined) {
      try {
        known.load(set);
      } catch (error) {
        // What the set held is in no message: it may be anything.
        log.error({ type: error instanceof Error ? error.name : typeof error }, 'redaction.set.broken');
        return { state: 'broken', why: 'the keep gave a set of fingerprints that cannot be used' };
      }
    }
    const isInUse = set !== undefined || (generation !== undefined && generation === known.generation);
    if (isInUse) coverage = covered ?? coverage;
    if (state !== 'ready') return { state: 'away', why: whyNot(state, why) };
    if (!isInUse) return { state: 'away', why: 'the keep did not give the set it speaks of' };
    heardAt = now();
    // Ready, and yet with a reason: it knows what it knew, and Vault cannot be read any more.
    return why === undefined ? { state: 'current' } : { state: 'stale', why: shortened(why) };
  };

  /** True when it was worth asking, and the next answer will be too. */
  const ask = async (reach: Reach<KeepClient>): Promise<boolean> => {
    const have = known.generation;
    try {
      const client = await reach();
      const { fingerprints } = await client.ask(
        have === undefined ? { verb: 'fingerprints', waitMs: firstWaitMs } : { verb: 'fingerprints', have, waitMs },
        closing.signal,
      );
      tell(
        fingerprints === undefined
          ? { state: 'away', why: 'the keep answered with something else' }
          : take(fingerprints),
      );
      return heard.state !== 'broken' && (fingerprints?.state === 'ready' || fingerprints?.state === 'starting');
    } catch (error) {
      if (closing.signal.aborted) return false;
      // Not the message of a fault: nobody knows what is in it.
      tell({ state: 'away', why: error instanceof CastellanError ? error.message : 'the keep could not be asked' });
      return false;
    }
  };

  const run = async (reach: Reach<KeepClient>): Promise<void> => {
    let failures = 0;
    while (!closing.signal.aborted) {
      const began = performance.now();
      failures = (await ask(reach)) ? 0 : failures + 1;
      const most = failures === 0 ? leastMs : Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20));
      const pause = failures === 0 ? most - (performance.now() - began) : most * (0.5 + Math.random() / 2);
      if (pause > 0) await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined); // closed: the loop ends
    }
  };

  const standing = (at: Date): KnownValuesStanding => {
    const generation = known.generation;
    const { state, why } = generation === undefined || heard.state !== 'current' ? heard : agedBy(at);
    const said = { mode, ...(why === undefined ? {} : { why }) };
    if (generation === undefined) return { ...said, state: state === 'broken' ? 'broken' : 'missing' };
    return {
      ...said,
      state: state === 'away' ? 'stale' : state,
      generation,
      ...(heardAt === undefined ? {} : { heardAt }),
      ...(coverage === undefined ? {} : { coverage }),
    };
  };

  const agedBy = (at: Date): Heard => {
    const looked = coverage === undefined ? heardAt : new Date(coverage.at);
    const oldest = Math.min(looked?.getTime() ?? Number.NaN, heardAt?.getTime() ?? Number.NaN);
    // A time that cannot be read is no time at which anything was looked at.
    if (at.getTime() - oldest <= staleAfterMs) return { state: 'current' };
    const ago = Number.isNaN(oldest) ? 'at a time nobody told' : `${Math.round((at.getTime() - oldest) / 1000)} s ago`;
    return { state: 'stale', why: `Vault was last looked at ${ago}` };
  };

  const refused = (): KnownValuesStanding | undefined => {
    const found = standing(now());
    return mode === 'required' && (found.state === 'missing' || found.state === 'broken') ? found : undefined;
  };

  const running = keep === undefined ? Promise.resolve() : run(keep);
  if (keep === undefined) heard = { state: 'away', why: 'castellan.yaml names no keep' };

  return {
    standing,
    assertUsable: async () => {
      if (refused() === undefined) return;
      const late = AbortSignal.timeout(patienceMs);
      const over = Promise.withResolvers<void>();
      late.addEventListener('abort', () => over.resolve(), { once: true });
      if (keep !== undefined) {
        while (!late.aborted && refused() !== undefined) await Promise.race([changed.promise, over.promise]);
      }
      const still = refused();
      if (still !== undefined) throw notReady(still);
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await running;
    },
  };
}

function whyNot(state: Exclude<FingerprintsReply['state'], 'ready'>, why: string | undefined): string {
  const plain = {
    none: 'the keep has no fingerprinter',
    starting: 'the fingerprinter has not read Vault yet',
    away: 'the fingerprinter does not answer the keep',
  }[state];
  return why === undefined ? plain : `${plain}: ${shortened(why)}`;
}

function shortened(why: string): string {
  return why.replace(/\s+/g, ' ').slice(0, 200).toWellFormed();
}

function notReady({ why }: KnownValuesStanding): CastellanError {
  return supplyError('redaction-not-ready', {
    message: `nothing was run: the values that Vault keeps are not known here, so no answer could be proved free of them (${why ?? 'no reason given'})`,
    next: 'the operator starts the fingerprinter of the keep (`vault.fingerprinter` of keep.yaml; `castellan redaction status` says what is missing), or sets `vault.redaction: degraded` in castellan.yaml; vault_health answers all the same',
  });
}
