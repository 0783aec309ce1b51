import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpus, decisionOf, denies, guard, payload, runHook } from './guard.fixture.ts';

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
          expect([0, 2]).toContain(guard.decide(input).exit);
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

describe('large and deep text is given up, and not passed when it names a guarded program', () => {
  const fill = (text: string): string => text.repeat(Math.floor(900_000 / text.length));
  test.each([
    ['commands', `${fill('a;')}kubectl delete pod x`],
    ['brackets', `${'( '.repeat(5_000)}kubectl delete pod x${')'.repeat(5_000)}`],
    ['substitutions', `${'$('.repeat(5_000)}kubectl delete pod x${')'.repeat(5_000)}`],
    ['arithmetic', `${'$(('.repeat(200)}kubectl delete pod x`],
    ['words', `echo ${fill('a ')}; kubectl delete pod x`],
    ['braces', `echo {${fill('a,')}}; kubectl delete pod x`],
    ['functions that call themselves', 'f() { f; f; }; f; kubectl delete pod x'],
    [
      'functions that double',
      `${Array.from({ length: 40 }, (_, at) => `f${at}() { f${at + 1}; f${at + 1}; };`).join('')} f0; kubectl delete pod x`,
    ],
    ['a value that doubles', `a=xxxxxxxx; ${'a=$a$a; '.repeat(60)} kubectl delete pod x`],
    ['a file that runs itself', `echo './x.sh; ./x.sh' > x.sh; ./x.sh; kubectl delete pod x`],
    ['an alias of itself', "alias k='k k'; k; kubectl delete pod x"],
    ['more than a megabyte', `${'a '.repeat(600_000)}; kubectl delete pod x`],
  ])('%s', (_what, text) => {
    expect(denies(text)).toBe(true);
    expect(denies(text.replaceAll('kubectl', 'true'))).toBe(false);
  });

  test('as a process too', async () => {
    const { code, stderr } = await runHook(payload(`${fill('a;')}kubectl delete pod x`));
    expect(code).toBe(2);
    expect(stderr).toContain('change_propose');
  });
});
