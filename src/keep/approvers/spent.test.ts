import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeepScratch } from '../config/scratch.fixture.ts';
import { ApproverBench } from './approvers.fixture.ts';
import { openSpent, type Spent } from './spent.ts';

let scratch: KeepScratch;
let file: string;
beforeEach(() => {
  scratch = new KeepScratch();
  file = join(scratch.folder, 'state', 'spent');
});
afterEach(() => scratch[Symbol.dispose]());

const open = (expected = false): Spent => openSpent({ file, expected });
const nonceOf = (): string => randomBytes(32).toString('base64url');
const at = '2026-03-01T10:00:00.000Z';
const spendSome = (count: number): readonly string[] => {
  const spent = open();
  const nonces = Array.from({ length: count }, nonceOf);
  for (const nonce of nonces) spent.add({ nonce, what: 'thaw x', at });
  return nonces;
};

describe('what was spent', () => {
  it('is spent for good, over restarts, in its order, in a file of the keep alone', () => {
    const nonces = spendSome(3);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = open(true);
    expect(again.entries.map(({ nonce }) => nonce)).toEqual(nonces);
    for (const nonce of nonces) {
      expect(again.has(nonce)).toBe(true);
      expect(() => again.add({ nonce, what: 'thaw x', at })).toThrow(
        expect.objectContaining({ code: 'approval-spent' }),
      );
    }
    expect(again.has(nonceOf())).toBe(false);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
  });

  it('keeps what was whole when the keep died in the middle of a line, and goes on after it', () => {
    const nonces = spendSome(3);
    const whole = readFileSync(file);
    const lastLine = whole.subarray(0, -1).lastIndexOf(0x0a) + 1;
    fc.assert(
      fc.property(fc.integer({ min: lastLine, max: whole.length - 1 }), (cut) => {
        writeFileSync(file, whole.subarray(0, cut));
        const torn = open(true);
        expect(torn.problem).toBeUndefined();
        expect(torn.entries.map(({ nonce }) => nonce)).toEqual(nonces.slice(0, 2));
        const next = nonceOf();
        torn.add({ nonce: next, what: 'thaw x', at });
        expect(open(true).entries.map(({ nonce }) => nonce)).toEqual([...nonces.slice(0, 2), next]);
      }),
      { numRuns: 30 },
    );
  });

  it('is everything once any whole line is damaged', () => {
    spendSome(3);
    const whole = readFileSync(file);
    const lines = whole.toString('utf8').split('\n').slice(0, -1);
    const damaged = [
      ...lines.map((_, index) => lines.with(index, 'x')),
      ...lines.map((_, index) => lines.with(index, '')),
      lines.with(1, '{}'),
      lines.with(1, (lines[1] ?? '').replace('"what"', '"where"')),
      lines.with(1, lines[0] ?? ''),
      lines.with(2, `${lines[2]}${lines[2]}`),
    ];
    for (const text of damaged) {
      writeFileSync(file, `${text.join('\n')}\n`);
      const spent = open(true);
      expect(spent.problem).toContain('cannot be used');
      expect(spent.has(nonceOf())).toBe(true);
      expect(() => spent.add({ nonce: nonceOf(), what: 'thaw x', at })).toThrow(
        expect.objectContaining({ code: 'approvers-unusable' }),
      );
      expect(readFileSync(file, 'utf8')).toBe(`${text.join('\n')}\n`);
    }
  });

  it.each([
    ['others can read it', () => chmodSync(file, 0o640)],
    ['others can write it', () => chmodSync(file, 0o602)],
    [
      'it is a folder',
      () => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    [
      'it is a link to another',
      () => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
    ],
    ['it is gone though humans signed', () => rmSync(file)],
  ])('cannot be told when %s, so everything is', (_, spoil) => {
    spendSome(2);
    spoil();
    const spent = open(true);
    expect(spent.problem).toContain('cannot be used');
    expect(spent.has(nonceOf())).toBe(true);
    // Not even the next start finds a new one where the old one was.
    expect(open(true).problem).toContain('cannot be used');
  });

  it('is everything in a file of another user', () => {
    spendSome(1);
    const user = vi.spyOn(process, 'geteuid').mockReturnValue(statSync(file).uid + 1);
    expect(open(true).problem).toContain('belongs to another user');
    user.mockRestore();
    expect(open(true).problem).toBeUndefined();
  });

  it.each([
    ['was put back to what it was', () => writeFileSync(file, '')],
    ['got a line from elsewhere', () => appendFileSync(file, 'x\n')],
    [
      'was exchanged for a copy',
      () => {
        const text = readFileSync(file);
        renameSync(file, `${file}.old`);
        writeFileSync(file, text, { mode: 0o600 });
      },
    ],
    ['was taken away', () => rmSync(file)],
  ])('is everything from the moment the file %s under a keep that runs', (_, spoil) => {
    const nonces = spendSome(2);
    const spent = open(true);
    spoil();
    expect(() => spent.add({ nonce: nonceOf(), what: 'thaw x', at })).toThrow(
      expect.objectContaining({ code: 'approvers-unusable' }),
    );
    expect(nonces.every((nonce) => spent.has(nonce))).toBe(true);
    expect(spent.has(nonceOf())).toBe(true);
  });

  it('lets nobody sign, log in or be listed while it cannot be told', async () => {
    using bench = new ApproverBench();
    const first = await bench.open();
    const signature = bench.alice.approval.signDocument(bench.document('thaw'));
    await bench.take(first, 'thaw', signature);
    rmSync(bench.spentFile);
    const approvers = await bench.open();
    const challenge = Buffer.from('a challenge').toString('base64url');
    const unusable = { code: 'approvers-unusable' };
    const next = bench.alice.approval.signDocument(bench.document('thaw'));
    await expect(approvers.verify(next, 'thaw')).rejects.toMatchObject(unusable);
    await expect(approvers.accept(next, 'thaw')).rejects.toMatchObject(unusable);
    await expect(approvers.verifyTaken(signature, 'thaw')).rejects.toMatchObject(unusable);
    await expect(approvers.verifyLogin(bench.alice.login.assert(challenge), challenge)).rejects.toMatchObject(unusable);
    expect(() => approvers.spend('another', 'apply')).toThrow(expect.objectContaining(unusable));
    expect(approvers.isSpent('anything')).toBe(true);
    expect(approvers.list()).toEqual([]);
    expect(approvers.problems()).toContainEqual(expect.stringContaining('it is gone'));
  });
});
