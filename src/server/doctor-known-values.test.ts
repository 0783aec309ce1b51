import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeepClient } from '../change/wire/keep-port.ts';
import type { KeepReply } from '../change/wire/protocol.ts';
import type { Config } from '../config/index.ts';
import { createFingerprinter } from '../redaction/known/fingerprint.ts';
import { createKnownValues } from '../redaction/known/known-values.ts';
import { knownValuesFindings, learnKnownValues } from './doctor-known-values.ts';
import type { Groups } from './groups.ts';

const configOf = (slice?: object): Config =>
  ({ groups: new Map(slice === undefined ? [] : [['vault', slice]]) }) as unknown as Config;
const coverage = { values: 7, skipped: 2, unread: [{ path: 'secret/x', why: 'denied' }] };

describe('what doctor says of the values a daemon masks', () => {
  it('is nothing where no Vault is configured', () => {
    expect(knownValuesFindings(configOf(), {})).toEqual([]);
  });

  it('passes while the daemon has them, with what they do not cover', () => {
    const told = { known_values: { mode: 'required', state: 'current', generation: 'g1', coverage } };
    expect(knownValuesFindings(configOf({}), told)).toEqual([
      {
        check: 'known values',
        status: 'pass',
        detail: 'the daemon masks them: 7 loaded (generation g1), 2 never looked for, 1 paths unread',
      },
    ]);
  });

  it.each([
    ['required', 'missing', 'the daemon refuses calls'],
    ['required', 'broken', 'the daemon refuses calls'],
    ['required', 'stale', 'the daemon answers, and says what it does not mask'],
    ['degraded', 'missing', 'the daemon answers, and says what it does not mask'],
  ])('fails in the mode %s when they are %s', (redaction, state, means) => {
    const [finding] = knownValuesFindings(configOf({ redaction }), {
      known_values: { state, why: 'the keep is away' },
    });
    expect(finding).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(`${state} (the keep is away): ${means}`),
    });
  });

  it('tells what the next daemon will do where none runs', () => {
    expect(knownValuesFindings(configOf({}), undefined)[0]?.detail).toContain('refuses calls until then');
  });
});

describe('doctor’s own output', () => {
  const value = randomBytes(24).toString('hex');
  const set = createFingerprinter().of(
    [{ value, class: 'a', label: { mount: 'secret', path: 'a', key: 'b', version: 1 } }],
    'g1',
  );
  const groupsWith = (ask: (() => KeepReply['fingerprints']) | undefined): Groups => {
    const client: KeepClient = {
      ask: async () => ({ keep: { version: '1', boundary: 'separate user', problems: [] }, fingerprints: ask?.() }),
    };
    return { reach: () => (ask === undefined ? undefined : async () => client) } as unknown as Groups;
  };

  it('is masked by what the keep has', async () => {
    const known = createKnownValues();
    await learnKnownValues(
      groupsWith(() => ({ state: 'ready', set })),
      known,
      new AbortController().signal,
    );
    expect(known.hits(value, 'others')).toHaveLength(1);
  });

  it.each([
    [
      'is away',
      () => {
        throw new Error('nobody listens');
      },
    ],
    ['gives what cannot be used', () => ({ state: 'ready' as const, set: { ...set, patterns: 'junk' } })],
    ['is not configured', undefined],
  ])('is given all the same where the keep %s', async (_, ask) => {
    const known = createKnownValues();
    await learnKnownValues(groupsWith(ask), known, new AbortController().signal);
    expect(known.generation).toBeUndefined();
  });
});
