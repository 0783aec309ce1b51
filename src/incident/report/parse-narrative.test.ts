import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNarrative } from './parse-narrative.ts';
import { narrativeFixture } from './report.fixture.ts';

const problemsOf = (value: unknown) => {
  const parsed = parseNarrative(JSON.stringify(value));
  return 'problems' in parsed ? parsed.problems : [];
};

describe('a narrative', () => {
  it('is read from JSON, with what may be left out', () => {
    const parsed = parseNarrative(JSON.stringify(narrativeFixture()));
    expect(parsed).toMatchObject({ narrative: { status: 'resolved', actions: [{ status: 'open' }, {}] } });
  });

  it('is refused with the place, what is wrong and what to write', () => {
    const { title: _, ...rest } = narrativeFixture();
    expect(problemsOf({ ...rest, status: 'fine', timeline: [], severity: 'SEV1' })).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'title', rule: 'V1', fix: 'give a value of type string' }),
        expect.objectContaining({ path: 'status', fix: 'write one of mitigated, resolved, ongoing' }),
        expect.objectContaining({ path: '', fix: expect.stringContaining('leave out timeline, severity') }),
      ]),
    );
  });

  it('of more than 200 KB is not looked at', () => {
    expect(parseNarrative('['.repeat(200_001))).toMatchObject({
      problems: [{ message: 'the narrative has 200001 bytes' }],
    });
  });

  it('that is no JSON is said to be none', () => {
    expect(parseNarrative('{"title": ')).toMatchObject({
      problems: [{ message: expect.stringContaining('is no JSON') }],
    });
  });

  it('never makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseNarrative(text)).toHaveProperty('problems');
      }),
    );
  });
});
