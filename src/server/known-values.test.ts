import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { KeepClient } from '../change/wire/keep-port.ts';
import type { KeepReply, KeepRequest } from '../change/wire/protocol.ts';
import type { FingerprintsReply } from '../change/wire/secret.ts';
import { CastellanError } from '../kit/index.ts';
import type { FingerprintSet } from '../redaction/known/fingerprints.ts';
import { describeStanding, type KnownValuesStanding, redactionMode, unseenValues } from './known-standing.ts';
import { type KnownValuesSupply, type SupplyOptions, supplyKnownValues } from './known-values.ts';

const keep = { boundary: 'seat-belt', sandbox: 'none', build: '1', applies: false } as unknown as KeepReply['keep'];
const quick = { waitMs: 5, firstWaitMs: 5, leastMs: 1, firstPauseMs: 1, longestPauseMs: 5, patienceMs: 50 };

const setOf = (generation: string): FingerprintSet => ({
  generation,
  keys: { hash: '', mac: '' },
  labels: [],
  patterns: '',
});
const coverageAt = (at: string): NonNullable<FingerprintsReply['coverage']> => ({
  at,
  mounts: ['secret'],
  secrets: 2,
  values: 7,
  byClass: { a: 3, b: 2, c: 1, public: 1 },
  skipped: { count: 1, some: ['secret/apps/mail#mode'] },
  unread: [{ path: 'secret/private', why: 'permission denied' }],
  inRepository: [],
});
const ready = (generation: string, at = new Date().toISOString()): FingerprintsReply => ({
  state: 'ready',
  set: setOf(generation),
  generation,
  coverage: coverageAt(at),
});

type Answer = (request: KeepRequest) => FingerprintsReply | undefined;

/** A keep that answers by its last instruction, and a redactor's memory of known values. */
function stage(first: Answer, options: Partial<SupplyOptions> = {}) {
  let answer = first;
  const say = (next: Answer): void => {
    answer = next;
  };
  const asked: KeepRequest[] = [];
  const loaded: FingerprintSet[] = [];
  let generation: string | undefined;
  const client: KeepClient = {
    ask: async (request, signal) => {
      signal.throwIfAborted();
      asked.push(request);
      await new Promise((resolve) => setImmediate(resolve));
      const fingerprints = answer(request);
      return { keep, ...(fingerprints === undefined ? {} : { fingerprints }) };
    },
  };
  const supply = supplyKnownValues({
    mode: 'required',
    keep: async () => client,
    known: {
      load: (set) => {
        if (set.patterns !== '') throw new RangeError(`unreadable: ${set.patterns}`);
        generation = set.generation;
        loaded.push(set);
      },
      get generation() {
        return generation;
      },
    },
    log: pino({ level: 'silent' }),
    now: () => new Date(),
    pace: quick,
    ...options,
  });
  running.push(supply);
  return { supply, asked, loaded, say };
}

let running: KnownValuesSupply[] = [];
afterEach(async () => {
  for (const supply of running) await supply[Symbol.asyncDispose]();
  running = [];
});

const stateOf = (supply: KnownValuesSupply): KnownValuesStanding['state'] => supply.standing(new Date()).state;

describe('the supply of known values', () => {
  it('loads the first set, then asks for another than it has', async () => {
    const { supply, asked, loaded } = stage(({ verb, ...rest }) =>
      verb === 'fingerprints' && 'have' in rest
        ? { state: 'ready', generation: 'g1', coverage: coverageAt(new Date().toISOString()) }
        : ready('g1'),
    );
    await supply.assertUsable();
    expect(stateOf(supply)).toBe('current');
    expect(unseenValues(supply.standing(new Date()))).toBeUndefined();
    await expect.poll(() => asked.length).toBeGreaterThan(2);
    expect(asked[0]).toEqual({ verb: 'fingerprints', waitMs: 5 });
    expect(asked[1]).toEqual({ verb: 'fingerprints', have: 'g1', waitMs: 5 });
    expect(loaded.map(({ generation }) => generation)).toEqual(['g1']);
  });

  it('loads every newer set, and lets go of the one before', async () => {
    const { supply, loaded, say } = stage(() => ready('g1'));
    await supply.assertUsable();
    say(() => ready('g2'));
    await expect.poll(() => supply.standing(new Date()).generation).toBe('g2');
    expect(loaded.at(-1)?.generation).toBe('g2');
  });

  it.each<[string, Answer, RegExp]>([
    [
      'is away',
      () => {
        throw new CastellanError('keep-unreachable', 'operator', { message: 'the keep cannot be reached', next: 'x' });
      },
      /cannot be reached/,
    ],
    [
      'answers junk',
      () => {
        throw new SyntaxError('unexpected token in secret');
      },
      /could not be asked/,
    ],
    ['answers something else', () => undefined, /something else/],
    ['has no fingerprinter', () => ({ state: 'none' }), /no fingerprinter/],
    [
      'has one that has read nothing yet',
      () => ({ state: 'starting', why: 'logging in' }),
      /has not read Vault yet: logging in/,
    ],
    ['says it is ready and gives nothing', () => ({ state: 'ready' }), /did not give the set/],
    ['speaks of a set it does not give', () => ({ state: 'ready', generation: 'g9' }), /did not give the set/],
  ])('refuses every call while nothing is loaded and the keep %s, and says why', async (_, answer, why) => {
    const { supply } = stage(answer);
    await expect(supply.assertUsable()).rejects.toMatchObject({
      code: 'redaction-not-ready',
      message: expect.stringMatching(why),
      next: expect.stringContaining('vault.redaction: degraded'),
    });
    expect(supply.standing(new Date())).toMatchObject({ state: 'missing', mode: 'required' });
    expect(supply.standing(new Date()).why).not.toContain('secret');
  });

  it('refuses where castellan.yaml names no keep, at once', async () => {
    const { supply } = stage(() => undefined, { keep: undefined, pace: { ...quick, patienceMs: 60_000 } });
    await expect(supply.assertUsable()).rejects.toMatchObject({
      code: 'redaction-not-ready',
      message: expect.stringContaining('names no keep'),
    });
  });

  it('lets a call wait for a set that is about to come', async () => {
    let ask = 0;
    const { supply } = stage(
      () => {
        ask += 1;
        return ask < 4 ? { state: 'starting' } : ready('g1');
      },
      { pace: { ...quick, patienceMs: 30_000 } },
    );
    await supply.assertUsable();
    expect(stateOf(supply)).toBe('current');
  });

  it('keeps what it has when the keep goes away, and says so', async () => {
    const { supply, say } = stage(() => ready('g1'));
    await supply.assertUsable();
    say(() => {
      throw new CastellanError('keep-unreachable', 'operator', { message: 'nobody listens', next: 'x' });
    });
    await expect.poll(() => stateOf(supply)).toBe('stale');
    await supply.assertUsable();
    expect(unseenValues(supply.standing(new Date()))).toEqual({
      what: 'known values',
      why: 'nobody listens; those loaded before are masked',
    });
    say(() => ready('g1'));
    await expect.poll(() => stateOf(supply)).toBe('current');
  });

  it('takes the last set of a fingerprinter that is away, and does not call it current', async () => {
    const { supply } = stage(() => ({ ...ready('g1'), state: 'away', why: 'no answer' }));
    await supply.assertUsable();
    expect(supply.standing(new Date())).toMatchObject({
      state: 'stale',
      generation: 'g1',
      why: expect.stringContaining('no answer'),
    });
  });

  it('says so when the fingerprinter is ready and cannot read Vault any more', async () => {
    const { supply, say } = stage(() => ({ ...ready('g1'), why: 'Vault cannot be read since noon' }));
    await supply.assertUsable();
    expect(supply.standing(new Date())).toMatchObject({ state: 'stale', why: 'Vault cannot be read since noon' });
    say(() => ready('g1'));
    await expect.poll(() => stateOf(supply)).toBe('current');
  });

  it('says so when Vault was not looked at for ten rounds, though the keep says it is ready', async () => {
    const looked = new Date();
    const { supply } = stage(() => ready('g1', looked.toISOString()));
    await supply.assertUsable();
    const stateAfter = (seconds: number) => supply.standing(new Date(looked.getTime() + seconds * 1000)).state;
    expect(stateAfter(100)).toBe('current');
    expect(stateAfter(151)).toBe('stale');
  });

  it.each(['', 'yesterday', 'NaN'])('does not take %j for a time at which Vault was looked at', async (at) => {
    const { supply } = stage(() => ready('g1', at));
    await supply.assertUsable();
    expect(stateOf(supply)).toBe('stale');
  });

  it('refuses after a set that cannot be used, until one can; the one before stays in use', async () => {
    const word = randomBytes(8).toString('hex');
    const { supply, loaded, say } = stage(() => ready('g1'));
    await supply.assertUsable();
    say(() => ({ ...ready('g2'), set: { ...setOf('g2'), patterns: word } }));
    await expect.poll(() => stateOf(supply)).toBe('broken');
    const refused = await supply.assertUsable().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'redaction-not-ready' });
    expect(String(refused)).not.toContain(word);
    expect(supply.standing(new Date()).generation).toBe('g1');
    // Silence makes nothing good.
    say(() => {
      throw new CastellanError('keep-unreachable', 'operator', { message: 'nobody listens', next: 'x' });
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stateOf(supply)).toBe('broken');
    say(() => ready('g3'));
    await expect.poll(() => stateOf(supply)).toBe('current');
    expect(loaded.map(({ generation }) => generation).filter((one, at, all) => all.indexOf(one) === at)).toEqual([
      'g1',
      'g3',
    ]);
  });

  it('answers in degraded mode, and says what is not masked', async () => {
    const { supply } = stage(() => ({ state: 'none' }), { mode: 'degraded' });
    await supply.assertUsable();
    await expect
      .poll(() => unseenValues(supply.standing(new Date())))
      .toEqual({ what: 'known values', why: 'the keep has no fingerprinter; none is masked' });
  });

  it('does not hurry a keep that answers at once, and ends when it is told to', async () => {
    const { supply, asked } = stage(() => ready('g1'), { pace: { ...quick, leastMs: 60_000 } });
    await supply.assertUsable();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toHaveLength(1);
    await supply[Symbol.asyncDispose]();
    expect(asked).toHaveLength(1);
  });
});

describe('what is said of it', () => {
  it('names numbers, and no place where a value lies that is not looked for', async () => {
    const { supply } = stage(() => ready('g1'));
    await supply.assertUsable();
    const told = describeStanding(supply.standing(new Date()), new Date());
    expect(told).toMatchObject({
      mode: 'required',
      state: 'current',
      generation: 'g1',
      coverage: { values: 7, skipped: 1, by_class: { a: 3 } },
    });
    expect(JSON.stringify(told)).not.toContain('apps/mail');
  });

  it.each([
    [new Map(), undefined],
    [new Map([['vault', {}]]), 'required'],
    [new Map([['vault', { redaction: 'degraded', address: 'https://vault.example.net' }]]), 'degraded'],
  ])('is strict unless castellan.yaml says otherwise', (slices, mode) => {
    expect(redactionMode(slices)).toBe(mode);
  });

  it('is refused as a configuration where the word is none of the two', () => {
    expect(() => redactionMode(new Map([['vault', { redaction: 'off' }]]))).toThrow();
  });
});
