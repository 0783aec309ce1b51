import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseShare, halves, measureShare, type Subject, shares } from './calibrate.ts';
import { noise, random } from './embedder.fixture.ts';

const pause = async (): Promise<void> => undefined;
const unit = (vector: readonly number[]): Float32Array => {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / length);
};
const subjects = (count: number, question: (at: number) => string, near: (at: number) => boolean): readonly Subject[] =>
  Array.from({ length: count }, (_, at) => ({
    question: question(at),
    rest: `subject${at} rests here`,
    questionVector: unit(near(at) ? noise(`subject ${at}`) : random(`question ${at}`, 'query')),
    restVector: unit(noise(`subject ${at}`)),
  }));

describe('the share of the dense leg', () => {
  it('is above 0 where words fail and meaning does not', async () => {
    const share = await measureShare(
      subjects(
        60,
        () => 'nothing in common',
        () => true,
      ),
      [],
      pause,
    );
    expect(share).toBeGreaterThan(0);
  });

  it('is 0 where words find everything and vectors say nothing', async () => {
    expect(
      await measureShare(
        subjects(
          60,
          (at) => `subject${at}`,
          () => false,
        ),
        [],
        pause,
      ),
    ).toBe(0);
  });

  it.each<[string, (text: string) => readonly number[]]>([
    ['random', (text) => random(text, 'document')],
    ['constant', () => [1, 1, 1, 1]],
    ['of two kinds', (text) => (text.length % 2 === 0 ? [1, 0] : [0, 1])],
  ])('is 0 where words find nothing and vectors are %s: to find by chance is no merit', async (_, vectorOf) => {
    for (const strangers of [0, 300]) {
      const share = await measureShare(
        Array.from({ length: 128 }, (__, at) => ({
          question: `question${at} asks`,
          rest: `${'subject'.repeat(1 + (at % 3))}${at} rests here`,
          questionVector: unit(vectorOf(`question ${at}`)),
          restVector: unit(vectorOf(`rest ${'x'.repeat(at % 5)} ${at}`)),
        })),
        Array.from({ length: strangers }, (__, at) => ({
          text: `stranger${at}`,
          vector: unit(vectorOf(`no ${at * 7}`)),
        })),
        pause,
      );
      expect(share).toBe(0);
    }
  });

  it('is 0 while there are too few to tell', async () => {
    expect(
      await measureShare(
        subjects(
          19,
          () => 'nothing in common',
          () => true,
        ),
        [],
        pause,
      ),
    ).toBe(0);
  });

  it('is 0 whenever chance alone decides: of stores of noise, hardly one is taken in', () => {
    let state = 7;
    const chance = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const takenIn = Array.from({ length: 300 }, () =>
      chooseShare(
        Array.from({ length: 64 }, () => {
          const own = chance();
          return shares.map((_, at) => (at === 0 ? own : Math.min(1, Math.max(0, own + (chance() - 0.5) / 2))));
        }),
      ),
    ).filter((share) => share > 0);
    expect(takenIn.length).toBeLessThan(15);
  });

  it('is never taken when it makes any question worse and none better', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }), {
          maxLength: 60,
        }),
        (reciprocals) => {
          const worse = reciprocals.map(([own = 0, ...others]) => [
            own,
            ...others.map((other) => Math.min(own, other)),
          ]);
          return chooseShare(worse) === 0;
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the halves of a text', () => {
  it('are cut between sentences, or else in the middle', () => {
    expect(halves('The mail server is slow. Its disk is nearly full and needs a larger one.')).toEqual({
      question: 'The mail server is slow.',
      rest: 'Its disk is nearly full and needs a larger one.',
    });
    expect(halves('one two three four five six seven eight nine ten')).toEqual({
      question: 'one two three four five',
      rest: 'six seven eight nine ten',
    });
    expect(halves('too short for two')).toBeUndefined();
  });

  it('are both there, have nothing that the text has not, and the question is short', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '.', '\n', 'é', '!'), maxLength: 400 }), (text) => {
        const cut = halves(text);
        if (cut === undefined) return true;
        const words = text.split(/\s+/).filter((word) => word !== '');
        const both = [...cut.question.split(' '), ...cut.rest.split(' ')];
        return (
          cut.question !== '' && cut.rest !== '' && cut.question.split(' ').length <= 24 && both.length <= words.length
        );
      }),
    );
  });
});
