import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Untrusted } from '../../kit/index.ts';
import { knownIssue, runbook, subject } from './knowledge.fixture.ts';
import { fitsIssue, isExpired, isRunbookFor, matches } from './match.ts';

const now = new Date('2026-11-26T12:00:00Z');

describe('a known issue', () => {
  it.each([
    ['its name', { services: ['photo-worker'] }, true],
    ['a name with a star', { services: ['photo-*'] }, true],
    ['one of its names', { services: ['mail', 'photo-worker'] }, true],
    ['another name', { services: ['mail'] }, false],
    ['a rule', { rules: ['container-crashing'] }, true],
    ['another rule', { rules: ['volume-full'] }, false],
    ['words', { symptoms: ['oomkilled'] }, true],
    ['other words', { symptoms: ['too many clients'] }, false],
    ['the name, and another rule', { services: ['photo-worker'], rules: ['volume-full'] }, false],
    ['the name, and other words', { services: ['photo-worker'], symptoms: ['disk full'] }, false],
    ['the name in another place', { services: ['photo-worker'], namespaces: ['mail'] }, false],
    ['the words in its place', { symptoms: ['OOMKilled'], namespaces: ['photo*'] }, true],
    ['any name, the words', { services: ['*'], symptoms: ['OOMKilled'] }, true],
  ])('that asks for %s', (_, given, expected) => {
    expect(fitsIssue(knownIssue(given), subject())).toBe(expected);
  });

  it.each([
    ['nothing', {}],
    ['any name', { services: ['*'] }],
    ['any name anywhere', { services: ['*'], namespaces: ['*'] }],
    ['a place alone', { namespaces: ['photos'] }],
    ['any name in a place', { services: ['*', '**'], namespaces: ['photos'] }],
    ['any rule', { rules: ['*'] }],
    ['letters that stand in everything', { symptoms: ['o', 'a', 'e', ':', '...', ''] }],
    ['a part of a word', { symptoms: ['OOM', 'Killed', 'tart'] }],
    ['nearly any name', { services: ['*o*', 'p*', '*-*', '?*'] }],
    ['an expression', { services: ['.*', '[a-z]*', '{a,b}*'], symptoms: ['.*', '.+', '\\w+'] }],
    ['an empty name', { services: [''] }],
    ['an empty word, of this name', { services: ['photo-worker'], symptoms: [''] }],
  ])('that asks for %s fits nothing', (_, given) => {
    expect(fitsIssue(knownIssue(given), subject())).toBe(false);
  });

  it('whose words were masked does not fit what was masked as well', () => {
    const text = 'login refused: password=«redacted:password»';
    for (const symptom of [
      '«redacted:password»',
      'password=«redacted:password»',
      'login refused: password=«redacted:password»',
      '«secret:secret/apps/mail#password@v3»',
    ]) {
      expect(fitsIssue(knownIssue({ symptoms: [symptom] }), subject({ text })), symptom).toBe(false);
    }
    expect(fitsIssue(knownIssue({ symptoms: ['login refused'] }), subject({ text }))).toBe(true);
  });

  it('is held against words that nobody here may hold', () => {
    const text = new Untrusted('FATAL: too many clients already');
    expect(fitsIssue(knownIssue({ symptoms: ['Too Many Clients'] }), subject({ text }))).toBe(true);
    expect(fitsIssue(knownIssue({ symptoms: ['too few clients'] }), subject({ text }))).toBe(false);
  });

  it('fits no less when it names more, and no more when it asks for more', () => {
    const names = fc.array(fc.constantFrom('photo-worker', 'mail', '*', 'photo-*', 'x*'), { maxLength: 3 });
    const rules = fc.array(fc.constantFrom('container-crashing', 'volume-full'), { maxLength: 2 });
    const words = fc.array(fc.constantFrom('OOMKilled', 'disk full', 'x'), { maxLength: 2 });
    fc.assert(
      fc.property(names, rules, words, (services, wanted, symptoms) => {
        const whole = fitsIssue(knownIssue({ services, rules: wanted, symptoms }), subject());
        const parts = [
          services.length === 0 || services.some((one) => /^\*+$/.test(one)) ? undefined : { services },
          wanted.length === 0 ? undefined : { rules: wanted },
          symptoms.length === 0 ? undefined : { symptoms },
        ].filter((part) => part !== undefined);
        const each = parts.every((part) => fitsIssue(knownIssue(part), subject()));
        expect(whole).toBe(parts.length > 0 && each);
      }),
    );
  });

  it('holds to the end of its day, and one whose day cannot be read does not hold', () => {
    expect(isExpired(knownIssue({ until: '2026-11-26' }), now)).toBe(false);
    expect(isExpired(knownIssue({ until: '2026-11-26' }), new Date('2026-11-27T00:00:00Z'))).toBe(true);
    expect(isExpired(knownIssue({ until: '2026-11-25' }), now)).toBe(true);
    expect(isExpired(knownIssue(), now)).toBe(false);
    for (const until of ['next year', '9999', '2027-13-40', '', '2027-01-01T00:00:00Z', '99999-01-01']) {
      expect(isExpired(knownIssue({ until }), now), until).toBe(true);
    }
  });
});

describe('a runbook', () => {
  it.each([
    ['the rule', { alerts: ['container-crashing'] }, true],
    ['the name, though it is for an alert too', { alerts: ['Watchdog'], services: ['photo-worker'] }, true],
    ['the alert by its name', { alerts: ['photo-worker'] }, true],
    ['another alert', { alerts: ['Watchdog'] }, false],
    ['the name with other words', { services: ['photo-worker'], symptoms: ['disk full'] }, false],
    ['words', { symptoms: ['OOMKilled'] }, true],
    ['anything', { services: ['*'], alerts: ['*'] }, false],
    ['nothing', {}, false],
  ])('for %s', (_, given, expected) => {
    expect(isRunbookFor(runbook(given), subject())).toBe(expected);
  });
});

describe('what is known of subjects', () => {
  const found = (subjects = [subject()], issues = [knownIssue({ services: ['photo-worker'] })]) =>
    matches({ issues, runbooks: [runbook({ services: ['photo-worker'] })] }, subjects, now);

  it('comes in the order of the subjects, and not at all where there is nothing', () => {
    expect(found([subject({ name: 'mail' })])).toEqual([]);
    const [first, second] = found([subject({ name: 'mail' }), subject(), subject({ namespace: 'other' })]);
    expect([first?.subject.namespace, second?.subject.namespace]).toEqual(['photos', 'other']);
    expect(first?.runbooks.map(({ name }) => name)).toEqual(['restart-photos']);
  });

  it('names first what still holds, then what asks for more', () => {
    const issues = [
      knownIssue({ id: 'old', services: ['photo-worker'], symptoms: ['OOMKilled'], until: '2026-11-25' }),
      knownIssue({ id: 'wide', services: ['photo-*'] }),
      knownIssue({ id: 'close', services: ['photo-*'], symptoms: ['OOMKilled'] }),
    ];
    const told = found([subject()], issues);
    expect(told.map(({ issue, expired }) => [issue?.id, expired?.id])).toEqual([
      ['close', undefined],
      ['wide', undefined],
      [undefined, 'old'],
    ]);
  });

  it('in general is what its name is known for, whether it shows or not', () => {
    const issues = [
      knownIssue({ id: 'a', services: ['photo-worker'], symptoms: ['disk full'] }),
      knownIssue({ id: 'b', symptoms: ['OOMKilled'] }),
      knownIssue({ id: 'c', services: ['mail'] }),
    ];
    const general = { ...subject({ rules: [], text: '' }), inGeneral: true };
    expect(found([general], issues).map(({ issue }) => issue?.id)).toEqual(['a']);
  });
});
