import { describe, expect, it } from 'vitest';
import {
  documentKinds,
  sha,
  someChange,
  someChangeDocument,
  someSet,
} from '../../change/document/documents.fixture.ts';
import { digestOf } from '../../change/document/documents.ts';
import { CastellanError } from '../../kit/index.ts';
import { consoleRp } from '../approvers/approvers.fixture.ts';
import { createSoftApprover } from '../approvers/authenticator.fixture.ts';
import {
  ahead,
  astray,
  between,
  beyond,
  openDecisionBench,
  someRun,
  subjectOf,
  tracesOf,
  trusted,
} from './decisions.fixture.ts';
import type { Subject } from './port.ts';

describe('what a human signs', () => {
  it.each(documentKinds)('is done once, written down, and found again after a restart: %s', async (kind) => {
    using all = await openDecisionBench();
    const document = await all.draft(subjectOf(kind));
    const signature = all.alice.approval.signDocument(document);
    const taken = await all.hand(signature, kind);
    expect(taken).toMatchObject({ kind, approver: 'alice' });
    expect(all.bench.decisions.rows).toMatchObject([
      { kind, nonce: document.nonce, subject: taken.subject, signature },
    ]);
    expect(all.bench.spentLines()).toHaveLength(1);
    expect(await all.keep.decisions.latest(5)).toEqual([
      { kind, subject: taken.subject, approver: 'alice', at: all.bench.now() },
    ]);
    const { authority, approvers } = await all.restart();
    expect({
      adopted: authority.adopted().value,
      consents: authority.hasConsent(sha('7')).value,
      rejected: authority.rejectedUntil('stacks/mail', sha('9')).value?.toISOString(),
      approvers: approvers.list().map(({ name }) => name),
      happened: all.world.happened,
    }).toEqual({
      adopted: kind === 'adopt' ? [ahead] : [],
      consents: kind === 'consent',
      rejected: kind === 'reject-policy' ? '2026-03-31T10:00:00.000Z' : undefined,
      approvers: ['alice', ...(kind === 'revoke' ? [] : ['bob']), ...(kind === 'enrol' ? ['carol'] : [])],
      happened: {
        approve: [`approve ${someSet} by alice`],
        'break-glass': [`break-glass ${someSet} by alice`],
        consent: ['consented'],
        adopt: [],
        'reject-policy': [],
        enrol: [],
        revoke: [],
        unlock: ['give back stacks/mail'],
        thaw: ['thawed'],
        reveal: ['read secret/apps/mail@3'],
        write: ['write secret/apps/mail#password@4'],
        generate: ['write secret/apps/mail#password@4'],
        token: ['mint local-admin in mail'],
      }[kind],
    });
  });

  it('names the change documents of a whole set, in their order, and where the audit was', async () => {
    using all = await openDecisionBench();
    const second = { ...someChangeDocument, change: `chg_${'e'.repeat(26)}` };
    all.world.documents = [someChangeDocument, second];
    expect(await all.draft({ kind: 'approve', set: someSet })).toMatchObject({
      keep: all.bench.keepId,
      documents: [
        { change: someChange, sha256: digestOf(someChangeDocument) },
        { change: second.change, sha256: digestOf(second) },
      ],
      audit: all.world.heads,
      approver: { name: 'alice', credential: all.alice.approval.passkey.id },
    });
  });

  it('is good for five minutes, and an approval for as long as its apply may take to begin', async () => {
    using all = await openDecisionBench();
    for (const kind of documentKinds) {
      const { issuedAt, expiresAt } = await all.draft(subjectOf(kind));
      const minutes = (Date.parse(expiresAt) - Date.parse(issuedAt)) / 60_000;
      // Breaking the glass is for an hour at most, whatever an approval has.
      expect([kind, minutes]).toEqual([kind, { approve: 240, 'break-glass': 60 }[kind as string] ?? 5]);
    }
  });

  it('is forgotten once hundreds were written after it', async () => {
    using all = await openDecisionBench();
    const first = await all.draft({ kind: 'thaw' });
    let last = first;
    for (let count = 0; count < 200; count += 1) last = await all.draft({ kind: 'thaw' });
    const [old, recent] = [all.alice.approval.signDocument(first), all.alice.approval.signDocument(last)];
    await expect(all.keep.decisions.take(old)).rejects.toMatchObject({ code: 'approval-refused' });
    await expect(all.keep.decisions.take(recent)).resolves.toMatchObject({ kind: 'thaw' });
  });

  it('never has the nonce of another', async () => {
    using all = await openDecisionBench();
    const drafts = await Promise.all(Array.from({ length: 20 }, () => all.draft({ kind: 'thaw' })));
    expect(new Set(drafts.map(({ nonce }) => nonce)).size).toBe(20);
  });

  it('is consented to for a run as for a change', async () => {
    using all = await openDecisionBench();
    await expect(all.sign({ kind: 'consent', id: someRun })).resolves.toMatchObject({ subject: someRun });
  });

  it('takes one of two that come together, and the other is told', async () => {
    using all = await openDecisionBench();
    const signature = all.alice.approval.signDocument(await all.draft({ kind: 'approve', set: someSet }));
    const both = await Promise.allSettled([all.keep.decisions.take(signature), all.keep.decisions.take(signature)]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(all.world.happened).toHaveLength(1);
  });

  it('revokes the last of them too: then nobody can say anything, and that is told', async () => {
    using all = await openDecisionBench();
    expect(all.keep.authority.refusal).toBeUndefined();
    await all.sign({ kind: 'revoke', name: 'bob' });
    await all.sign({ kind: 'revoke', name: 'alice' });
    expect(all.keep.authority.refusal).toMatch(/no approver/);
  });

  it('counts when its approver was revoked later', async () => {
    using all = await openDecisionBench();
    await all.sign({ kind: 'adopt', commit: ahead }, {}, all.bob);
    await all.sign({ kind: 'revoke', name: 'bob' });
    const { authority } = await all.restart();
    expect(authority.adopted()).toEqual({ value: [ahead], problem: undefined });
  });
});

describe('a document is not written', () => {
  const carol = createSoftApprover(consoleRp, 'carol');
  const passkeys = { approval: carol.approval.passkey, login: carol.login.passkey };
  it.each<[string, Subject]>([
    ['to consent to what waits for none', { kind: 'consent', id: `run_${'x'.repeat(26)}` }],
    ['to consent to no change', { kind: 'consent', id: `chg_${'x'.repeat(26)}` }],
    ['to adopt what is trusted', { kind: 'adopt', commit: trusted }],
    ['to adopt what is beside what is trusted', { kind: 'adopt', commit: astray }],
    ['to adopt what is not on the branch', { kind: 'adopt', commit: beyond }],
    ['to adopt what is no commit', { kind: 'adopt', commit: sha('f').slice(0, 40) }],
    ['to reject no change', { kind: 'reject-policy', change: `chg_${'x'.repeat(26)}`, days: 1 }],
    ['to enrol one of a name that is taken', { kind: 'enrol', name: 'Bob', ...passkeys }],
    ['to enrol one passkey for both', { kind: 'enrol', name: 'carol', ...passkeys, login: passkeys.approval }],
    ['to enrol a name that cannot be read', { kind: 'enrol', name: 'ca\u202erol', ...passkeys }],
    ['to revoke nobody', { kind: 'revoke', name: 'carol' }],
    ['to unlock what nobody holds', { kind: 'unlock', stack: 'stacks/blog' }],
  ])('%s', async (_, subject) => {
    using all = await openDecisionBench();
    await expect(all.draft(subject)).rejects.toMatchObject({ code: 'decision-void' });
  });

  it('to unlock a stack whose change is at work', async () => {
    using all = await openDecisionBench();
    all.world.state = 'applying';
    await expect(all.draft({ kind: 'unlock', stack: 'stacks/mail' })).rejects.toThrow(/it is applying/);
  });

  it('to thaw what is not frozen, or would freeze again at once', async () => {
    using all = await openDecisionBench();
    all.world.dropped = true;
    await expect(all.draft({ kind: 'thaw' })).rejects.toThrow(/freeze again/);
    all.world.frozen = undefined;
    await expect(all.draft({ kind: 'thaw' })).rejects.toThrow(/nothing is frozen/);
  });
});

describe('what moved while its human read it', () => {
  const moves: readonly [string, Subject, (all: Awaited<ReturnType<typeof openDecisionBench>>) => void][] = [
    [
      'a set that was planned again',
      { kind: 'approve', set: someSet },
      ({ world }) => {
        world.documents = [{ ...someChangeDocument, attempt: 2 }];
      },
    ],
    [
      'a set with one more change',
      { kind: 'break-glass', set: someSet, why: 'the house is on fire' },
      ({ world }) => {
        world.documents = [someChangeDocument, { ...someChangeDocument, change: `chg_${'e'.repeat(26)}` }];
      },
    ],
    ['a proposal that was withdrawn', { kind: 'consent', id: someRun }, ({ world }) => world.waiting.clear()],
    [
      'a lease that was given back',
      { kind: 'unlock', stack: 'stacks/mail' },
      ({ world }) => {
        world.leases = [];
      },
    ],
    [
      'a freeze that is another by now',
      { kind: 'thaw' },
      ({ world }) => {
        world.frozen = new Date('2026-03-01T09:59:00.000Z');
      },
    ],
    [
      'a freeze with another drop',
      { kind: 'thaw' },
      ({ world }) => {
        world.dropped = true;
      },
    ],
  ];
  it.each(moves)('is not decided, and nothing is spent: %s', async (_, subject, move) => {
    using all = await openDecisionBench();
    const signature = all.alice.approval.signDocument(await all.draft(subject));
    move(all);
    const before = tracesOf(all);
    await expect(all.keep.decisions.take(signature)).rejects.toMatchObject({ code: 'decision-void' });
    expect(tracesOf(all)).toBe(before);
  });

  it('is not adopted on a base that moves at the same moment', async () => {
    using all = await openDecisionBench();
    const one = all.alice.approval.signDocument(await all.draft({ kind: 'adopt', commit: between }));
    const other = all.bob.approval.signDocument(await all.draft({ kind: 'adopt', commit: ahead }, all.bob));
    const both = await Promise.allSettled([all.keep.decisions.take(one), all.keep.decisions.take(other)]);
    expect(both).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'decision-void' } }]);
    expect(all.bench.spentLines()).toHaveLength(1);
  });

  it('is not adopted on a base that moved', async () => {
    using all = await openDecisionBench();
    const early = all.alice.approval.signDocument(await all.draft({ kind: 'adopt', commit: ahead }));
    await all.sign({ kind: 'adopt', commit: ahead }, {}, all.bob);
    await expect(all.keep.decisions.take(early)).rejects.toMatchObject({ code: 'decision-void' });
    expect(all.bench.spentLines()).toHaveLength(1);
  });
});

describe('what could not be done', () => {
  it('after its signature was spent is told, and takes another', async () => {
    using all = await openDecisionBench();
    const detail = { message: 'the plan is another by now', next: 'look again' };
    all.world.fault = new CastellanError('document-outdated', 'operator', detail);
    const signature = all.alice.approval.signDocument(await all.draft({ kind: 'approve', set: someSet }));
    await expect(all.keep.decisions.take(signature)).rejects.toMatchObject({
      code: 'decision-not-done',
      message: expect.stringContaining('the plan is another by now'),
    });
    await expect(all.keep.decisions.take(signature)).rejects.toMatchObject({ code: 'approval-refused' });
    await expect(all.sign({ kind: 'approve', set: someSet })).resolves.toMatchObject({ approver: 'alice' });
  });

  it('for a fault of ours says nothing of a driver’s words', async () => {
    using all = await openDecisionBench();
    all.world.fault = new Error('password authentication failed for user castellan');
    const error: unknown = await all.sign({ kind: 'approve', set: someSet }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'decision-not-done', message: expect.not.stringContaining('password') });
  });

  it.each(['adopt', 'enrol', 'thaw'] as const)(
    'because it is not found again is told as not done: %s',
    async (kind) => {
      using all = await openDecisionBench();
      all.bench.decisions.add = async () => undefined;
      await expect(all.sign(subjectOf(kind))).rejects.toMatchObject({ code: 'decision-not-done' });
    },
  );

  it('because it cannot be written down is not done at all', async () => {
    using all = await openDecisionBench();
    all.bench.decisions.add = async () => {
      throw new Error('the disk is full');
    };
    await expect(all.sign({ kind: 'approve', set: someSet })).rejects.toMatchObject({ code: 'decision-not-done' });
    expect(all.world.happened).toEqual([]);
  });
});
