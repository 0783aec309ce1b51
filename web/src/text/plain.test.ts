import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidesSomething, plain } from './plain.ts';

describe('text of others', () => {
  it('shows what turns the direction round, by its number', () => {
    expect(plain('safe\u202etxt.exe')).toBe('safe⟨U+202E⟩txt.exe');
    expect(plain('\u2066a\u2069')).toBe('⟨U+2066⟩a⟨U+2069⟩');
  });

  it.each([
    ['a zero-width space', 'a\u200bb'],
    ['a soft hyphen', 'a\u00adb'],
    ['a tag', 'a\u{e0041}b'],
    ['a filler that draws nothing', 'a\u3164b'],
    ['an escape', 'a\u001b[31mb'],
    ['a carriage return', 'a\rb'],
    ['a line separator', 'a\u2028b'],
    ['a variation selector', 'a\ufe0fb'],
    ['a byte order mark', '\ufeffb'],
  ])('shows %s', (_, text) => {
    expect(hidesSomething(text)).toBe(true);
    expect(plain(text)).toContain('⟨U+');
  });

  it('leaves lines, tabs, markup and every script as they are', () => {
    const text = '<b>not bold</b>\n\tзвук שלום 声音 🏰';
    expect(plain(text)).toBe(text);
  });

  it('never lets a format or control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(/[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u);
        expect(plain(text).replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
