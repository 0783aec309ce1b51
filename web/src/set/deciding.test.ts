import { describe, expect, it } from 'vitest';
import { type Answers, confirmationOf, isReady, needsWords, subjectOf } from './deciding.ts';
import { expectationWords } from './expectation-words.ts';
import { changeOf, pageOf, viewOf } from './shown.fixture.ts';
import { type Deed, deedsOf } from './verbs.ts';

const nothing: Answers = { words: '', typed: '', days: 30, change: '' };
const page = pageOf([changeOf(viewOf('mail')), changeOf(viewOf('dns', { state: 'needs-consent', consent: 'c0' }))], {
  may: ['approve', 'break-glass', 'consent', 'reject', 'reject-policy'],
});
const deedOf = (verb: Deed['verb'], of = page): Deed => {
  const deed = deedsOf(of).find((one) => one.verb === verb);
  if (deed === undefined) throw new Error(`no ${verb}`);
  return deed;
};

describe('the buttons of a set', () => {
  it('are what the keep says, in its order, and nothing else', () => {
    expect(deedsOf(page).map(({ verb }) => verb)).toEqual(page.may);
    expect(deedsOf(pageOf(page.changes, { may: [] }))).toEqual([]);
  });

  it('are about the changes they fit', () => {
    expect(deedOf('consent').about).toEqual([
      { change: expect.stringContaining('chg_dns'), stack: 'stacks/dns', consent: 'c0' },
    ]);
    const after = pageOf(
      [
        changeOf(viewOf('a', { state: 'interrupted' })),
        changeOf(viewOf('b', { state: 'landed' })),
        changeOf(viewOf('c', { state: 'landed', revertedBy: `chg_${'r'.repeat(26)}` })),
      ],
      { may: ['unlock', 'revert'] },
    );
    expect(deedOf('unlock', after).about.map(({ stack }) => stack)).toEqual(['stacks/a']);
    expect(deedOf('revert', after).about.map(({ stack }) => stack)).toEqual(['stacks/a', 'stacks/b']);
  });
});

describe('a decision', () => {
  it('that is critical needs the very words', () => {
    const critical = pageOf(page.changes, { may: ['approve'], typed: 'stacks/mail' });
    const approve = deedOf('approve', critical);
    expect(confirmationOf(approve, critical)).toBe('stacks/mail');
    expect(needsWords(approve, critical)).toBe(true);
    for (const typed of ['', 'stacks/Mail', ' stacks/mail', 'mail']) {
      expect(isReady(approve, critical, { ...nothing, typed })).toBe(false);
    }
    expect(isReady(approve, critical, { ...nothing, typed: 'stacks/mail' })).toBe(true);
    expect(subjectOf(approve, critical, { ...nothing, typed: 'stacks/mail' })).toEqual({
      kind: 'approve',
      set: page.set,
      typed: 'stacks/mail',
    });
  });

  it('that is not needs no more than the click', () => {
    expect(needsWords(deedOf('approve'), page)).toBe(false);
    expect(subjectOf(deedOf('approve'), page, nothing)).toEqual({ kind: 'approve', set: page.set });
    expect(subjectOf(deedOf('consent'), page, nothing)).toMatchObject({ id: expect.stringContaining('chg_dns') });
  });

  it('over policy, or against an agent, needs words', () => {
    expect(isReady(deedOf('break-glass'), page, { ...nothing, words: 'too short' })).toBe(false);
    expect(isReady(deedOf('break-glass'), page, { ...nothing, words: '  \n          ' })).toBe(false);
    expect(isReady(deedOf('break-glass'), page, { ...nothing, words: 'mail is down' })).toBe(true);
    expect(isReady(deedOf('reject'), page, { ...nothing, words: ' ' })).toBe(false);
  });

  it('about one of several needs to know which, and for how long', () => {
    const refuse = deedOf('reject-policy');
    expect(isReady(refuse, page, nothing)).toBe(false);
    const answers = { ...nothing, change: refuse.about[1]?.change ?? '' };
    expect(isReady(refuse, page, answers)).toBe(true);
    for (const days of [0, 366, 1.5, Number.NaN]) expect(isReady(refuse, page, { ...answers, days })).toBe(false);
    expect(subjectOf(refuse, page, answers)).toEqual({ kind: 'reject-policy', change: answers.change, days: 30 });
  });

  it('that nobody signs asks for no document', () => {
    expect(() => subjectOf(deedOf('reject'), page, nothing)).toThrow('nobody signs');
  });
});

it('says what must hold as one reads it', () => {
  expect(
    expectationWords({ kind: 'rollout', workload: 'deployment', namespace: 'mail', name: 'postfix', within: 300 }),
  ).toBe('deployment mail/postfix is rolled out within 5 min');
  expect(expectationWords({ kind: 'metric', query: 'up', op: '>=', value: 2, within: 45 })).toBe('up >= 2 within 45 s');
});
