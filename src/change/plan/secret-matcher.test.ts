import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawSecret } from './plan.fixture.ts';
import { createSecretMatcher } from './secret-matcher.ts';

const secret = 'pa ss"wörd/+=%\\4711-x';
const mask = (text: string, secrets: readonly string[] = [secret]) => createSecretMatcher({ secrets }).mask(text);
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a known secret', () => {
  it.each([
    ['as it is', `a ${secret} b`],
    ['in base64', `a ${base64(secret)} b`],
    ['in base64 behind one character', base64(`:${secret}`)],
    ['in base64 behind two characters', base64(`u:${secret}@host`)],
    ['in base64 for URLs', base64(`ab${secret}`).replaceAll('+', '-').replaceAll('/', '_')],
    ['in a URL', `https://example.net/?a=${encodeURIComponent(secret)}&b`],
    ['in JSON', JSON.stringify({ a: secret })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: secret }))],
    [
      'in JSON that escapes every character',
      [...secret].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    ],
    [
      'in a URL that escapes every byte',
      [...Buffer.from('secret-4711')].map((byte) => `%${byte.toString(16)}`).join(''),
    ],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['in large hex', Buffer.from(secret).toString('hex').toUpperCase()],
  ])('is found %s', (_how, text) => {
    const masked = mask(text, [secret, 'secret-4711']);
    expect(masked).toContain('«sensitive»');
    expect(masked).not.toContain('4711');
    expect(masked).not.toMatch(/NDcxM|Q3MT|0NzEx/);
  });

  it('is found at the start, at the end, and twice without saying that it was twice', () => {
    const value = drawSecret();
    expect(mask(value, [value])).toBe('«sensitive»');
    expect(mask(`${value}${value}`, [value])).toBe('«sensitive»');
    expect(mask(`a${value} b ${value}`, [value])).toBe('a«sensitive» b «sensitive»');
  });

  it('of four to seven characters is found where it is a word of its own', () => {
    expect(mask('pin 4711, not 147110', ['4711'])).toBe('pin «sensitive», not 147110');
    expect(mask('kubectl_manifest.mani', ['mani'])).toBe('kubectl_manifest.«sensitive»');
  });

  it('that overlaps another is masked with it', () => {
    expect(mask('xx abcdefghijkl yy', ['abcdefgh', 'efghijkl'])).toBe('xx «sensitive» yy');
  });

  it('that is an ordinary word in the source is left when it may be one, and only then', () => {
    const matcher = createSecretMatcher({
      secrets: ['certain-one'],
      veiled: ['certain-one', 'fern-granary', 'other-word'],
      isWritten: (text) => text !== 'other-word',
    });
    expect(matcher.mask('certain-one fern-granary other-word')).toBe('«sensitive» fern-granary «sensitive»');
  });
});

describe('ordinary text', () => {
  it('is left as it is', () => {
    const text = 'module.app["a"].kubernetes_deployment.x: image registry.example.net/app:1.2 100% \\n';
    expect(
      mask(
        text,
        Array.from({ length: 100 }, () => drawSecret()),
      ),
    ).toBe(text);
  });
});

describe('the work', () => {
  it('stays bounded when thousands of secrets begin alike', () => {
    const start = '-----BEGIN PRIVATE KEY-----MIIE';
    const secrets = Array.from({ length: 3_000 }, (_, index) => `${start}${String(index).padStart(8, '0')}`);
    const text = start.repeat(10_000);
    expect(mask(text, secrets) === text).toBe(true);
    expect(mask(`${text}${secrets[17]}`, secrets).endsWith('«sensitive»')).toBe(true);
  });

  it('that would grow too much withholds the text', () => {
    const secrets = Array.from(
      { length: 3_000 },
      (_, index) => `${'A'.repeat(200)}${'B'.repeat(1 + (index % 7))}${index}${'A'.repeat(200)}`,
    );
    expect(mask('A'.repeat(200_000), secrets)).toBe('«withheld»');
  });
});

describe('for any secrets and texts', () => {
  it('nothing of a secret is left, in any form', () => {
    const word = fc
      .string({ minLength: 8, maxLength: 40, unit: 'grapheme' })
      .filter((text) => /^[^\p{Cs}]{8}/u.test(text));
    const form = fc.constantFrom<(text: string) => string>(
      (text) => text,
      base64,
      (text) => base64(`x${text}`),
      (text) => base64(`xy${text}yx`),
      (text) => Buffer.from(text).toString('hex'),
      (text) => JSON.stringify(text),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, form), { minLength: 1, maxLength: 5 }), fc.string(), (pairs, between) => {
        const text = pairs.map(([one, write]) => `${between} ${write(one)}`).join(' ');
        const masked = mask(
          text,
          pairs.map(([one]) => one),
        );
        for (const [one, write] of pairs) if (!between.includes(one)) expect(masked.includes(write(one))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
