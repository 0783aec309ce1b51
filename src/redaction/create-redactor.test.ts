import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../kit/index.ts';
import { hostileFragments } from './fixtures/hostile.ts';
import { createRandom } from './fixtures/random.ts';
import { residue } from './fixtures/residue.ts';
import { drawSamples, type NamedSample, samples } from './fixtures/samples.ts';
import { createRedactor, marker } from './index.ts';
import { patternRules } from './rules/table.ts';

const redactor = createRedactor();
const hidden = ['\u200b', '\u00ad', '\u2060', '\ufeff', '\u202e', '\u001b[1m', '\u0007', '\u{e0041}'];

const drawn = fc.integer({ min: 0, max: 0xffffffff }).map((seed) => drawSamples(createRandom(seed)));
const sample: fc.Arbitrary<NamedSample> = fc
  .tuple(drawn, fc.nat())
  .map(([all, index]) => all[index % all.length] ?? { rule: 'none', text: '', body: '' });
const surrounding = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.constantFrom(...hostileFragments), { maxLength: 4 }).map((parts) => parts.join('')),
);
const before = fc.constantFrom(' ', '\n', '"', "'", '(', ',', '>', '\t', ' \\n', '=%20', '; ', '| ');
const after = fc.constantFrom(' ', '\n', '"', "'", ')', '\t', '\\n', ' ,', '\r\n');
const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>;

describe('the samples', () => {
  it('cover every rule of the table', () => {
    const uncovered = patternRules
      .map(({ name }) => name)
      .filter((name) => name !== 'assignment' && samples[name] === undefined);
    expect(uncovered).toEqual([]);
  });
});

describe('redacting text', () => {
  it('leaves nothing of any secret it knows, under the name of the rule', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      for (const { rule, text, body } of drawSamples(createRandom(seed))) {
        const shown = redactor.text(`before ${text} after`);
        expect(residue(shown.text, body), `${rule}: ${shown.text}`).toBeUndefined();
        if (rule !== 'authorization') expect(Object.keys(shown.counts), shown.text).toContain(rule);
      }
    }
  });

  it('leaves nothing of a secret planted anywhere in any text', () => {
    fc.assert(
      fc.property(surrounding, before, sample, after, surrounding, (head, opening, { text, body }, closing, tail) => {
        expect(residue(redactor.text(head + opening + text + closing + tail).text, body)).toBeUndefined();
      }),
      { numRuns: 1_500 },
    );
  });

  it('finds a secret with hidden characters strewn into it', () => {
    fc.assert(
      fc.property(
        sample,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...hidden)), { minLength: 1, maxLength: 8 }),
        ({ text, body }, strewn) => {
          let spoiled = text;
          for (const [position, character] of strewn) {
            // Between two characters of a terminal sequence one more would change what the first means.
            const at = position % (text.length + 1);
            if (spoiled.slice(Math.max(0, at - 4), at).includes('\u001b') || !spoiled.slice(0, at).isWellFormed())
              continue;
            spoiled = spoiled.slice(0, at) + character + spoiled.slice(at);
          }
          expect(residue(redactor.text(spoiled).text, body)).toBeUndefined();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('finds a secret in text that was made part of JSON once, twice or three times, whole or cut', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 3 }), fc.boolean(), ({ text, body }, times, whole) => {
        let embedded = `at 10:00 ${text} end`;
        for (let time = 0; time < times; time += 1) embedded = JSON.stringify({ message: embedded });
        const shown = redactor.text(whole ? embedded : embedded.slice(3)).text;
        // Inside a string the body itself may be written with escapes.
        expect(residue(shown, body)).toBeUndefined();
        expect(residue(shown, JSON.stringify(body).slice(1, -1))).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds a secret with the line ends of another system', () => {
    fc.assert(
      fc.property(sample, ({ text, body }) => {
        expect(residue(redactor.text(`a\r\n${text.replaceAll('\n', '\r\n')}\r\nb`).text, body)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing that was redacted before', () => {
    const secret = sample.map(({ text }) => text);
    fc.assert(
      fc.property(fc.array(fc.oneof(surrounding, secret, before, after), { maxLength: 8 }), (parts) => {
        const once = redactor.text(parts.join('')).text;
        expect(redactor.text(once)).toEqual({ text: once, counts: {} });
      }),
      { numRuns: 1_500 },
    );
  });

  it('keeps a JSON document a JSON document of the same shape', () => {
    const planted = fc
      .tuple(json, sample)
      .map(([value, { text }]) => ({ value, message: text, [text]: [text, value] }));
    fc.assert(
      fc.property(fc.oneof(json, planted), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const shown = redactor.text(JSON.stringify(value, undefined, indent)).text;
        const outline = (node: JsonValue): unknown =>
          Array.isArray(node)
            ? node.map(outline)
            : typeof node === 'object' && node !== null
              ? Object.values(node).map(outline)
              : null;
        expect(outline(JSON.parse(shown))).toEqual(outline(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps lines of JSON valid when a secret stands in one', () => {
    fc.assert(
      fc.property(sample, json, ({ text }, value) => {
        const shown = redactor.text(`${JSON.stringify({ level: 'info', message: text, value })}\nplain line\n`).text;
        expect(() => JSON.parse(shown.split('\n')[0] ?? '')).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('returns a text without secrets as it is', () => {
    const word = fc.constantFrom(
      'pod',
      'node',
      'is',
      'ready',
      'image',
      'pulled',
      '12',
      '3m',
      'default/app',
      'x=1',
      '«',
      '{}',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const text = words.join(' ');
        expect(redactor.text(text)).toEqual({ text, counts: {} });
      }),
    );
  });

  it('counts the markers it added by rule, and not those that were there', () => {
    const random = createRandom(11);
    const [one, two] = [random, random].map(
      (source) => drawSamples(source).find(({ rule }) => rule === 'gitlab')?.text ?? '',
    );
    const shown = redactor.text(`${one} and ${two} and password=«redacted:password»`);
    expect(shown.counts).toEqual({ gitlab: 2 });
  });
});

describe('a marker', () => {
  it('carries a plain word as its detail, and nothing else', () => {
    expect(marker('jwt', 'RS256')).toBe('«redacted:jwt:RS256»');
    for (const detail of ['a b', '»', '"', '\\', 'x'.repeat(30), ''])
      expect(marker('jwt', detail)).toBe('«redacted:jwt»');
  });

  it('is named by what knows the secret itself when its surroundings say less', () => {
    const secret = drawSamples(createRandom(2)).find(({ rule }) => rule === 'gitlab')?.text ?? '';
    expect(redactor.text(`token: ${secret}`).text).toBe('token: «redacted:gitlab»');
    expect(redactor.text(`Authorization: Bearer ${secret}`).text).toBe('Authorization: Bearer «redacted:gitlab»');
  });
});

describe('what stays readable', () => {
  const value = (length: number): string => `a1${createRandom(length).from('bcdefgh23456789', length - 2)}`;

  it('keeps the host of a URL, the name of a header, the scheme, the name of a key and the algorithm of a JWT', () => {
    const jwt = drawSamples(createRandom(3)).find(({ rule }) => rule === 'jwt')?.text ?? '';
    const shown = redactor.text(
      [
        `postgres://app:${value(12)}@db.example.net:5432/lab`,
        `Authorization: Bearer ${value(30)}`,
        `DB_PASSWORD=${value(12)}`,
        jwt,
        `hooks: https://hooks.slack.com/services/T${value(9)}/B${value(9)}/${value(24)}`,
      ].join('\n'),
    ).text;
    expect(shown).toBe(
      [
        'postgres://«redacted:url-userinfo»@db.example.net:5432/lab',
        'Authorization: Bearer «redacted:authorization»',
        'DB_PASSWORD=«redacted:password»',
        '«redacted:jwt:RS256»',
        'hooks: https://hooks.slack.com/services/«redacted:slack-webhook»',
      ].join('\n'),
    );
  });

  it.each([
    `password: $${'{DB_PASSWORD}'}`,
    'password = var.db_password',
    'password: vault://secret/app#password',
    'password: "{{ .Values.auth.password }}"',
    'api_key = (sensitive value)',
    'token: <your-token>',
    'DB_PASSWORD_FILE=/run/secrets/db/password',
    'password: ""',
    'password: null',
    'max_tokens: 4096',
    'secretName: wildcard-tls',
    'invalid password: authentication failed for user',
    'token: expired',
  ])('shows a reference, a placeholder or a sentence: %s', (text) => {
    expect(redactor.text(text)).toEqual({ text, counts: {} });
  });
});

describe('redacting values', () => {
  it('reaches every string and every name, whatever the shape', () => {
    fc.assert(
      fc.property(json, sample, (value, { text, body }) => {
        const shown = JSON.stringify(redactor.value<JsonValue>({ value, deep: [{ [text]: { inner: text } }] }).value);
        expect(residue(shown, body)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing that was redacted before', () => {
    fc.assert(
      fc.property(json, sample, (value, { text }) => {
        const once = redactor.value<JsonValue>({ value, password: text, list: [text, '--token', text] }).value;
        expect(redactor.value(once)).toEqual({ value: once, counts: {} });
      }),
      { numRuns: 500 },
    );
  });

  it('returns a value without secrets untouched, the same object', () => {
    const value = { items: [{ name: 'app', replicas: 3, ready: true, image: null }], note: 'all well' };
    expect(redactor.value(value).value).toBe(value);
  });

  it('does not change the value it was given', () => {
    const value = { password: `a1${createRandom(1).from('xyz789', 10)}` };
    const copy = structuredClone(value);
    redactor.value(value);
    expect(value).toEqual(copy);
  });

  it('keeps both values when two names become the same marker', () => {
    const [one, two] = [1, 2].map(
      (seed) => drawSamples(createRandom(seed)).find(({ rule }) => rule === 'gitlab')?.text ?? '',
    );
    const shown = redactor.value<JsonValue>({ [String(one)]: 1, [String(two)]: 2 }).value;
    expect(shown).toEqual({ '«redacted:gitlab»': 1, '«redacted:gitlab» (2)': 2 });
  });
});

describe('further layers and rules', () => {
  it('masks what a joined layer finds, also where it overlaps what the patterns found', () => {
    const joined = createRedactor();
    joined.addLayer({
      name: 'known',
      find: (text) =>
        [...text.matchAll(/blue heron/g)].map(({ index }) => ({ start: index, end: index + 10, rule: 'known-value' })),
    });
    expect(joined.text('the blue heron flew')).toEqual({
      text: 'the «redacted:known-value» flew',
      counts: { 'known-value': 1 },
    });
    expect(joined.text('password=x1 blue heron').text).toBe('password=«redacted:password» «redacted:known-value»');
    expect(joined.value({ note: 'blue heron' }).value).toEqual({ note: '«redacted:known-value»' });
  });

  it('applies a joined structural rule to values and to JSON inside text', () => {
    const joined = createRedactor();
    joined.addStructuralRule({
      name: 'badge',
      keywords: ['"badge"'],
      hides: (object) => ('badge' in object ? [['badge']] : []),
    });
    expect(joined.value({ badge: 'n' }).value).toEqual({ badge: '«redacted:badge»' });
    expect(joined.text('line {"badge":["n",7],"door":1}').text).toBe(
      'line {"badge":["«redacted:badge»","«redacted:badge»"],"door":1}',
    );
  });

  it('withholds the whole text when a layer throws', () => {
    const broken = createRedactor();
    broken.addLayer({
      name: 'broken',
      find: () => {
        throw new Error('the text was: something');
      },
    });
    expect(broken.text('something')).toEqual({ text: '«redacted:withheld»', counts: { withheld: 1 } });
    expect(broken.value({ a: 'something' }).value).toEqual({ '«redacted:withheld»': '«redacted:withheld»' });
  });

  it('withholds the whole text when it never settles', () => {
    const restless = createRedactor();
    restless.addLayer({
      name: 'restless',
      find: (text) => [{ start: 0, end: 1, rule: `r${text.length}`, replacement: 'ab' }],
    });
    expect(restless.text('something').text).toBe('«redacted:unsettled»');
  });
});
