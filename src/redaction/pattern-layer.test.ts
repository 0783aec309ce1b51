import { describe, expect, it } from 'vitest';
import { hostileFragments, repeated, shuffled } from './fixtures/hostile.ts';
import { createRandom } from './fixtures/random.ts';
import { residue } from './fixtures/residue.ts';
import { drawSamples } from './fixtures/samples.ts';
import { scanPatterns, scanPlain } from './pattern-layer.ts';

/** Steps of the counted readers for each character; the worst fragments take under 400, the worst mixes of them under 1,000. */
const mostSteps = 512;
const mostStepsMixed = 1_200;

describe('the work of the pattern rules', () => {
  it('grows no faster than the text, whatever is repeated in it', () => {
    for (const fragment of hostileFragments) {
      const few = scanPlain(repeated(fragment, 16_384)).steps / 16_384;
      const many = scanPlain(repeated(fragment, 131_072)).steps / 131_072;
      expect(many, fragment).toBeLessThan(mostSteps);
      expect(many, fragment).toBeLessThan(few * 1.25 + 1);
    }
  });

  it('stays as small for each character of a megabyte', () => {
    for (const fragment of [
      'a',
      '=',
      '-----BEGIN ',
      'eyJ',
      'password=',
      'a://',
      '"',
      '\\',
      'YWFh',
      '%41',
      'secret: a',
    ]) {
      expect(scanPlain(repeated(fragment, 1_048_576)).steps / 1_048_576, fragment).toBeLessThan(mostSteps);
    }
  });

  it('grows no faster than the text when fragments are mixed', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const few = scanPlain(shuffled(seed, 16_384)).steps / 16_384;
      const many = scanPlain(shuffled(seed, 65_536)).steps / 65_536;
      expect(many, String(seed)).toBeLessThan(mostStepsMixed);
      expect(many, String(seed)).toBeLessThan(few * 1.4 + 2);
    }
  });

  it('grows no faster than the text through every decoding', () => {
    for (const fragment of [
      'password=\\"',
      '\\u0070',
      '%70',
      'cGFzc3dvcmQ9',
      '70617373',
      '\\\\\\"',
      '%255c%2522',
      '\\u005cu0041',
      '&#112;',
      '&amp;quot;',
    ]) {
      const few = scanPatterns(repeated(fragment, 16_384)).steps / 16_384;
      const many = scanPatterns(repeated(fragment, 131_072)).steps / 131_072;
      expect(many, fragment).toBeLessThan(mostSteps);
      expect(many, fragment).toBeLessThan(few * 1.25 + 1);
    }
  });
});

describe('secrets that were encoded', () => {
  const encodings: Readonly<Record<string, (text: string) => string>> = {
    base64: (text) => Buffer.from(text).toString('base64'),
    'base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
    'base64 behind one character': (text) => Buffer.from(`;${text}`).toString('base64'),
    'base64 behind two characters': (text) => Buffer.from(`; ${text}`).toString('base64'),
    'base64 in wrapped lines': (text) =>
      (
        Buffer.from(`some words before it ${text}`)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\n'),
    'base64 of base64': (text) => Buffer.from(Buffer.from(text).toString('base64')).toString('base64'),
    hex: (text) => Buffer.from(text).toString('hex'),
    'percent-encoding': (text) => encodeURIComponent(text),
    'percent-encoding twice': (text) => encodeURIComponent(encodeURIComponent(text)),
    'HTML entities': (text) => text.replace(/[^A-Za-z0-9]/g, (one) => `&#${one.charCodeAt(0)};`),
    'hexadecimal HTML entities': (text) =>
      text.replace(/[^A-Za-z0-9]/g, (one) => `&#x${one.charCodeAt(0).toString(16)};`),
    'HTML entities twice': (text) => text.replaceAll('"', '&amp;quot;').replaceAll('=', '&amp;#61;'),
    'unicode escapes': (text) =>
      text.replace(/[\s\S]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  };

  it.each(Object.keys(encodings))('are found in %s', (name) => {
    const encode = encodings[name] ?? String;
    for (const { rule, text } of drawSamples(createRandom(5))) {
      const encoded = encode(text.trim());
      const { findings } = scanPatterns(`see\n${encoded}\nthere`);
      let shown = `see\n${encoded}\nthere`;
      for (const { start, end } of [...findings].sort((a, b) => b.start - a.start))
        shown = shown.slice(0, start) + shown.slice(end);
      expect(findings.length, `${rule}: ${encoded}`).toBeGreaterThan(0);
      if (name.startsWith('base64') || name === 'hex')
        expect(residue(shown, encoded), `${rule}: ${shown}`).toBeUndefined();
    }
  });
});
