import { describe, expect, it } from 'vitest';
import { type Evidence, judgeOutcome } from './outcome.ts';
import { stateOf } from './world.fixture.ts';

const none = { done: [], failed: [], unknown: [] };
const clean: Evidence = {
  result: { exitCode: 0, ended: 'exit' },
  reading: { ...none, done: ['a'] },
  before: stateOf(7).facts,
  after: stateOf(8).facts,
  leftState: false,
};
const failed: Partial<Evidence> = { result: { exitCode: 1, ended: 'exit' }, reading: { ...none, failed: ['a'] } };
const same: Partial<Evidence> = { after: stateOf(7).facts };
const killed = (ended: Evidence['result']['ended']): Partial<Evidence> => ({ result: { exitCode: undefined, ended } });

describe('an apply', () => {
  const cases: readonly [string, Partial<Evidence>, string, RegExp?][] = [
    ['that ended well', {}, 'applied'],
    ['that ended well and was the first', { before: undefined, after: stateOf(1).facts }, 'applied'],
    ['that ended well although it was asked to end', { result: { exitCode: 0, ended: 'cancelled' } }, 'applied'],
    ['of nothing but outputs', { reading: none }, 'applied'],
    ['that ended well, and something of it failed', { reading: { ...none, failed: ['a'] } }, 'partially-applied'],
    [
      'that ended well, and nobody knows how all of it ended',
      { reading: { ...none, unknown: ['a'] } },
      'interrupted',
      /1 of what it began/,
    ],
    ['that failed before anything was done', { ...failed, ...same }, 'failed-clean'],
    ['that failed before there was a state', { ...failed, before: undefined, after: undefined }, 'failed-clean'],
    ['that failed, and the state moved', { ...failed }, 'partially-applied'],
    [
      'that failed, and the state has other content at its serial',
      { ...failed, after: stateOf(7, 'other').facts },
      'partially-applied',
    ],
    [
      'that failed after something was done',
      { ...failed, ...same, reading: { done: ['b'], failed: ['a'], unknown: [] } },
      'partially-applied',
    ],
    [
      'that failed, and nobody knows how it ended',
      { ...failed, ...same, reading: { ...none, unknown: ['a'] } },
      'interrupted',
      /never said/,
    ],
    [
      'that ended when the keep asked it to',
      { result: { exitCode: 1, ended: 'cancelled' } },
      'interrupted',
      /told the engine to end/,
    ],
    [
      'that ended when its time was over',
      { result: { exitCode: 1, ended: 'timeout' } },
      'interrupted',
      /was told to end/,
    ],
    [
      'that was killed as if all were well',
      { result: { exitCode: undefined, ended: 'signal' }, reading: none },
      'interrupted',
      /by a signal/,
    ],

    ['that was killed', { ...killed('signal') }, 'interrupted', /ended by a signal/],
    [
      'that was killed, and nothing seems to be done',
      { ...killed('signal'), ...same, reading: none },
      'interrupted',
      /ended by a signal/,
    ],
    ['that took too long', { ...killed('timeout') }, 'interrupted', /longer than its time limit/],
    ['that said too much', { ...killed('too-much-output') }, 'interrupted', /wrote more/],
    ['that was cancelled', { ...killed('cancelled') }, 'interrupted', /the keep was stopping/],
    ['whose state cannot be read back', { after: 'unreadable' }, 'interrupted', /could not be read back/],
    ['whose state is gone', { after: undefined }, 'interrupted', /no state any more/],
    ['that made something and no state', { before: undefined, after: undefined }, 'interrupted', /no state any more/],
    ['whose state is another', { after: stateOf(8, '', 'lineage-2').facts }, 'interrupted', /another lineage/],
    ['whose state went back', { after: stateOf(6).facts }, 'interrupted', /went back from serial 7 to 6/],
    ['that could not write its state', { ...failed, leftState: true }, 'interrupted', /could not write its state/],
  ];
  for (const [name, more, outcome, why] of cases) {
    it(`${name} is ${outcome}`, () => {
      const verdict = judgeOutcome({ ...clean, ...more });
      expect(verdict.outcome).toBe(outcome);
      if (verdict.outcome === 'interrupted') expect(verdict.why).toMatch(why ?? /^$/);
      else expect(why).toBeUndefined();
    });
  }
});
