import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { residue } from '../fixtures/residue.ts';
import { redactionStream } from '../stream.ts';
import { asKnown, knowing } from './known.fixture.ts';

/** Every way a value is met, for values with everything in them; each must be gone without a trace of eight characters. */
const utf8 = (text: string, encoding: BufferEncoding): string => Buffer.from(text, 'utf8').toString(encoding);
const encodings: Readonly<Record<string, (value: string) => string>> = {
  'as it is': (value) => value,
  JSON: (value) => JSON.stringify(value).slice(1, -1),
  'JSON in JSON': (value) => JSON.stringify(JSON.stringify(value)).slice(3, -3),
  'JSON of Go': (value) =>
    JSON.stringify(value)
      .slice(1, -1)
      .replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
  'JSON in ASCII': (value) =>
    JSON.stringify(value)
      .slice(1, -1)
      .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'percent-encoding': (value) => encodeURIComponent(value),
  'percent-encoding in lowercase': (value) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
  'a form': (value) => new URLSearchParams({ a: value }).toString().slice(2),
  base64: (value) => utf8(value, 'base64'),
  'base64 of user and value': (value) => utf8(`operator:${value}`, 'base64'),
  'base64 behind one byte': (value) => utf8(`:${value}`, 'base64'),
  'base64 behind two bytes': (value) => utf8(`a:${value};b`, 'base64'),
  base64url: (value) => utf8(`user:${value}`, 'base64url'),
  'base64 of base64': (value) => utf8(`user: ${utf8(`lab:${value}:lab`, 'base64')}`, 'base64'),
  'base64 of JSON': (value) => utf8(JSON.stringify({ auth: value }), 'base64'),
  hex: (value) => utf8(value, 'hex'),
  'hex in capitals': (value) => utf8(value, 'hex').toUpperCase(),
  HTML: (value) =>
    value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  'a shell': (value) => value.replaceAll("'", "'\\''"),
  'a shell with backslashes': (value) => value.replace(/[^A-Za-z0-9_/.,:@%+=\n\u0080-\uffff-]/g, '\\$&'),
  HCL: (value) => JSON.stringify(value).slice(1, -1).replaceAll('${', '$${').replaceAll('%{', '%%{'),
  YAML: (value) => value.replaceAll("'", "''"),
};

const signs = 'abcXYZ0189!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~ \\«»äßéλ漢🔑'.match(/./gu) ?? [];
/** Random characters first, so that every value is of class a; then anything. */
const values = fc
  .array(fc.constantFrom(...signs), { minLength: 8, maxLength: 40 })
  .map(
    (characters) => `${randomBytes(12).toString('base64url')}${characters.join('')}${randomBytes(3).toString('hex')}`,
  );
const surroundings = fc.constantFrom(
  ['', ''],
  ['level=info msg="', '" ok'],
  ['{"a":"x', '"}'],
  ['a\n  key: ', '\nother: 1'],
  ['x'.repeat(50), 'y'.repeat(70)],
  ['https://example.net/?q=', '&x=1'],
);

describe('a known value of any characters', () => {
  it.each(Object.keys(encodings))('leaves nothing behind, written as %s', (name) => {
    const encode = encodings[name] ?? String;
    fc.assert(
      fc.property(values, surroundings, (value, [before = '', behind = '']) => {
        const { redactor } = knowing(asKnown({ secret: value }));
        const encoded = encode(value);
        for (const masked of [
          redactor.text(before + encoded + behind).text,
          redactor.agentText(`${before}${encoded}${behind}`).text,
        ]) {
          // In base64 the neighbours of the value stay: what is its own is gone.
          const own = name.startsWith('base64 ') || name === 'base64url' ? value : encoded;
          expect(residue(masked, own), masked).toBeUndefined();
          expect(masked).toMatch(/«(?:secret|redacted):/);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is found where its own backslash reads as an escape of the document it stands in', () => {
    for (const letter of ['f', 'b', 'u0007', 'u200b']) {
      const value = `${randomBytes(12).toString('base64url')}^\\${letter}6f562`;
      const { redactor } = knowing(asKnown({ secret: value }));
      const masked = redactor.text(`{"a":"x${value}","b":"kept"}`).text;
      expect(residue(masked, value), masked).toBeUndefined();
      expect(JSON.parse(masked)).toMatchObject({ b: 'kept' });
    }
  });

  it('is not in the base64 it stood in any more', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 7 }), fc.string({ maxLength: 7 }), (before, behind) => {
        const value = randomBytes(15).toString('base64url');
        const { redactor } = knowing(asKnown({ secret: value }));
        const masked = redactor.text(`Basic ${utf8(before + value + behind, 'base64')} end`).text;
        expect(masked).toMatch(/«(?:secret|redacted):/);
        for (const piece of masked.split(/[^A-Za-z0-9+/=]+/)) {
          expect(residue(Buffer.from(piece, 'base64').toString('latin1'), value), masked).toBeUndefined();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is found however the text was cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...Object.keys(encodings)), fc.string({ maxLength: 60 })), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }),
        (parts, sizes) => {
          const value = randomBytes(15).toString('base64url');
          const { redactor } = knowing(asKnown({ secret: value }));
          const text = parts.map(([name, filler]) => `${filler}\n${(encodings[name] ?? String)(value)} `).join('');
          const stream = redactionStream(redactor, { holdBack: 512 });
          let shown = '';
          for (let at = 0, turn = 0; at < text.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            shown += stream.push(text.slice(at, at + size));
            at += size;
          }
          shown += stream.end();
          expect(shown).toBe(redactor.text(text).text);
          expect(residue(shown, value)).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });
});
