import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, type Cell, type RecordValue, type Redact, record, table, text } from './answer.ts';
import { renderAnswer } from './render.ts';
import { Untrusted } from './untrusted.ts';

/**
 * Every string of an answer is a numbered word that says whose words it is, and each redaction turns the words it is handed into its
 * own mark: what comes out tells which string took which way, and what took none.
 */
const authors = ['others', 'agent', 'own'] as const;
type Author = (typeof authors)[number];
const word = /word-(others|agent|own)-\d+/g;
const markedBy =
  (author: Author): Redact =>
  (value) => ({
    text: value.replace(word, (whole) => `seen[${author}:${whole.slice(5)}]`),
    counts: { [author]: value.match(word)?.length ?? 0 },
  });
const render = (answer: Answer) =>
  renderAnswer(answer, {
    budget: 24_000,
    redact: markedBy('others'),
    redactAgent: markedBy('agent'),
    redactOwn: markedBy('own'),
  });

const wordOf = (author: Author): fc.Arbitrary<string> => fc.nat(9_999).map((number) => `word-${author}-${number}`);
const own = wordOf('own');
const foreign: fc.Arbitrary<Untrusted> = fc.oneof(
  wordOf('others').map((value) => new Untrusted(value)),
  wordOf('agent').map((value) => Untrusted.byAgent(value)),
  fc
    .array(
      fc.oneof(
        wordOf('others').map((value) => new Untrusted(value)),
        wordOf('agent').map(Untrusted.byAgent),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((texts) => Untrusted.lines(texts).map((value) => `${value} `)),
);
const frame = fc.record({
  asOf: fc.constant(new Date('2026-01-01T00:00:00Z')),
  headline: own,
  coverage: fc.record({ covered: own, missing: fc.array(fc.record({ what: own, why: own }), { maxLength: 3 }) }),
  notes: fc.array(own, { maxLength: 2 }),
});
const cell: fc.Arbitrary<Cell> = fc.oneof(wordOf('others'), foreign, fc.constant(null), fc.nat(), fc.boolean());
const data: fc.Arbitrary<{ [key: string]: RecordValue }> = fc.letrec<{
  value: RecordValue;
  object: { [key: string]: RecordValue };
}>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    wordOf('others'),
    foreign,
    fc.nat(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(wordOf('others'), tie('value'), { maxKeys: 3 }),
})).object;
const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc
    .tuple(
      frame,
      fc.array(own, { minLength: 2, maxLength: 2 }),
      fc.array(fc.array(cell, { minLength: 2, maxLength: 2 })),
      own,
    )
    .map(([any, columns, rows, narrow]) => table({ ...any, columns, rows, narrow, total: rows.length + 1 })),
  fc
    .tuple(
      frame,
      fc.array(
        fc.oneof(
          wordOf('others'),
          wordOf('agent').map((echo) => ({ echo })),
          foreign,
        ),
        { maxLength: 5 },
      ),
      own,
    )
    .map(([any, blocks, narrow]) => text({ ...any, blocks, narrow, nextCursor: 'c' })),
  fc.tuple(frame, data).map(([any, value]) => record({ ...any, data: value })),
);

describe('whose words a string is', () => {
  test('decides how it is redacted, wherever it stands, and nothing leaves unseen', () => {
    fc.assert(
      fc.property(answer, (any) => {
        const { text: shown, redactions } = render(any);
        // Headings of a table are written large, after they were redacted.
        const said = shown.toLowerCase();
        expect(said.match(word)).toBeNull();
        const seen = [...said.matchAll(/seen\[([a-z]+):([a-z]+)-\d+\]/g)];
        for (const [, by, of] of seen) expect(by).toBe(of);
        for (const author of authors) {
          // A column with one value in all rows is said once, so fewer may stand there than were counted.
          expect(redactions[author] ?? 0).toBeGreaterThanOrEqual(seen.filter(([, by]) => by === author).length);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is kept by every line of a fence that several of them share', () => {
    const lines = [new Untrusted('word-others-1'), Untrusted.byAgent('word-agent-2'), new Untrusted('word-others-3')];
    const { text: shown } = render(
      text({ asOf: new Date(0), coverage: { covered: '' }, blocks: [Untrusted.lines(lines)] }),
    );
    const fenced = shown.split('\n').filter((line) => line.startsWith('| '));
    expect(fenced).toEqual(['| seen[others:others-1]', '| seen[agent:agent-2]', '| seen[others:others-3]']);
    expect(Untrusted.lines(lines).author).toBe('agent');
  });

  test('joins neighbours, so that what one author wrote over several lines is read whole', () => {
    const whole: string[] = [];
    const listening: Redact = (value) => {
      whole.push(value);
      return { text: value, counts: {} };
    };
    const lines = Untrusted.lines([new Untrusted('first'), new Untrusted('second'), Untrusted.byAgent('third')]);
    renderAnswer(text({ asOf: new Date(0), coverage: { covered: '' }, blocks: [lines] }), {
      budget: 8_000,
      redact: listening,
      redactAgent: listening,
      redactOwn: (value) => ({ text: value, counts: {} }),
    });
    expect(whole).toEqual(['first\nsecond', 'third']);
    expect(lines.bytes).toBe('first\nsecond\nthird'.length);
    expect(lines.test((value) => value === 'first\nsecond\nthird')).toBe(true);
  });
});
