import { describe, expect, it } from 'vitest';
import { nothingRead, readOn, turnTo } from './reading.ts';
import { changeOf, pageOf, viewOf } from './shown.fixture.ts';

const first = pageOf([changeOf(viewOf('mail'))]);
const again = pageOf([changeOf(viewOf('mail', { attempt: 2 }), { documentSha256: 'f'.repeat(64) })]);
const planning = pageOf([changeOf(viewOf('mail', { state: 'planning' }))], { may: ['reject'] });

describe('a page that is read', () => {
  it('follows what happens to the plan that is shown', () => {
    const signedOnce = { ...first, signatures: { needed: 2, by: ['bea'] } };
    expect(readOn(readOn(nothingRead, first), signedOnce)).toMatchObject({ shown: signedOnce, newer: undefined });
  });

  it('keeps another plan back until its reader turns to it', () => {
    const reading = readOn(readOn(nothingRead, first), again);
    expect(reading).toMatchObject({ shown: first, newer: again });
    expect(readOn(turnTo(again), again)).toMatchObject({ shown: again, newer: undefined });
  });

  it('keeps it back also when the page showed the planning in between', () => {
    const between = readOn(readOn(nothingRead, first), planning);
    expect(between).toMatchObject({ shown: planning, newer: undefined });
    expect(readOn(between, again)).toMatchObject({ shown: planning, newer: again });
  });

  it('keeps back what would be consented to or done over policy, likewise', () => {
    const consent = (digest: string) =>
      pageOf([{ view: viewOf('dns', { state: 'needs-consent', consent: digest }), steps: [] }], { may: ['consent'] });
    expect(readOn(readOn(nothingRead, consent('a')), consent('b')).newer).toEqual(consent('b'));
    const denied = { ...again, may: ['break-glass' as const] };
    expect(readOn(readOn(nothingRead, first), denied).newer).toEqual(denied);
  });
});
