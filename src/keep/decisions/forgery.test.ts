import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentKinds, sha } from '../../change/document/documents.fixture.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { consoleRp } from '../approvers/approvers.fixture.ts';
import { createSoftApprover } from '../approvers/authenticator.fixture.ts';
import { ahead, type DecisionBench, openDecisionBench, subjectOf, tracesOf, typed } from './decisions.fixture.ts';
import { forgeries, mutatedOf, sceneOf, twinOf } from './forgeries.fixture.ts';
import { isSecretKind, secretKinds } from './port.ts';

describe.each(documentKinds)('a signature to %s', (kind) => {
  // None of them leaves a trace, so one keep is enough for all.
  let shared: DecisionBench;
  beforeAll(async () => {
    shared = await openDecisionBench();
  });
  afterAll(() => shared[Symbol.dispose]());

  it.each(forgeries)('is refused when it is $name', async ({ why, forge }) => {
    const { approvers, decisions } = shared.keep;
    const scene = await sceneOf(shared, kind);
    const forged = await forge(scene);
    const before = tracesOf(shared);
    const refused = { code: 'approval-refused', message: expect.stringMatching(why) };
    await expect(approvers.verify(forged, kind)).rejects.toMatchObject(refused);
    await expect(approvers.accept(forged, kind)).rejects.toMatchObject(refused);
    await expect(shared.hand(forged, kind)).rejects.toMatchObject({ code: 'approval-refused' });
    const elsewhere = isSecretKind(kind) ? /^approval-refused$|^decision-elsewhere$/ : /^approval-refused$/;
    await expect(decisions.take(forged)).rejects.toMatchObject({ code: expect.stringMatching(elsewhere) });
    expect(tracesOf(shared)).toBe(before);
    // And nothing of it spoiled the one that is real.
    expect(approvers.isSpent(scene.document.nonce)).toBe(false);
    await expect(approvers.verify(scene.honest, kind)).resolves.toMatchObject({ approver: { name: 'alice' } });
  });

  it('is taken when it is none of these', async () => {
    const { honest } = await sceneOf(shared, kind);
    const before = tracesOf(shared);
    await expect(shared.hand(honest, kind)).resolves.toMatchObject({ kind, approver: 'alice' });
    expect(tracesOf(shared)).not.toBe(before);
  });

  it('is refused when any field of its document was changed after it was signed', async () => {
    using all = await openDecisionBench();
    const scene = await sceneOf(all, kind);
    const before = tracesOf(all);
    for (const { path, forged } of mutatedOf(scene)) {
      const [verifying, accepting, taking] = await Promise.allSettled([
        all.keep.approvers.verify(forged, kind),
        all.keep.approvers.accept(forged, kind),
        all.hand(forged, kind),
      ]);
      for (const outcome of [verifying, accepting, taking]) {
        expect([path, outcome]).toMatchObject([path, { status: 'rejected', reason: { code: 'approval-refused' } }]);
      }
    }
    expect(tracesOf(all)).toBe(before);
    await expect(all.hand(scene.honest, kind)).resolves.toMatchObject({ kind });
  });

  it('has one door', async () => {
    using all = await openDecisionBench();
    const { honest } = await sceneOf(all, kind);
    const { requests, decisions } = all.keep;
    const before = tracesOf(all);
    const doors = {
      reveal: () => requests.reveal(honest),
      write: () => requests.write(honest, typed),
      generate: () => requests.generate(honest),
      token: () => requests.lease(honest),
    };
    for (const other of secretKinds.filter((one) => one !== kind)) {
      await expect(doors[other]()).rejects.toMatchObject({ code: 'approval-refused' });
    }
    if (isSecretKind(kind)) await expect(decisions.take(honest)).rejects.toMatchObject({ code: 'decision-elsewhere' });
    expect(tracesOf(all)).toBe(before);
    await expect(all.hand(honest, kind)).resolves.toMatchObject({ kind });
  });

  it('is none of any other kind', async () => {
    using all = await openDecisionBench();
    const { honest } = await sceneOf(all, kind);
    const before = tracesOf(all);
    for (const other of documentKinds.filter((one) => one !== kind)) {
      await expect(all.keep.approvers.accept(honest, other)).rejects.toThrow(
        `a document to ${kind}, and none to ${other}`,
      );
    }
    expect(tracesOf(all)).toBe(before);
  });

  it('is taken once, by this keep and every later start of it, in whatever form it comes back', async () => {
    using all = await openDecisionBench();
    const { honest } = await sceneOf(all, kind);
    await all.hand(honest, kind);
    const before = tracesOf(all);
    const check = async (): Promise<void> => {
      for (const again of [honest, twinOf(honest)]) {
        await expect(all.hand(again, kind)).rejects.toMatchObject({ code: 'approval-refused' });
        // What it revoked or enrolled is refused for that already.
        const code = kind === 'enrol' || kind === 'revoke' ? 'approval-refused' : 'approval-spent';
        await expect(all.keep.approvers.accept(again, kind)).rejects.toMatchObject({ code });
      }
      expect(tracesOf(all)).toBe(before);
    };
    await check();
    await all.restart();
    await check();
    // The database is put back to before it was taken.
    all.bench.decisions.rows = [];
    await all.restart();
    await expect(all.keep.approvers.accept(honest, kind)).rejects.toMatchObject({
      code: kind === 'enrol' ? 'approval-spent' : kind === 'revoke' ? 'approval-refused' : 'approval-spent',
    });
    expect(all.bench.spentLines()).toHaveLength(1);
  });

  it('is refused when this keep never wrote its document, or forgot it', async () => {
    using all = await openDecisionBench();
    const { document, honest } = await sceneOf(all, kind);
    const own = all.alice.approval.signDocument({ ...document, nonce: 'x'.repeat(43) });
    const before = tracesOf(all);
    const refused = { code: 'approval-refused', message: expect.stringContaining('did not write the document') };
    await expect(all.hand(own, kind)).rejects.toMatchObject(refused);
    all.bench.clock += 5 * 60_000 + 1;
    await expect(all.hand(honest, kind)).rejects.toMatchObject(refused);
    all.bench.clock -= 5 * 60_000 + 1;
    await all.restart();
    await expect(all.hand(honest, kind)).rejects.toMatchObject(refused);
    expect(tracesOf(all)).toBe(before);
  });

  it('is refused once it expired, and whoever made it was revoked', async () => {
    using all = await openDecisionBench();
    const document = await all.draft(subjectOf(kind === 'revoke' ? 'thaw' : kind), all.bob);
    const signature = all.bob.approval.signDocument(document);
    await expect(all.keep.approvers.verify(signature, document.kind)).resolves.toMatchObject({
      approver: { name: 'bob' },
    });
    const start = all.bench.clock;
    all.bench.clock = Date.parse(document.expiresAt);
    await expect(all.keep.approvers.accept(signature, document.kind)).rejects.toThrow(/expired/);
    all.bench.clock = start;
    await all.sign({ kind: 'revoke', name: 'bob' });
    const before = tracesOf(all);
    await expect(all.hand(signature, document.kind)).rejects.toThrow(/was revoked/);
    await expect(all.keep.approvers.accept(signature, document.kind)).rejects.toThrow(/was revoked/);
    expect(tracesOf(all)).toBe(before);
  });
});

describe('rows of the journal that nobody may have written', () => {
  const said = ['consent', 'adopt', 'thaw', 'reject-policy'] as const;
  const eve = createSoftApprover(consoleRp, 'eve');

  it.each(said)('say nothing, and are told: %s', async (kind) => {
    using all = await openDecisionBench();
    const { document, honest } = await sceneOf(all, kind);
    const name = { name: 'eve', credential: eve.approval.passkey.id };
    const taken = await sceneOf(all, 'unlock');
    await all.keep.decisions.take(taken.honest);
    const forged = [
      // Signed by an approver, and never taken: the human thought better of it.
      honest,
      eve.approval.signDocument({ ...document, approver: name }),
      eve.approval.signDocument(document, { credential: all.alice.approval.passkey.id }),
      // Under the nonce of what was taken.
      all.alice.approval.signDocument({ ...document, nonce: taken.document.nonce }),
      { ...honest, document: canonicalJson({ ...document, nonce: taken.document.nonce }) },
      taken.honest,
      { ...honest, document: '{}' },
    ];
    for (const signature of forged) {
      all.bench.decisions.rows = [{ nonce: document.nonce, kind, subject: 'x', at: all.bench.now(), signature }];
      for (const authority of [all.keep.authority, (await all.restart()).authority]) {
        await authority.refresh();
        const answers = {
          consent: authority.hasConsent(sha('7')),
          adopt: authority.adopted(),
          thaw: authority.thawedAt(all.world.frozen ?? new Date()),
          'reject-policy': authority.rejectedUntil('stacks/mail', sha('9')),
        };
        expect(answers.consent.value).toBe(false);
        expect(answers.adopt.value).toEqual([]);
        expect(answers.thaw.value).toBeUndefined();
        expect(answers['reject-policy'].value).toBeUndefined();
        expect(answers[kind].problem).toMatch(new RegExp(`1 signed document\\(s\\) to ${kind} do not count`));
      }
      expect(await all.keep.decisions.latest(5)).toEqual([]);
    }
  });

  it('cannot put what was signed into another order', async () => {
    using all = await openDecisionBench();
    await all.sign({ kind: 'adopt', commit: ahead });
    const [first] = all.bench.decisions.rows;
    if (first === undefined) throw new Error('it was written down');
    all.bench.decisions.rows = [{ ...first, at: new Date(0), subject: 'elsewhere' }];
    await all.keep.authority.refresh();
    expect(all.keep.authority.adopted()).toEqual({ value: [ahead], problem: undefined });
  });
});
