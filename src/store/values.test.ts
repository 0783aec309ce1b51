import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValue, encodeParameter } from './values.ts';

const throughArray = (oid: number, value: unknown): unknown => decodeValue(oid, encodeParameter(value) ?? 'null');

describe('values', () => {
  it('of any text survive an array', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('NULL', '', '{', '"', '\\', ',')), {
          maxLength: 9,
        }),
        (texts) => {
          expect(throughArray(1009, texts)).toEqual(texts);
        },
      ),
    );
  });

  it('that are null survive an array, and so do arrays of arrays', () => {
    expect(
      throughArray(1009, [
        ['a', null],
        ['NULL', ''],
      ]),
    ).toEqual([
      ['a', null],
      ['NULL', ''],
    ]);
    expect(decodeValue(1007, '[0:1]={1,2}')).toEqual([1, 2]);
  });

  it('of JSON survive an array', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 4 }), (values) => {
        expect(throughArray(3807, values)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('of bytes survive', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeValue(17, encodeParameter(bytes) ?? '')).toEqual(bytes);
      }),
    );
  });

  it.each(['{', '{"a', '{a', '{a,'])('an array broken off as %s is an error, never an endless loop', (text) => {
    expect(() => decodeValue(1009, text)).toThrow(expect.objectContaining({ code: 'database-value-unreadable' }));
  });

  it.each(['infinity', '-infinity', '0044-03-15 00:00:00+00 BC', '12026-01-01 00:00:00+00'])(
    'the time %s is an error',
    (text) => {
      expect(() => decodeValue(1184, text)).toThrow(expect.objectContaining({ code: 'database-value-unreadable' }));
    },
  );

  it('of no JSON kind are refused as parameters', () => {
    for (const value of [undefined, () => 1, Symbol('s')]) expect(() => encodeParameter(value)).toThrow(TypeError);
  });
});
