import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestOf, wishes } from './shown.fixture.ts';
import {
  aboutOf,
  capped,
  decisionWords,
  effectOf,
  lookOfTyped,
  outcomeOf,
  spanOf,
  stateOf,
  versionOf,
} from './words.ts';

describe('a request', () => {
  it('is named by where it lies, or by who it would be', () => {
    expect(aboutOf(requestOf(wishes.reveal))).toBe('secret/apps/mail#password');
    expect(aboutOf(requestOf(wishes.lease))).toBe('local-admin in mail');
    expect(aboutOf(requestOf({ ...wishes.lease, clusterWide: true }))).toBe('local-admin in the whole cluster');
  });

  it('says before it is signed what the human and what the agent gets', () => {
    expect(effectOf(requestOf(wishes.reveal))).toContain('once');
    expect(effectOf(requestOf(wishes.generate))).toContain('32 characters (hexadecimal digits)');
    expect(effectOf(requestOf(wishes.lease))).toContain('30 minutes');
    for (const wish of Object.values(wishes)) expect(effectOf(requestOf(wish))).toMatch(/agent|Nobody/);
  });

  it('is about the version that was asked for, and otherwise about the one that was there', () => {
    expect(versionOf(requestOf(wishes.reveal))).toBe(3);
    expect(versionOf(requestOf({ ...wishes.reveal, of: { ...wishes.reveal.of, version: 1 } }))).toBe(1);
    expect(versionOf(requestOf(wishes.write))).toBe(3);
    expect(versionOf(requestOf(wishes.lease))).toBeUndefined();
  });

  it('says afterwards what came of it, in every state', () => {
    expect(outcomeOf(requestOf(wishes.reveal))).toBe('');
    expect(outcomeOf(requestOf(wishes.reveal, { state: 'done', by: 'ada' }))).toContain('shown to ada');
    expect(outcomeOf(requestOf(wishes.write, { state: 'done', by: 'ada', madeVersion: 4 }))).toContain('version 4');
    expect(outcomeOf(requestOf(wishes.generate, { state: 'done', by: 'ada' }))).toContain('Drawn');
    for (const state of ['signed', 'done', 'rejected', 'expired', 'withdrawn', 'failed'] as const) {
      for (const wish of Object.values(wishes)) expect(outcomeOf(requestOf(wish, { state }))).not.toBe('');
    }
    expect(stateOf(requestOf(wishes.reveal, { state: 'done' }))).toEqual({ words: 'shown', tone: 'good' });
    expect(stateOf(requestOf(wishes.reveal, { state: 'failed' })).tone).toBe('bad');
  });
});

it('calls a decision what its button did', () => {
  expect(['token', 'break-glass', 'write'].map(decisionWords)).toEqual(['lend', 'break glass', 'write']);
});

it('says how long in hours and minutes', () => {
  expect([5, 1, 60, 90, 240].map(spanOf)).toEqual(['5 minutes', '1 minute', '1 hour', '1 hour 30 minutes', '4 hours']);
});

it('leaves out what nobody would read, and says how much', () => {
  expect(capped('short')).toEqual({ text: 'short', more: 0 });
  expect(capped('🏰'.repeat(2_003))).toEqual({ text: '🏰'.repeat(2_000), more: 3 });
});

describe('what was typed', () => {
  it.each([
    ['', ''],
    ['abc', '3 characters'],
    ['🏰', '1 character'],
    ['a\nb\n', '4 characters in 3 lines, with blanks or line breaks at its ends'],
    [' abc', '4 characters, with blanks or line breaks at its ends'],
    ['  ', '2 characters, all of them blank'],
  ])('%j looks like %j', (value, words) => {
    expect(lookOfTyped(value)).toBe(words);
  });

  it('is described without a letter of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('Q', 'Z', '7', '~') }), (value) => {
        expect(lookOfTyped(value).replace(/^\d+/, '')).not.toMatch(/[QZ7~]/);
      }),
    );
  });
});
