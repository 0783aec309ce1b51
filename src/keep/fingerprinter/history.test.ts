import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyOf } from './history.ts';
import type { VersionRow } from './history-rows.ts';
import { macKey } from './mac-key.ts';

const macs = macKey(Buffer.alloc(32, 7));
const at = (version: number): string => new Date(Date.UTC(2026, 0, version)).toISOString();

/** `held[0]` is version 1; undefined: nobody saw that version; null: it has no such key. */
function rowsOf(held: readonly (string | null | undefined)[]): ReadonlyMap<number, VersionRow> {
  return new Map(
    held.flatMap((value, index): readonly (readonly [number, VersionRow])[] => {
      if (value === undefined) return [];
      const version = index + 1;
      const row = { mount: 'secret', path: 'apps/mail', version, at: at(version) };
      return [[version, { ...row, macs: value === null ? {} : { password: macs.of(value) } }]];
    }),
  );
}

function told(held: readonly (string | null | undefined)[], { deleted = false } = {}) {
  const current = deleted ? undefined : held.length;
  return historyOf({ rows: rowsOf(held), current, classOf: () => 'a', sameAs: () => [] })[0];
}

describe('when a key last changed', () => {
  it('is when the value it has now was written, however many versions came since', () => {
    expect(told(['x', 'y', 'y', 'y'])).toMatchObject({ since: { version: 2, at: at(2) }, atLeast: false });
    expect(told(['x', 'x'])).toMatchObject({ since: { version: 1 }, atLeast: false });
    expect(told(['x', null, 'x'])).toMatchObject({ since: { version: 3 }, atLeast: false, revertedTo: 1 });
  });

  it('is at least when what came before was never seen', () => {
    expect(told([undefined, undefined, 'x', 'x'])).toMatchObject({ since: { version: 3 }, atLeast: true });
    expect(told(['x', undefined, 'x'])).toMatchObject({ since: { version: 3 }, atLeast: true });
    expect(told(['x', undefined, 'x'])).not.toHaveProperty('revertedTo');
    expect(told(['x', 'y', undefined, 'x'])).toMatchObject({ atLeast: true, revertedTo: 1 });
  });

  it('has no present where the newest version is deleted', () => {
    expect(told(['x', 'y'], { deleted: true })).toBeUndefined();
  });

  it('names others with the same value for long and random values alone', () => {
    const rows = rowsOf(['x']);
    const ask = (valueClass: 'a' | 'b') =>
      historyOf({ rows, current: 1, classOf: () => valueClass, sameAs: () => ['secret/other#k'] })[0]?.sameAs;
    expect(ask('a')).toEqual(['secret/other#k']);
    expect(ask('b')).toEqual([]);
  });

  it('holds for every sequence of versions', () => {
    const held = fc.array(fc.option(fc.constantFrom('x', 'y', 'z', null), { nil: undefined }), { maxLength: 12 });
    fc.assert(
      fc.property(held, fc.constantFrom('x', 'y'), (before, now) => {
        const all = [...before, now];
        const key = told(all);
        const since = key?.since?.version ?? 0;
        // From there on it is this value, without a gap.
        expect(all.slice(since - 1).every((value) => value === now)).toBe(true);
        const previous = since === 1 ? null : all[since - 2];
        expect(previous).not.toBe(now);
        expect(key?.atLeast).toBe(since !== 1 && previous === undefined);
        const older = all
          .map((value, index) => ({ value, version: index + 1 }))
          .filter(({ value, version }) => {
            const between = all.slice(version, since - 1);
            return version < since && value === now && between.some((one) => one !== undefined && one !== now);
          });
        expect(key?.revertedTo).toBe(older.at(-1)?.version);
      }),
    );
  });
});
