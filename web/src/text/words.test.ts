import { describe, expect, it } from 'vitest';
import { changeStates } from '../../../src/change/life/states.ts';
import { addCounts, countsInWords, highest, plural, shortDigest, stackParts, stateWords } from './words.ts';

const none = { create: 0, update: 0, delete: 0, replace: 0, forget: 0, import: 0, move: 0, read: 0 };

describe('counts in words', () => {
  it('puts first what cannot be taken back', () => {
    const words = countsInWords({ ...none, create: 4, update: 3, delete: 2, replace: 1, forget: 1 });
    expect(words.map(({ count, words: said }) => `${count} ${said}`)).toEqual([
      '2 to delete',
      '1 to replace',
      '1 to forget',
      '4 to create',
      '3 to change',
    ]);
    expect(words.filter(({ isDanger }) => isDanger)).toHaveLength(3);
  });

  it('adds those of several stacks', () => {
    expect(
      addCounts([
        { ...none, delete: 1 },
        { ...none, delete: 2, move: 1 },
      ]),
    ).toEqual({
      ...none,
      delete: 3,
      move: 1,
    });
  });
});

it('has a word for every state', () => {
  for (const state of changeStates) expect(stateWords(state)).not.toBe('');
});

it('takes the highest risk of several, and none of none', () => {
  expect(highest(['low', 'critical', 'medium'])).toBe('critical');
  expect(highest(['high', 'deny'])).toBe('deny');
  expect(highest([])).toBeUndefined();
});

it('splits what is read into what is looked for', () => {
  expect(stackParts('live/stacks/mail')).toEqual({ folder: 'live/stacks/', name: 'mail' });
  expect(stackParts('mail')).toEqual({ folder: '', name: 'mail' });
  expect(shortDigest('0123456789abcdef0123')).toBe('0123 4567 89ab cdef');
  expect(plural(1, 'commit')).toBe('1 commit');
  expect(plural(2, 'apply', 'applies')).toBe('2 applies');
});
