import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha, someChange } from '../../change/document/documents.fixture.ts';
import { openAuthority } from './authority.ts';
import { ahead, between, openDecisionBench } from './decisions.fixture.ts';

const frozen = new Date('2026-03-01T09:00:00.000Z');

describe('what humans said', () => {
  it('is adopted commits, a consent by its digest, a thaw by what it thaws, a rejection by diff and stack', async () => {
    using all = await openDecisionBench();
    const { authority } = all.keep;
    const nothing = { value: undefined, problem: undefined };
    expect(authority.adopted()).toEqual({ value: [], problem: undefined });
    expect(authority.hasConsent(sha('7'))).toEqual({ value: false, problem: undefined });
    expect(authority.thawedAt(frozen)).toEqual(nothing);
    expect(authority.rejectedUntil('stacks/mail', sha('9'))).toEqual(nothing);
    await all.sign({ kind: 'adopt', commit: ahead });
    await all.sign({ kind: 'consent', id: someChange });
    await all.sign({ kind: 'thaw' });
    await all.sign({ kind: 'reject-policy', change: someChange, days: 1 });
    expect(authority.adopted().value).toEqual([ahead]);
    expect(authority.hasConsent(sha('7')).value).toBe(true);
    expect(authority.hasConsent(sha('8')).value).toBe(false);
    expect(authority.thawedAt(frozen).value).toEqual(all.bench.now());
    expect(authority.thawedAt(new Date(frozen.getTime() + 1))).toEqual(nothing);
    expect(authority.rejectedUntil('stacks/mail', sha('9')).value).toEqual(new Date('2026-03-02T10:00:00.000Z'));
    expect(authority.rejectedUntil('stacks/blog', sha('9'))).toEqual(nothing);
    expect(authority.rejectedUntil('stacks/mail', sha('8'))).toEqual(nothing);
  });

  it('is in the order in which it was signed, though the clock was set back in between', async () => {
    using all = await openDecisionBench();
    await all.sign({ kind: 'adopt', commit: between });
    all.bench.clock -= 3_600_000;
    await all.sign({ kind: 'adopt', commit: ahead });
    all.bench.decisions.rows.sort((one, other) => one.at.getTime() - other.at.getTime());
    expect((await all.restart()).authority.adopted().value).toEqual([between, ahead]);
  });

  it('still counts when its signature expired long ago', async () => {
    using all = await openDecisionBench();
    await all.sign({ kind: 'consent', id: someChange });
    all.bench.clock += 365 * 24 * 3_600_000;
    expect((await all.restart()).authority.hasConsent(sha('7'))).toEqual({ value: true, problem: undefined });
  });

  it('is gone when its row is gone, and when root takes its approver out', async () => {
    using all = await openDecisionBench();
    await all.sign({ kind: 'consent', id: someChange });
    const { rows } = all.bench.decisions;
    all.bench.decisions.rows = [];
    await all.keep.authority.refresh();
    expect(all.keep.authority.hasConsent(sha('7')).value).toBe(false);
    all.bench.decisions.rows = rows;
    await all.keep.authority.refresh();
    expect(all.keep.authority.hasConsent(sha('7')).value).toBe(true);
    all.bench.writeRootFile(all.bob);
    await all.keep.approvers.reload();
    await all.keep.authority.refresh();
    expect(all.keep.authority.hasConsent(sha('7'))).toEqual({
      value: false,
      problem: expect.stringContaining('no approver has the passkey'),
    });
  });

  it('is not what somebody said before an approver enrolled whom root had taken out', async () => {
    using all = await openDecisionBench();
    await all.sign({ kind: 'consent', id: someChange }, {}, all.bob);
    all.bench.writeRootFile(all.alice);
    await all.restart();
    const { name, approval, login } = all.bob.approver;
    await all.sign({ kind: 'enrol', name, approval, login });
    expect(all.keep.approvers.list().map((one) => one.name)).toEqual(['alice', 'bob']);
    expect(all.keep.authority.hasConsent(sha('7')).value).toBe(false);
    await all.sign({ kind: 'consent', id: someChange }, {}, all.bob);
    expect(all.keep.authority.hasConsent(sha('7')).value).toBe(true);
  });

  it('is nothing, and that is told, when nobody can tell what was spent', async () => {
    using all = await openDecisionBench();
    await all.sign({ kind: 'consent', id: someChange });
    rmSync(all.bench.spentFile);
    const { authority } = await all.restart();
    expect(authority.hasConsent(sha('7'))).toEqual({ value: false, problem: expect.stringContaining('it is gone') });
    expect(authority.refusal).toMatch(/no approver/);
  });

  it('is nothing where nobody is enrolled', async () => {
    using all = await openDecisionBench();
    rmSync(join(all.bench.scratch.folder, 'etc/approvers.json'));
    await all.keep.approvers.reload();
    expect(all.keep.authority.refusal).toMatch(/no approver is enrolled/);
  });

  it('is not said to be nothing when the database cannot be asked', async () => {
    using all = await openDecisionBench();
    const { approvers } = all.keep;
    const decisions = {
      ofKind: async () => {
        throw new Error('the database is gone');
      },
    };
    await expect(openAuthority({ decisions, approvers })).rejects.toThrow('the database is gone');
  });
});
