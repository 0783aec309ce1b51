import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownersFor } from '../config/ownership.ts';
import { ApproverBench, consoleRp } from './approvers.fixture.ts';
import { createSoftApprover } from './authenticator.fixture.ts';
import { type Enrolments, openEnrolments, removeEnrolment, writeEnrolment } from './enrolments.ts';
import { fingerprintOf } from './passkey.ts';
import { writeApprover } from './write-approver.ts';

const owners = ownersFor(true);
const openFor = (bench: ApproverBench): Enrolments => openEnrolments({ file: bench.file, owners, now: bench.now });
const bob = createSoftApprover(consoleRp, 'bob');
const passkeys = { approval: bob.approval.passkey, login: bob.login.passkey };

describe('a code of root’s', () => {
  it('leads from the console to an approver', async () => {
    using bench = new ApproverBench();
    const enrolments = openFor(bench);
    const given = writeEnrolment(bench.file, 'bob', bench.now());
    expect(given.code).toMatch(/^([a-z2-7]{5}-){3}[a-z2-7]{5}$/);
    expect(enrolments.find(given.code)).toMatchObject({ codeHash: given.codeHash, name: 'bob' });
    expect(enrolments.find(` ${given.code.toUpperCase().replaceAll('-', '')}\n`)).toBeDefined();
    expect(enrolments.pending(given.codeHash)).toBeUndefined();
    enrolments.complete(given.codeHash, passkeys);
    const registration = enrolments.pending(given.codeHash);
    if (registration === undefined) throw new Error('it waits for root');
    expect(registration).toEqual({ codeHash: given.codeHash, name: 'bob', ...passkeys });
    const path = writeApprover(registration, { file: bench.file, owners, now: bench.now() });
    expect(statSync(path).mode & 0o777).toBe(0o644);
    removeEnrolment(bench.file, given.codeHash);
    expect(enrolments.find(given.code)).toBeUndefined();
    expect(enrolments.pending(given.codeHash)).toBeUndefined();
    const approvers = await bench.open();
    expect(approvers.problems()).toEqual([]);
    expect(approvers.list().map(({ name }) => name)).toEqual(['alice', 'bob']);
    expect(approvers.list().map(fingerprintOf)).toContain(fingerprintOf(registration));
  });

  it('is not written down itself', () => {
    using bench = new ApproverBench();
    const { code, codeHash } = writeEnrolment(bench.file, 'bob', bench.now());
    const folder = join(bench.scratch.folder, 'etc/enrolments');
    expect(readdirSync(folder)).toEqual([`${codeHash}.json`]);
    const written = readFileSync(join(folder, `${codeHash}.json`), 'utf8');
    expect(written).not.toContain(code);
    expect(written).not.toContain(code.replaceAll('-', ''));
  });

  it('is good for a quarter of an hour', () => {
    using bench = new ApproverBench();
    const enrolments = openFor(bench);
    const { code, codeHash } = writeEnrolment(bench.file, 'bob', bench.now());
    enrolments.complete(codeHash, passkeys);
    bench.clock += 15 * 60_000 - 1;
    expect(enrolments.find(code)).toBeDefined();
    expect(enrolments.pending(codeHash)).toBeDefined();
    bench.clock += 1;
    expect(enrolments.find(code)).toBeUndefined();
    expect(enrolments.pending(codeHash)).toBeUndefined();
    expect(() => enrolments.complete(codeHash, passkeys)).toThrow(/expired/);
  });

  it('is good once: who comes second with it does not take the place of the first', () => {
    using bench = new ApproverBench();
    const enrolments = openFor(bench);
    const { codeHash } = writeEnrolment(bench.file, 'bob', bench.now());
    enrolments.complete(codeHash, passkeys);
    const eve = createSoftApprover(consoleRp, 'eve');
    const late = { approval: eve.approval.passkey, login: eve.login.passkey };
    expect(() => enrolments.complete(codeHash, late)).toThrow(expect.objectContaining({ code: 'enrolment-refused' }));
    expect(enrolments.pending(codeHash)).toMatchObject(passkeys);
  });

  it('is none when others could have written it, or it is a path', () => {
    using bench = new ApproverBench();
    const enrolments = openFor(bench);
    const { code, codeHash } = writeEnrolment(bench.file, 'bob', bench.now());
    const path = join(bench.scratch.folder, 'etc/enrolments', `${codeHash}.json`);
    chmodSync(path, 0o666);
    expect(enrolments.find(code)).toBeUndefined();
    expect(() => enrolments.complete(codeHash, passkeys)).toThrow(/expired/);
    chmodSync(path, 0o644);
    expect(enrolments.find(code)).toBeDefined();
    expect(enrolments.pending('../approvers')).toBeUndefined();
    expect(() => enrolments.complete('../approvers', passkeys)).toThrow(/expired/);
    const elsewhere = { v: 1, name: 'eve', expiresAt: new Date(bench.clock + 60_000).toISOString() };
    bench.scratch.write('etc/elsewhere.json', JSON.stringify(elsewhere), 0o644);
    expect(() => enrolments.complete('../elsewhere', passkeys)).toThrow(/expired/);
    bench.scratch.write(`etc/enrolments/${codeHash}.json`, '{"v":1,"name":"bob"}', 0o644);
    expect(enrolments.find(code)).toBeUndefined();
  });

  it('cannot be guessed at for long', () => {
    using bench = new ApproverBench();
    const enrolments = openFor(bench);
    const { code } = writeEnrolment(bench.file, 'bob', bench.now());
    for (let tried = 0; tried < 10; tried += 1) expect(enrolments.find(`guess ${tried}`)).toBeUndefined();
    expect(() => enrolments.find(code)).toThrow(expect.objectContaining({ code: 'enrolment-refused' }));
    bench.clock += 60_000;
    expect(enrolments.find(code)).toBeDefined();
  });

  it('makes nobody an approver with one passkey for both uses', () => {
    using bench = new ApproverBench();
    const enrolments = openFor(bench);
    const { codeHash } = writeEnrolment(bench.file, 'bob', bench.now());
    expect(() => enrolments.complete(codeHash, { ...passkeys, login: passkeys.approval })).toThrow(/logs in/);
    expect(enrolments.pending(codeHash)).toBeUndefined();
  });
});

describe('root’s list of approvers', () => {
  it('is begun where there is none, and added to', async () => {
    using bench = new ApproverBench();
    const file = bench.scratch.write('other/keep.yaml', '', 0o644);
    const path = writeApprover({ name: 'bob', ...passkeys }, { file, owners, now: bench.now() });
    const { alice } = bench;
    writeApprover(alice.approver, { file, owners, now: bench.now() });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      v: 1,
      approvers: [{ name: 'bob' }, { name: 'alice' }],
    });
    expect(readdirSync(join(bench.scratch.folder, 'other')).toSorted()).toEqual(['approvers.json', 'keep.yaml']);
  });

  it('is not added to when it would not count, and stays as it is', () => {
    using bench = new ApproverBench();
    const path = join(bench.scratch.folder, 'etc/approvers.json');
    const before = readFileSync(path, 'utf8');
    const add = (name: string, keys = passkeys): unknown =>
      writeApprover({ name, ...keys }, { file: bench.file, owners, now: bench.now() });
    const refused = expect.objectContaining({ code: 'enrolment-refused' });
    expect(() => add('alice')).toThrow(refused);
    expect(() => add('bob', { ...passkeys, login: bench.alice.login.passkey })).toThrow(refused);
    expect(() => add('bob', { ...passkeys, login: passkeys.approval })).toThrow(refused);
    expect(readFileSync(path, 'utf8')).toBe(before);
    chmodSync(path, 0o666);
    expect(() => add('bob')).toThrow(refused);
    bench.scratch.write('etc/approvers.json', '[]', 0o644);
    expect(() => add('bob')).toThrow(refused);
    expect(readFileSync(path, 'utf8')).toBe('[]');
    rmSync(path);
    chmodSync(join(bench.scratch.folder, 'etc'), 0o777);
    expect(() => add('bob')).toThrow(refused);
    expect(existsSync(path)).toBe(false);
    chmodSync(join(bench.scratch.folder, 'etc'), 0o755);
  });
});
