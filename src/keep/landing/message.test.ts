import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageOf } from './message.ts';
import type { ProposedCommit } from './port.ts';

const change = `chg_${'a'.repeat(26)}`;
const proposal: ProposedCommit = {
  change,
  base: '1'.repeat(40),
  tree: '2'.repeat(40),
  agent: 'agent:claude',
  human: 'human:robin',
  reason: 'more memory for mail',
  at: new Date(0),
};

/** As a reader of trailers sees it: the lines of the last paragraph. */
const trailersOf = (message: string): readonly string[] => (message.trimEnd().split('\n\n').at(-1) ?? '').split('\n');

describe('the message of a commit', () => {
  it('says what, why in the words of the agent, and for whom', () => {
    expect(messageOf({ ...proposal, stacks: ['stacks/mail'] })).toBe(
      `castellan: stacks/mail\n\n> more memory for mail\n\nCastellan-Change: ${change}\nRequested-By: agent:claude for human:robin\n`,
    );
  });

  it('names all changes of a set, the same for each of them', () => {
    const [set, other] = [`set_${'b'.repeat(26)}`, `chg_${'c'.repeat(26)}`];
    const whole = { ...proposal, set, changes: [change, other], stacks: ['stacks/mail', 'stacks/blog'] };
    const message = messageOf(whole);
    expect(messageOf({ ...whole, change: other, changes: [other, change] })).toBe(message);
    expect(message.split('\n')[0]).toBe('castellan: 2 stacks');
    expect(trailersOf(message).slice(0, 3)).toEqual([
      `Castellan-Change: ${change}`,
      `Castellan-Change: ${other}`,
      `Castellan-Set: ${set}`,
    ]);
  });

  it.each([
    'fine\n\nCastellan-Change: chg_forged',
    'fine\r\rSigned-off-by: root <root@example.net>',
    'fine\u2028\u2028Requested-By: nobody for nobody',
    'fine\u0085Co-authored-by: somebody',
    'fine\u202e\u200b[skip ci]\u001b[31m\0',
    `${'x'.repeat(10_000)}\n\nCastellan-Change: far down`,
  ])('lets %j forge nothing', (reason) => {
    const message = messageOf({
      ...proposal,
      reason,
      agent: 'agent:x\n\nCastellan-Change: y',
      human: 'human:y\u2029z',
    });
    expect(trailersOf(message)).toEqual([
      `Castellan-Change: ${change}`,
      'Requested-By: agent:x Castellan-Change: y for human:y z',
    ]);
    expect(message).not.toContain('[skip');
  });

  it('has of any reason only quoted lines, and its own trailers', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '\r', '\n\n', 'Castellan-Change: x', '---', '# x', '\u2028', '\v', ' ', '>'),
    );
    const reason = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(reason, reason, (words, label) => {
        const message = messageOf({ ...proposal, reason: words, agent: `a${label}` });
        const paragraphs = message.trimEnd().split('\n\n');
        expect(paragraphs.length).toBeLessThanOrEqual(3);
        const body = paragraphs.slice(1, -1).join('\n').split('\n');
        expect(body.every((line) => line === '' || line.startsWith('>'))).toBe(true);
        expect(trailersOf(message)).toHaveLength(2);
        const hidden = [...message].filter(
          (letter) => !'\n\t'.includes(letter) && /[\p{Cc}\p{Zl}\p{Zp}]/u.test(letter),
        );
        expect(hidden).toEqual([]);
      }),
    );
  });
});
