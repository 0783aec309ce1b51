import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../logql/parse.ts';
import { runStages } from './pipeline.ts';

const stream = { app: 'x' };

function labelsAfter(stages: string, line: string) {
  const query = parseQuery(`{app="x"} ${stages}`);
  if (query.kind !== 'log') throw new Error('not a query for lines');
  return runStages(query.stages, line, stream);
}

const stages = fc.constantFrom(
  '| json',
  '| json a="b.c[0]", d',
  '| logfmt',
  '| logfmt --strict --keep-empty',
  '| json | a > 5',
  '| logfmt | b < 5ms or c > 1KB',
  '|~ "a+b" | json | logfmt',
);

describe('the stages of a query', () => {
  it('take any line, and leave labels that have a name', () => {
    const line = fc.oneof(fc.string(), fc.json(), fc.string({ unit: fc.constantFrom(...'ab="\\ {}[]:,1') }));
    fc.assert(
      fc.property(stages, line, (all, text) => {
        for (const name of Object.keys(labelsAfter(all, text) ?? {})) {
          expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('find what a line was written from', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}$/).filter((one) => one !== 'app');
    const fields = fc.dictionary(name, fc.string({ minLength: 1, unit: 'grapheme-ascii' }), { noNullPrototype: true });
    fc.assert(
      fc.property(fields, (pairs) => {
        expect(labelsAfter('| json', JSON.stringify(pairs))).toEqual({ ...stream, ...pairs });
        const logfmt = Object.entries(pairs).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
        expect(labelsAfter('| logfmt', logfmt.join(' '))).toEqual({ ...stream, ...pairs });
      }),
    );
  });

  const length = 200_000;
  it.each([
    ['| json', '{"a":'.repeat(length / 5)],
    ['| json', `${'{"a":'.repeat(length / 6)}1${'}'.repeat(length / 6)}`],
    ['| json', '['.repeat(length)],
    ['| json', `{"a":${'['.repeat(length / 2)}`],
    ['| json a="b.c"', `{"a":${'{"b":'.repeat(length / 5)}`],
    ['| json a="b[99999999]"', `{"b":[${'1,'.repeat(length / 2)}`],
    ['| json', `{"a": ${'1'.repeat(length)}x`],
    ['| logfmt', '='.repeat(length)],
    ['| logfmt', 'a="'.repeat(length / 3)],
    ['| logfmt --strict', ' = '.repeat(length / 3)],
    ['| logfmt', '\\'.repeat(length)],
  ])('take a moment for a hostile line: %s', (all, line) => {
    const begun = performance.now();
    labelsAfter(all, line);
    expect(performance.now() - begun).toBeLessThan(1_500);
  });
});
