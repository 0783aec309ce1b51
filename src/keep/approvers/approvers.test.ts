import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ApproverBench, consoleRp } from './approvers.fixture.ts';
import { openApprovers } from './approvers.ts';
import { createAuthenticator, createSoftApprover } from './authenticator.fixture.ts';
import type { Approvers } from './port.ts';

const namesOf = (approvers: Approvers): readonly string[] => approvers.list().map(({ name, by }) => `${name} by ${by}`);
const challenge = Buffer.from('a challenge of 32 bytes, or nearly').toString('base64url');

describe('who may sign', () => {
  it('is whom root says, and nobody where there is no file', async () => {
    using bench = new ApproverBench();
    expect(namesOf(await bench.open())).toEqual(['alice by root']);
    rmSync(join(bench.scratch.folder, 'etc/approvers.json'));
    const none = await bench.open();
    expect(none.list()).toEqual([]);
    expect(none.problems()).toEqual([]);
  });

  it.each([
    ['others could have written', (bench: ApproverBench) => chmodSync(bench.writeRootFile(bench.alice), 0o646)],
    ['is no list', (bench: ApproverBench) => bench.scratch.write('etc/approvers.json', '{', 0o644)],
    [
      'says more than it may',
      (bench: ApproverBench) =>
        bench.scratch.write('etc/approvers.json', JSON.stringify({ v: 1, approvers: [], and: 1 }), 0o644),
    ],
    ['names one twice', (bench: ApproverBench) => bench.writeRootFile(bench.alice, bench.alice)],
    [
      'gives two one name',
      (bench: ApproverBench) => bench.writeRootFile(bench.alice, createSoftApprover(consoleRp, 'ALICE')),
    ],
    [
      'gives two one passkey',
      (bench: ApproverBench) => {
        const bob = createSoftApprover(consoleRp, 'bob');
        const { approver } = bench.alice;
        bench.writeRootFile(bench.alice, { ...bob, approver: { ...bob.approver, login: approver.approval } });
      },
    ],
    [
      'gives two one id',
      (bench: ApproverBench) => {
        const bob = createSoftApprover(consoleRp, 'bob');
        const approval = { ...bob.approver.approval, id: bench.alice.approver.approval.id };
        bench.writeRootFile(bench.alice, { ...bob, approver: { ...bob.approver, approval } });
      },
    ],
    [
      'gives two one key under two ids',
      (bench: ApproverBench) => {
        const bob = createSoftApprover(consoleRp, 'bob');
        const approval = { ...bob.approver.approval, publicKey: bench.alice.approver.login.publicKey };
        bench.writeRootFile(bench.alice, { ...bob, approver: { ...bob.approver, approval } });
      },
    ],
    [
      'lets one passkey log in and approve',
      (bench: ApproverBench) => {
        const { alice } = bench;
        bench.writeRootFile({ ...alice, approver: { ...alice.approver, login: alice.approver.approval } });
      },
    ],
    [
      'holds what is no key',
      (bench: ApproverBench) => {
        const { alice } = bench;
        const login = { ...alice.approver.login, publicKey: 'AAAA' };
        bench.writeRootFile({ ...alice, approver: { ...alice.approver, login } });
      },
    ],
  ])('is nobody in a file that %s, and that is told', async (_, spoil) => {
    using bench = new ApproverBench();
    spoil(bench);
    const approvers = await bench.open();
    expect(approvers.list()).toEqual([]);
    expect(approvers.problems()).toEqual([expect.stringContaining('approvers.json does not count')]);
    await expect(
      approvers.verify(bench.alice.approval.signDocument(bench.document('thaw')), 'thaw'),
    ).rejects.toMatchObject({ code: 'approval-refused' });
  });

  it('is nobody whom the keep’s own user wrote there, but under the seat belt', async () => {
    using bench = new ApproverBench();
    const own = process.geteuid?.() ?? 0;
    const approvers = await openApprovers({
      config: { file: bench.file, stateDirectory: bench.stateDirectory },
      owners: { uids: [own + 1] },
      rp: consoleRp,
      keepId: bench.keepId,
      decisions: bench.decisions,
      now: bench.now,
    });
    expect(approvers.list()).toEqual([]);
  });

  it('is whom an approver enrolled by signature, over restarts, and whom those enrolled', async () => {
    using bench = new ApproverBench();
    const [bob, carol] = [createSoftApprover(consoleRp, 'bob'), createSoftApprover(consoleRp, 'carol')];
    const approvers = await bench.open();
    await bench.take(approvers, 'enrol', bench.enrolment(bob));
    await bench.take(approvers, 'enrol', bench.enrolment(carol, bob));
    const everybody = ['alice by root', 'bob by alice', 'carol by bob'];
    expect(namesOf(approvers)).toEqual(everybody);
    const again = await bench.open();
    expect(namesOf(again)).toEqual(everybody);
    const signed = carol.approval.signDocument(bench.document('thaw', {}, carol));
    await expect(again.verify(signed, 'thaw')).resolves.toMatchObject({ approver: { name: 'carol' } });
  });

  it('is nobody whose chain does not lead to root any more', async () => {
    using bench = new ApproverBench();
    const [bob, carol, dave] = ['bob', 'carol', 'dave'].map((name) => createSoftApprover(consoleRp, name));
    if (bob === undefined || carol === undefined || dave === undefined) throw new Error('three were made');
    bench.writeRootFile(bench.alice, dave);
    const approvers = await bench.open();
    await bench.take(approvers, 'enrol', bench.enrolment(bob));
    await bench.take(approvers, 'enrol', bench.enrolment(carol, bob));
    bench.writeRootFile(dave);
    await approvers.reload();
    expect(namesOf(approvers)).toEqual(['dave by root']);
    expect(approvers.problems()).toHaveLength(2);
  });

  it('is nobody who was revoked, at once and over restarts, but whom they enrolled before stays', async () => {
    using bench = new ApproverBench();
    const [bob, carol] = [createSoftApprover(consoleRp, 'bob'), createSoftApprover(consoleRp, 'carol')];
    const approvers = await bench.open();
    await bench.take(approvers, 'enrol', bench.enrolment(bob));
    await bench.take(approvers, 'enrol', bench.enrolment(carol, bob));
    const signed = bob.approval.signDocument(bench.document('thaw', {}, bob));
    const late = bench.enrolment(createSoftApprover(consoleRp, 'eve'), bob);
    await expect(approvers.verify(signed, 'thaw')).resolves.toBeDefined();
    // Before anything of it is in the database.
    await approvers.accept(bench.revocation('bob'), 'revoke');
    expect(namesOf(approvers)).toEqual(['alice by root', 'carol by bob']);
    for (const one of [approvers, await bench.open()]) {
      expect(namesOf(one)).toEqual(['alice by root', 'carol by bob']);
      await expect(one.accept(signed, 'thaw')).rejects.toThrow(/was revoked/);
      await expect(one.accept(late, 'enrol')).rejects.toThrow(/was revoked/);
      await expect(one.verifyLogin(bob.login.assert(challenge), challenge)).rejects.toMatchObject({
        code: 'login-refused',
      });
    }
  });

  it('is not who was revoked again because the database lost the row, or was put back from before', async () => {
    using bench = new ApproverBench();
    const bob = createSoftApprover(consoleRp, 'bob');
    const approvers = await bench.open();
    await bench.take(approvers, 'enrol', bench.enrolment(bob));
    const before = [...bench.decisions.rows];
    await bench.take(approvers, 'revoke', bench.revocation('bob'));
    bench.decisions.rows = before;
    const restored = await bench.open();
    expect(namesOf(restored)).toEqual(['alice by root']);
  });

  it('is not root’s own who was revoked by a signature, until they have new passkeys', async () => {
    using bench = new ApproverBench();
    const bob = createSoftApprover(consoleRp, 'bob');
    bench.writeRootFile(bench.alice, bob);
    const approvers = await bench.open();
    await bench.take(approvers, 'revoke', bench.revocation('bob'));
    expect(namesOf(approvers)).toEqual(['alice by root']);
    expect(approvers.problems()).toEqual([expect.stringContaining('bob, who was revoked')]);
    bench.writeRootFile(bench.alice, createSoftApprover(consoleRp, 'bob'));
    await approvers.reload();
    expect(namesOf(approvers)).toEqual(['alice by root', 'bob by root']);
    expect(approvers.problems()).toEqual([]);
  });

  it('is not enrolled twice, by name or by passkey, and the signature for it is not spent', async () => {
    using bench = new ApproverBench();
    const bob = createSoftApprover(consoleRp, 'bob');
    const approvers = await bench.open();
    await bench.take(approvers, 'enrol', bench.enrolment(bob));
    const eve = createSoftApprover(consoleRp, 'eve');
    const same = { ...eve, approver: { ...eve.approver, login: bob.approver.approval } };
    const twice = { ...eve, approver: { ...eve.approver, login: eve.approver.approval } };
    const named = createSoftApprover(consoleRp, 'BOB');
    const hidden = createSoftApprover(consoleRp, 'bob\u200b');
    const noKey = { ...eve, approver: { ...eve.approver, approval: { id: 'AAAA', publicKey: 'AAAA' } } };
    const spent = readFileSync(bench.spentFile, 'utf8');
    for (const one of [same, twice, named, hidden, noKey]) {
      await expect(approvers.accept(bench.enrolment(one), 'enrol')).rejects.toMatchObject({ code: 'approval-refused' });
    }
    await expect(approvers.accept(bench.revocation('nobody'), 'revoke')).rejects.toThrow(/no approver of that name/);
    expect(readFileSync(bench.spentFile, 'utf8')).toBe(spent);
    expect(namesOf(approvers)).toEqual(['alice by root', 'bob by alice']);
  });

  it('is root’s of a name, where root names one whom an approver enrolled, and that is told', async () => {
    using bench = new ApproverBench();
    const bob = createSoftApprover(consoleRp, 'bob');
    const approvers = await bench.open();
    await bench.take(approvers, 'enrol', bench.enrolment(bob));
    for (const listed of [createSoftApprover(consoleRp, 'Bob'), bob]) {
      bench.writeRootFile(bench.alice, listed);
      await approvers.reload();
      expect(namesOf(approvers)).toEqual(['alice by root', `${listed.name} by root`]);
      expect(approvers.problems()).toEqual([expect.stringContaining('an enrolment in the journal does not count')]);
    }
  });

  it('is nobody whose revocation was taken while their own signature was proved', async () => {
    using bench = new ApproverBench();
    const bob = createSoftApprover(consoleRp, 'bob');
    const approvers = await bench.open();
    await bench.take(approvers, 'enrol', bench.enrolment(bob));
    const [revocation, thaw] = [bench.revocation('bob'), bob.approval.signDocument(bench.document('thaw', {}, bob))];
    await Promise.allSettled([approvers.accept(revocation, 'revoke'), approvers.accept(thaw, 'thaw')]);
    const spent = bench.spentLines().map((text) => (JSON.parse(text) as { what: string }).what.split(' ')[0]);
    expect(spent.slice(spent.indexOf('revoke'))).toEqual(['revoke']);
  });

  it('is nobody enrolled again with a passkey that was revoked', async () => {
    using bench = new ApproverBench();
    const bob = createSoftApprover(consoleRp, 'bob');
    const approvers = await bench.open();
    await bench.take(approvers, 'enrol', bench.enrolment(bob));
    await bench.take(approvers, 'revoke', bench.revocation('bob'));
    await expect(approvers.accept(bench.enrolment(bob), 'enrol')).rejects.toThrow(/was revoked/);
    await bench.take(approvers, 'enrol', bench.enrolment(createSoftApprover(consoleRp, 'bob')));
    expect(namesOf(approvers)).toEqual(['alice by root', 'bob by alice']);
  });
});

describe('rows of the journal', () => {
  it('make nobody an approver whom no approver signed for, and are told', async () => {
    using bench = new ApproverBench();
    const eve = createSoftApprover(consoleRp, 'eve');
    const approvers = await bench.open();
    // Signed by herself; signed by an approver but for another; taken by no keep.
    for (const signature of [
      bench.enrolment(eve, eve),
      { ...bench.enrolment(createSoftApprover(consoleRp, 'bob')), document: bench.enrolment(eve).document },
      bench.enrolment(eve),
    ]) {
      const { nonce } = JSON.parse(signature.document) as { nonce: string };
      bench.decisions.rows = [{ nonce, kind: 'enrol', subject: 'eve', at: bench.now(), signature }];
      await approvers.reload();
      expect(namesOf(approvers)).toEqual(['alice by root']);
      expect(approvers.problems()).toEqual([expect.stringContaining('does not count')]);
    }
  });

  it('do not count under the nonce of another document that was taken', async () => {
    using bench = new ApproverBench();
    const [bob, eve] = [createSoftApprover(consoleRp, 'bob'), createSoftApprover(consoleRp, 'eve')];
    const approvers = await bench.open();
    const row = await bench.take(approvers, 'enrol', bench.enrolment(bob));
    for (const signature of [bench.enrolment(eve), bench.enrolment(eve, eve)]) {
      bench.decisions.rows = [{ ...row, signature }];
      await approvers.reload();
      expect(namesOf(approvers)).toEqual(['alice by root']);
      expect(approvers.problems()).toEqual([expect.stringContaining('does not count')]);
    }
    const thaw = bench.alice.approval.signDocument(bench.document('thaw'));
    await approvers.accept(thaw, 'thaw');
    bench.decisions.rows = [{ ...row, nonce: JSON.parse(thaw.document).nonce }];
    await approvers.reload();
    expect(namesOf(approvers)).toEqual(['alice by root']);
    expect(approvers.problems()).toEqual([expect.stringContaining('another document')]);
  });

  it('revoke nobody whom no approver revoked', async () => {
    using bench = new ApproverBench();
    const approvers = await bench.open();
    const signature = bench.revocation('alice');
    bench.decisions.rows = [{ nonce: 'n'.repeat(43), kind: 'revoke', subject: 'alice', at: bench.now(), signature }];
    await approvers.reload();
    expect(namesOf(approvers)).toEqual(['alice by root']);
    expect(approvers.problems()).toEqual([expect.stringContaining('never took it')]);
  });
});

describe('a login', () => {
  it('is proved with the login passkey', async () => {
    using bench = new ApproverBench();
    const approvers = await bench.open();
    await expect(approvers.verifyLogin(bench.alice.login.assert(challenge), challenge)).resolves.toMatchObject({
      name: 'alice',
    });
  });

  it.each([
    ['the passkey that signs', (bench: ApproverBench) => bench.alice.approval.assert(challenge), /signs documents/],
    ['a passkey of nobody', () => createAuthenticator(consoleRp).assert(challenge), /no approver has it/],
    [
      'another key under the id of one',
      (bench: ApproverBench) =>
        createAuthenticator(consoleRp).assert(challenge, { credential: bench.alice.login.passkey.id }),
      /not made by the key/,
    ],
    [
      'another challenge',
      (bench: ApproverBench) => bench.alice.login.assert(Buffer.from('another').toString('base64url')),
      /signs something else/,
    ],
    [
      'another page',
      (bench: ApproverBench) => bench.alice.login.assert(challenge, { origin: 'http://castellan.localhost:8791' }),
      /on another page/,
    ],
    [
      'nobody verified',
      (bench: ApproverBench) => bench.alice.login.assert(challenge, { userVerified: false }),
      /not verified/,
    ],
  ])('is refused with %s', async (_, forge, why) => {
    using bench = new ApproverBench();
    const approvers = await bench.open();
    const error: unknown = await approvers.verifyLogin(forge(bench), challenge).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'login-refused', message: expect.stringMatching(why) });
  });
});
