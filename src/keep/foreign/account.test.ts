import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateMark } from '../journal/foreign-table.ts';
import { type OwnApply, unexplained } from './account.ts';

const serial = (number: number, sha256 = `s${number}`, lineage = 'l'): StateMark => ({
  kind: 'serial',
  lineage,
  serial: number,
  sha256,
});
const apply = (before: number | null, after: number | undefined): OwnApply => ({
  change: 'chg_x',
  endedAt: new Date(0),
  before: before === null ? null : { lineage: 'l', serial: before },
  after,
});

describe('what nobody here did to a state', () => {
  it.each<[string, StateMark, OwnApply[], StateMark, string[]]>([
    ['nothing happened', serial(4), [], serial(4), []],
    ['an apply of ours', serial(4), [apply(4, 5)], serial(5), []],
    ['an apply of ours that changed nothing', serial(4), [apply(4, 4)], serial(4), []],
    ['two of them', serial(4), [apply(4, 5), apply(5, 8)], serial(8), []],
    ['the first apply of ours', { kind: 'none' }, [apply(null, 1)], serial(1), []],
    ['an apply of ours that nobody knows the end of', serial(4), [apply(4, undefined)], serial(9), []],
    ['somebody’s', serial(4), [], serial(6), ['its state went from serial 4 to 6']],
    ['somebody’s after ours', serial(4), [apply(4, 5)], serial(6), ['its state went from serial 5 to 6']],
    ['an older state', serial(4), [], serial(3), ['its state went from serial 4 to 3']],
    ['an edit that keeps the serial', serial(4), [], serial(4, 'x'), ['its state was edited and kept its serial 4']],
    ['another lineage', serial(4), [], serial(4, 's4', 'm'), ['its state was replaced by one of another lineage']],
    ['none any more', serial(4), [], { kind: 'none' }, ['its state is gone']],
    ['one where there was none', { kind: 'none' }, [], serial(1), ['a state was made']],
  ])('%s', (_, known, applies, found, told) => {
    expect(unexplained(known, applies, found)).toEqual(told);
  });

  it('is found between two applies of ours', () => {
    const told = unexplained(serial(4), [apply(4, 5), apply(6, 7)], serial(7));
    expect(told).toEqual(['its state went from serial 5 to 6 before chg_x was applied']);
  });

  it('is nothing where every apply goes on from the one before, however many, and something wherever one does not', () => {
    const steps = fc.array(fc.nat(3), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(steps, fc.nat(7), fc.integer({ min: 1, max: 5 }), (moves, where, jump) => {
        let at = 10;
        const applies = moves.map((move) => {
          const before = at;
          at += move;
          return apply(before, at);
        });
        expect(unexplained(serial(10), applies, serial(at))).toEqual([]);
        const from = where % (moves.length + 1);
        const later = (number: number, index: number) => (index >= from ? number + jump : number);
        const broken = applies.map((one, index) => ({
          ...one,
          before: { lineage: 'l', serial: later(one.before?.serial ?? 0, index) },
          after: later(one.after ?? 0, index),
        }));
        expect(unexplained(serial(10), broken, serial(at + jump))).toHaveLength(1);
      }),
    );
  });
});
