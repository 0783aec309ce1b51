import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from './analyse.ts';

const textsOf = (text: string): readonly string[] => analyse(text).terms.map(({ text: term }) => term);

/** What is found when somebody asks with other words than were written. */
const finds = (written: string, asked: string): boolean => {
  const kept = new Set(textsOf(written));
  const sought = textsOf(asked);
  return sought.length > 0 && sought.every((term) => kept.has(term));
};

describe('English', () => {
  test.each([
    ['the backups were failing', 'backup fails'],
    ["Robin's laptop", 'robin laptops'],
    ['migrating databases', 'database migration'],
    ['RESTARTED', 'restart'],
  ])('%s is found by %s', (written, asked) => {
    expect(finds(written, asked)).toBe(true);
  });

  test('function words are dropped and take no position', () => {
    expect(analyse('the state of the art').terms.map(({ text, position }) => [text, position])).toEqual([
      ['state', 0],
      ['art', 1],
    ]);
    expect(analyse("who's it and why don't they").terms).toEqual([]);
    expect(analyse('who’s it and why don’t they').length).toBe(0);
  });

  test('what a homelab tells apart is kept', () => {
    expect(textsOf('up down off on')).toEqual(['up', 'down', 'off']);
  });
});

describe('compounds', () => {
  test.each([
    ['my-app', ['my-app', 'app']],
    ['192.0.2.7', ['192.0.2.7', '192', '0', '2', '7']],
    ['192.0.2.0/24', ['192.0.2.0/24', '192.0.2.0', '192', '0', '2', '0', '24']],
    ['fooBar', ['foobar', 'foo', 'bar']],
    ['OOMKilled', ['oomkil', 'oom', 'kill']],
    ['/var/log/syslog', ['var/log/syslog', 'var', 'log', 'syslog']],
    ['snake_case', ['snake_case', 'snake', 'case']],
    ['v1.2.3', ['v1.2.3', 'v1', '2', '3']],
    ['pool@nas:5432', ['pool@nas:5432', 'pool', 'na', '5432']],
    ['0x80070005', ['0x80070005']],
    ['PVCs', ['pvc']],
    ["o'brien", ["o'brien", 'o', 'brien']],
  ])('%s is itself and its parts', (text, terms) => {
    expect(textsOf(text)).toEqual(terms);
  });

  test('what is joined from joined names holds each of them', () => {
    const terms = textsOf('https://registry.example.net/my-app:1.2.3');
    for (const name of ['registry.example.net', 'my-app', '1.2.3', 'registri']) expect(terms).toContain(name);
  });

  test.each([
    ['CrashLoopBackOff', 'crashloopbackoff'],
    ['the GitHub runner', 'github'],
    ['see /etc/hosts.', 'etc/hosts'],
    ['on nas01.example.net,', 'nas01.example.net'],
    ['non‑breaking hy‑phen', 'hy-phen'],
  ])('%s is found by %s', (written, asked) => {
    expect(finds(written, asked)).toBe(true);
  });

  test('a compound stands where its first part stands', () => {
    expect(
      analyse('restart my-app soon').terms.map(({ text, position, compound }) => [text, position, compound]),
    ).toEqual([
      ['restart', 0, false],
      ['my-app', 1, true],
      ['app', 1, false],
      ['soon', 2, false],
    ]);
  });

  test('a compound of function words has a position to itself', () => {
    expect(analyse('to-do list')).toEqual({
      length: 2,
      terms: [
        { text: 'to-do', position: 0, surface: 'to-do', compound: true },
        { text: 'list', position: 1, surface: 'list', compound: false },
      ],
    });
  });

  test('a term that is too long is cut between characters', () => {
    expect(textsOf(`${'a'.repeat(127)}\u{10437}b`)).toEqual(['a'.repeat(127)]);
  });

  test('a random string is no camel', () => {
    expect(textsOf('aBcDeFgHiJkLmN')).toEqual(['abcdefghijklmn']);
  });
});

describe('other languages', () => {
  test.each([
    ['Größe der Müllverbrennung', 'grosse mullverbrennung'],
    ['naïve café', 'naive cafe'],
    // A mark of another script between a letter and its own.
    ['b\u1e01\u05b0r', 'bar'],
    ['Ørsted in İstanbul', 'orsted istanbul'],
    ['Ёлка стоит', 'елка'],
    ['резервная копия', 'копия'],
    ['ΑΘΗΝΑΣ', 'αθηνασ'],
    ['東京タワーで会う', '東京タワー'],
    ['서버를 재시작했다', '서버'],
    ['วันนี้ฝนตก', 'ฝนตก'],
    ['نَصّ عربي', 'نص'],
    ['ﬁle ｎａｓ', 'file nas'],
  ])('%s is found by %s', (written, asked) => {
    expect(finds(written, asked)).toBe(true);
  });

  test('marks that make another word stay', () => {
    expect(finds('йод', 'иод')).toBe(false);
    expect(finds('の가ば', 'は')).toBe(false);
    expect(finds('की', 'का')).toBe(false);
  });

  test('a syllable is one character, however it is put together', () => {
    expect(textsOf('서버')).toEqual(['서버']);
    expect(textsOf('서버'.normalize('NFD'))).toEqual(['서버']);
  });

  test('what cannot be seen hides no word', () => {
    expect(finds('pass\u00adword ro\u200bbin \u202enas\u202c', 'password robin nas')).toBe(true);
  });
});

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(..."aAbZ019.-_/:@'’ \n\0éß猫서"), maxLength: 300 }),
  // UTF-16 units, so lone surrogates too.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((units) => String.fromCharCode(...units)),
);

describe('any text', () => {
  test('is analysed into terms that a database can keep, in order', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const { terms, length } = analyse(text);
        let before = 0;
        for (const { text: term, position, surface } of terms) {
          expect(term).not.toBe('');
          expect(term.length).toBeLessThanOrEqual(128);
          expect(term.isWellFormed()).toBe(true);
          expect(term).not.toMatch(/[\0\s]/);
          expect(surface).not.toBe('');
          expect(position).toBeGreaterThanOrEqual(before);
          expect(position).toBeLessThan(length);
          before = position;
        }
        // No position is left empty.
        expect(new Set(terms.map(({ position }) => position)).size).toBe(length);
      }),
      { numRuns: 500 },
    );
  });

  test('is found by what is shown of it', () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const { text: term, surface } of analyse(text).terms) {
          if (surface.length < 128) expect(textsOf(surface)).toContain(term);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['y'.repeat(100_000)],
    ['yb'.repeat(50_000)],
    ['a-'.repeat(50_000)],
    ['a.b/'.repeat(25_000)],
    ["a'".repeat(50_000)],
    ['aB'.repeat(50_000)],
    ['é'.repeat(100_000)],
    [`a${'\u0301'.repeat(100_000)}`],
    ['猫'.repeat(100_000)],
    ['ﷺ'.repeat(30_000)],
    ['\u200f'.repeat(100_000)],
    ['\ud800'.repeat(100_000)],
    ['a b c d e f g h '.repeat(7_000)],
  ])('of 100 KB ends, and its positions fit 16 bits', (text) => {
    const { terms, length } = analyse(text);
    expect(length).toBeLessThanOrEqual(65_535);
    expect(terms.length).toBeLessThanOrEqual(100_000);
    expect(terms.every(({ position }) => position < 65_535)).toBe(true);
  });
});
