import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stripHiddenCharacters } from './characters.ts';

const at = (...points: number[]): string => String.fromCodePoint(...points);
const esc = at(0x1b);

describe('hidden characters', () => {
  test.each([
    ['colours', `${esc}[31mred${esc}[0m`, 'red'],
    ['colours begun by the one-byte form', `${at(0x9b)}31mred`, 'red'],
    ['a window title', `${esc}]0;owned${at(7)}text`, 'text'],
    ['a link', `${esc}]8;;https://example.net${esc}\\text`, 'text'],
    ['bidirectional overrides', `a${at(0x202e)}b${at(0x2066)}c${at(0x2069)}`, 'abc'],
    ['zero-width characters', `pass${at(0x200b)}wo${at(0x200d)}rd${at(0xfeff)}`, 'password'],
    ['tag characters', `a${at(0xe0041, 0xe0042)}b`, 'ab'],
    ['blank fillers', `a${at(0x3164)}b${at(0x115f)}c`, 'abc'],
    ['backspaces', `abc${at(8, 8)}`, 'abc'],
    ['half a surrogate pair', 'a\ud800b', `a${at(0xfffd)}b`],
  ])('removes %s', (_, text, clean) => {
    expect(stripHiddenCharacters(text)).toBe(clean);
  });

  test('removes every control character and every character that Unicode has readers ignore', () => {
    const invisible = /[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
    const left: string[] = [];
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const character = at(point);
      if ('\n\t\r'.includes(character) || !character.isWellFormed() || !invisible.test(character)) continue;
      if (stripHiddenCharacters(`a${character}\n`) !== 'a\n') left.push(point.toString(16));
    }
    expect(left).toEqual([]);
  });

  test('keeps newlines, tabs and visible letters of any script', () => {
    const text = 'línea\t一\n🏰';
    expect(stripHiddenCharacters(text)).toBe(text);
  });

  test('turns carriage returns into newlines, so that no line paints over another', () => {
    expect(stripHiddenCharacters('a\r\nb\rc')).toBe('a\nb\nc');
  });

  test('an escape sequence that never ends hides nothing behind it', () => {
    expect(stripHiddenCharacters(`${esc}]0;start\nthe next line\nand one more`)).toBe(
      '0;start\nthe next line\nand one more'.replace(/^/, ']'),
    );
    expect(stripHiddenCharacters(`before ${esc}]0;the last line`)).toBe('before ]0;the last line');
  });

  test('has nothing left to remove after one pass', () => {
    const pieces = fc.constantFrom(
      esc,
      '[',
      ']',
      '0;',
      'm',
      at(7),
      '\\',
      '\r',
      '\n',
      at(0x200b),
      at(0x9b),
      'a',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const once = stripHiddenCharacters(parts.join(''));
        expect(stripHiddenCharacters(once)).toBe(once);
        expect(once).not.toContain(esc);
      }),
    );
  });
});
