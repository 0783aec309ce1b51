import { describe, expect, it } from 'vitest';
import { added, judge, open, removed, rulesOf, verdictOf } from './changes.fixture.ts';
import { judgeEdits } from './judge-edits.ts';

const lre = String.fromCodePoint(0x202a);
const zeroWidth = String.fromCodePoint(0x200c);

describe('paths that mean two things', () => {
  it.each([
    ['edit-path-characters', `stacks/mail/a${String.fromCodePoint(10)}b.tf`],
    ['edit-path-characters', `stacks/mail/a${String.fromCodePoint(0)}.tf`],
    ['edit-path-characters', 'stacks\\mail\\main.tf'],
    ['edit-path-characters', `stacks/mail/${lre}ft.niam`],
    ['edit-path-characters', `stacks/ma${zeroWidth}il/main.tf`],
    ['edit-path-characters', 'stacks/mail/main.tf:hidden'],
    ['edit-path-characters', `stacks/cafe${String.fromCodePoint(0x301)}/main.tf`],
    ['edit-path-characters', `stacks/mail/${String.fromCodePoint(0xfffd)}.tf`],
    ['edit-path-characters', `stacks/ma${String.fromCodePoint(0xa0)}il/main.tf`],
    ['edit-path-shape', 'stacks/mail/../../etc/main.tf'],
    ['edit-path-shape', 'stacks/./mail/main.tf'],
    ['edit-path-shape', '/stacks/mail/main.tf'],
    ['edit-path-shape', 'stacks//main.tf'],
    ['edit-path-shape', 'stacks/mail/'],
    ['edit-path-shape', 'stacks/mail./main.tf'],
    ['edit-path-shape', 'stacks/mail /main.tf'],
    ['edit-path-shape', 'stacks/mail/main.tf.'],
    ['edit-path-shape', ''],
    ['edit-path-git', '.git/config'],
    ['edit-path-git', 'stacks/mail/.git/hooks/post-checkout'],
    ['edit-path-git', '.GIT/config'],
    ['edit-path-git', '.git./config'],
    ['edit-path-git', '.git /config'],
    ['edit-path-git', 'git~1/config'],
    ['edit-path-git', 'GIT~2/config'],
    ['edit-path-git', '.git::$INDEX_ALLOCATION/config'],
    ['edit-path-git', `.g${zeroWidth}it/config`],
    ['edit-path-git', '.ｇit/config'],
    ['edit-path-git', '.git'],
    ['edit-path-long', `stacks/${'a'.repeat(395)}.tf`],
    ['edit-path-long', `stacks/mail/${'ä'.repeat(130)}.tf`],
  ])('%s: denies %j', (id, path) => {
    expect(judge([added(path)], open)).toContainEqual(expect.objectContaining({ rule: id, verdict: 'deny' }));
    expect(verdictOf(path, open)).toBe('deny');
    expect(judge([removed(path)], open)[0]?.verdict).toBe('deny');
  });

  it.each([
    ['in case', 'stacks/mail/Main.tf', 'stacks/mail/main.tf'],
    ['in the case of a folder', 'Stacks/mail/other.tf', 'stacks/mail/main.tf'],
    ['in composition', 'stacks/caf\u00e9/main.tf', 'stacks/cafe\u0301/main.tf'],
    ['in width', 'stacks/ｍail/x.tf', 'stacks/mail/main.tf'],
    ['by one being a file and the other a folder', 'STACKS', 'stacks/mail/main.tf'],
    ['in a sharp s', 'stacks/strasse/x.tf', 'stacks/straße/main.tf'],
  ])('denies a path that differs from another of the tree only %s', (_, path, other) => {
    expect(judge([added(path)], open, [other])).toContainEqual(
      expect.objectContaining({ rule: 'edit-path-collision', verdict: 'deny' }),
    );
  });

  it('does not mind a neighbour that merely begins alike, nor the removal of one that collided', () => {
    expect(judge([added('stacks/mail/main2.tf')], open, ['stacks/mail/main.tf', 'stacks/mailbox/main.tf'])).toEqual([]);
    expect(judgeEdits([removed('stacks/mail/Main.tf')], open, ['stacks/mail/main.tf'])).toEqual([]);
  });

  it('asks for consent for letters that can look like others', () => {
    expect(rulesOf([added('stacks/m\u0430il/main.tf')])).toContain('edit-path-foreign');
  });

  it('shows no path as it is that could play tricks on a reader', () => {
    const [finding] = judge([added(`a${lre}${String.fromCodePoint(0x1b)}[2J${String.fromCodePoint(10)}b`)]);
    expect(finding?.file).toMatch(/^[\x20-\x7e]+$/);
    expect(finding?.message).toMatch(/^[\x20-\x7e]*[^\p{Cc}]*$/u);
    expect(finding?.file).toContain('\\u{202a}');
  });
});
