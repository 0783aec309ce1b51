import { chmodSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Authority, openAuthority } from './authority.ts';
import { ownersFor } from './ownership.ts';
import { KeepScratch } from './scratch.fixture.ts';

const digest = 'a'.repeat(64);
const [first, second] = ['1'.repeat(40), '2'.repeat(40)];

/** A keep of an ordinary user, which takes the tests' own user for root. */
function authorityIn(scratch: KeepScratch, options: { seatBelt?: boolean; user?: number | undefined } = {}): Authority {
  const file = scratch.write('etc/keep.yaml', '');
  return openAuthority({ file }, { seatBelt: false, user: 61_001, owners: ownersFor(true), ...options });
}

describe('what root says beside keep.yaml', () => {
  it('is a list of adopted commits, a consent by its digest, and when it was thawed', () => {
    using scratch = new KeepScratch();
    const authority = authorityIn(scratch);
    expect(authority.adopted()).toEqual({ value: [], problem: undefined });
    expect(authority.hasConsent(digest)).toEqual({ value: false, problem: undefined });
    scratch.write('etc/adopted', `${first}\n\n# a comment\nmain\n${second} by alice\n`, 0o644);
    scratch.write(`etc/consents/${digest}`, '', 0o644);
    const thaw = scratch.write('etc/thaw', '', 0o644);
    utimesSync(thaw, 1_000, 1_000);
    expect(authority.adopted().value).toEqual([first, second]);
    expect(authority.hasConsent(digest).value).toBe(true);
    expect(authority.hasConsent('b'.repeat(64)).value).toBe(false);
    expect(authority.thawedAt().value).toEqual(new Date(1_000_000));
  });

  it.each([
    ['under the seat belt', { seatBelt: true }, /--seat-belt/],
    ['when the keep is root', { user: 0 }, /as root/],
    ['when the keep cannot tell who it is', { user: undefined }, /as root/],
  ])('does not count %s, and says why', (_, options, why) => {
    using scratch = new KeepScratch();
    const authority = authorityIn(scratch, options);
    scratch.write('etc/adopted', `${first}\n`, 0o644);
    scratch.write(`etc/consents/${digest}`, '', 0o644);
    scratch.write('etc/thaw', '', 0o644);
    expect(authority.adopted()).toEqual({ value: [], problem: expect.stringMatching(why) });
    expect(authority.hasConsent(digest)).toEqual({ value: false, problem: expect.stringMatching(why) });
    expect(authority.thawedAt()).toEqual({ value: undefined, problem: expect.stringMatching(why) });
    expect(authority.refusal).toMatch(why);
  });

  it('does not count when others could have written it, or the folder it lies in', () => {
    using scratch = new KeepScratch();
    const authority = authorityIn(scratch);
    scratch.write(`etc/consents/${digest}`, '', 0o646);
    scratch.write('etc/adopted', first, 0o664);
    expect(authority.hasConsent(digest)).toEqual({ value: false, problem: expect.stringContaining('does not count') });
    expect(authority.adopted().value).toEqual([]);
    scratch.write(`etc/consents/${digest}`, '', 0o644);
    chmodSync(join(scratch.folder, 'etc/consents'), 0o777);
    expect(authority.hasConsent(digest).value).toBe(false);
    chmodSync(join(scratch.folder, 'etc/consents'), 0o755);
    expect(authority.hasConsent(digest).value).toBe(true);
  });

  it('is nobody’s but root’s for a real keep', () => {
    using scratch = new KeepScratch();
    const file = scratch.write('etc/keep.yaml', '');
    scratch.write(`etc/consents/${digest}`, '', 0o644);
    const own = process.geteuid?.() ?? 0;
    const authority = openAuthority({ file }, { seatBelt: false, user: 61_001 });
    expect(authority.hasConsent(digest).value).toBe(own === 0);
  });

  it('is asked by a digest and by nothing that could be a path', () => {
    using scratch = new KeepScratch();
    const authority = authorityIn(scratch);
    mkdirSync(join(scratch.folder, 'etc/consents'), { recursive: true });
    for (const path of ['', '.', '../keep.yaml', `../consents/${digest}`, 'A'.repeat(64)]) {
      expect(authority.hasConsent(path)).toEqual({ value: false, problem: undefined });
    }
  });
});
