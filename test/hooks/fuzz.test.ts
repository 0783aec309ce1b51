import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/guard/decide.ts';
import { corpus, decisionOf, denies, payload } from './guard.fixture.ts';

/** Text that looks like shell: its marks, its words and lines of the corpus, cut and put together anyhow. */
const marks = [
  ...[
    '"',
    "'",
    '`',
    '\\',
    '\n',
    ' ',
    ';',
    '&',
    '&&',
    '|',
    '||',
    '(',
    ')',
    '{',
    '}',
    '$(',
    '$((',
    '))',
    '${',
    '}',
    '<(',
    '>(',
    '<<EOF\n',
  ],
  ...[
    'EOF\n',
    '<<<',
    '>',
    '2>&1',
    '#',
    '!',
    '*',
    '?',
    '[',
    '[[',
    ']]',
    '=',
    '$',
    "$'",
    '~',
    '--',
    '-c',
    'if ',
    'then ',
    'fi',
    'for x in ',
  ],
  ...[
    'do ',
    'done',
    'case x in ',
    'esac',
    ';;',
    'while ',
    'f() ',
    'function ',
    'eval ',
    'sh -c ',
    'xargs ',
    'echo ',
    'alias k=',
    '\u0000',
  ],
  ...[
    'kubectl ',
    'delete ',
    'get ',
    'secret ',
    '-o yaml',
    'terraform ',
    'apply',
    'vault ',
    'psql ',
    '$K',
    'K=kubectl',
    '\u{1f600}',
    '\u202e',
  ],
];
const shellText = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...marks) },
      { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
      { weight: 1, arbitrary: fc.constantFrom(...corpus.allowed, ...corpus.denied) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('random text', () => {
  test('ends in one of the two ways the client knows, the same way twice', () => {
    fc.assert(
      fc.property(shellText, (text) => {
        const decision = decisionOf(text);
        expect([0, 2]).toContain(decision.exit);
        expect(decision.exit === 2).toBe(decision.words !== undefined);
        expect(decisionOf(text)).toEqual(decision);
      }),
      { numRuns: 3_000 },
    );
  });

  test('that names no guarded program and cannot be read passes', () => {
    fc.assert(
      fc.property(fc.constantFrom('"', "'", '`', '$(', '${', '(', '{ ', 'if x', 'case x in', '[[ a'), (open) => {
        expect(decisionOf(`${open} echo hello`)).toEqual({ exit: 0 });
        expect(decisionOf(`${open} kubectl get pods`)).toMatchObject({ exit: 2 });
      }),
    );
  });

  test('as the whole input of the hook never ends otherwise', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          shellText,
          fc.json(),
          fc.jsonValue().map((value) => payload(value)),
        ),
        (input) => {
          expect([0, 2]).toContain(decide(input).exit);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('behind echo, in single quotes, passes', () => {
    fc.assert(
      fc.property(shellText, (text) => {
        const plain = text.replaceAll("'", '').replaceAll('\u0000', '');
        expect(decisionOf(`echo '${plain}'`)).toEqual({ exit: 0 });
      }),
      { numRuns: 1_000 },
    );
  });

  test('before a denied line does not make it pass, if it is a line of its own that is understood', () => {
    fc.assert(
      fc.property(fc.constantFrom(...corpus.allowed), fc.constantFrom(...corpus.denied), (before, line) => {
        expect(denies(`${before}\n${line}`)).toBe(true);
        expect(denies(`${line}\n${before}`)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test('quotes put anywhere into a program’s name do not hide it', () => {
    const ways = ["''", '""', '\\', '\\\n', '$()', `\${EMPTY:-}`];
    fc.assert(
      fc.property(
        fc.constantFrom('kubectl delete pod x', 'terraform apply', 'vault kv get a'),
        fc.nat(),
        fc.constantFrom(...ways),
        (line, at, way) => {
          const place = at % line.indexOf(' ');
          expect(denies(line.slice(0, place) + way + line.slice(place))).toBe(true);
        },
      ),
    );
  });
});
