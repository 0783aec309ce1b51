import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/redaction/index.ts';
import { openScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { noDatabase } from './keep.fixture.ts';
import { type NewPatch, openPreparedPatches } from './prepared-patches.ts';

const scratch = await openScratchDatabase();
afterAll(() => scratch[Symbol.asyncDispose]());
beforeEach(async () => {
  await scratch.database.execute('delete from castellan.prepared_patch');
});

const redactor = createRedactor();
const patches = openPreparedPatches({ database: scratch.lent, redactor });
const now = new Date('2026-03-01T10:00:00.000Z');
const later = (days: number): Date => new Date(now.getTime() + days * 24 * 3_600_000);
const robin = { agent: 'agent:guard', human: 'human:robin' };
const kim = { agent: 'agent:guard', human: 'human:kim' };
const diff = '--- a/stacks/mail/main.tf\n+++ b/stacks/mail/main.tf\n@@ -1 +1 @@\n-a = 1\n+a = 2\n';
const keep = (change: Partial<NewPatch> = {}): Promise<string> =>
  patches.keep({ by: robin, stack: 'stacks/mail', purpose: 'kubectl scale', diff, sent: ['2'], now, ...change });
const rows = () =>
  scratch.database.query<{ id: string; human: string; purpose: string }>(
    'select id, human, purpose from castellan.prepared_patch',
  );

describe('a prepared patch', () => {
  it('is kept under an id that nobody guesses, and is given back as it was', async () => {
    const id = await keep();
    expect(id).toMatch(/^patch_[a-z2-7]{26}$/);
    expect(await keep()).not.toBe(id);
    expect(await patches.diffOf(id, robin, later(6.9))).toBe(diff);
  });

  it('has an id that redaction leaves alone, in a sentence and in an answer', async () => {
    for (let made = 0; made < 20; made += 1) {
      const id = await keep();
      expect(redactor.text(`prepared ${id}: x`).text).toBe(`prepared ${id}: x`);
      expect(redactor.value({ patch: id, says: [`call {patch: "${id}"}`] }, 'agent').counts).toEqual({});
    }
  });

  it('is given to another agent of the same human, and to no agent of another human', async () => {
    const id = await keep();
    expect(await patches.diffOf(id, { human: 'human:robin' }, now)).toBe(diff);
    for (const human of ['human:kim', 'human:robi', 'human:ROBIN', 'human:robin ', '%', 'human:%', '']) {
      await expect(patches.diffOf(id, { human }, now)).rejects.toMatchObject({ code: 'patch-unknown' });
    }
  });

  it('is refused in the same words whether it was never there, is too old, or is another human’s', async () => {
    const id = await keep();
    const refusal = (asked: string, of: typeof robin, at: Date) =>
      patches.diffOf(asked, of, at).then(
        () => 'given',
        ({ code, message, next }) => `${code} ${message} ${next}`,
      );
    const never = await refusal(`patch_${'a'.repeat(26)}`, robin, now);
    expect(never).toMatch(/^patch-unknown /);
    expect(await refusal(id, robin, later(7))).toBe(never);
    expect(await refusal(id, kim, now)).toBe(never);
  });

  it.each([
    '',
    'patch_',
    `patch_${'a'.repeat(25)}`,
    `patch_${'A'.repeat(26)}`,
    `patch_${'a'.repeat(26)}\n`,
    `patch_${'a'.repeat(26)}' or '1'='1`,
    `patch_${'0'.repeat(26)}`,
    `chg_${'a'.repeat(26)}`,
    'patch_%',
    '\u0000',
  ])('is not asked of the database by what is no id: %j', async (id) => {
    const nobody = openPreparedPatches({ database: noDatabase, redactor });
    await expect(nobody.diffOf(id, robin, now)).rejects.toMatchObject({ code: 'patch-unknown' });
  });

  it('is not kept where a line beside the edit holds a secret', async () => {
    const token = `ghp_${randomBytes(18).toString('hex')}`;
    const refused = keep({ diff: `${diff}   token = "${token}"\n` });
    await expect(refused).rejects.toMatchObject({ code: 'patch-holds-secret' });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining(token) });
    expect(await rows()).toEqual([]);
  });

  it('is not refused for a value that its maker sent and could only have guessed', async () => {
    const guess = `pin${randomBytes(3).toString('hex')}`;
    const known = createRedactor();
    known.addLayer({
      name: 'known',
      find: (text) => {
        const start = text.indexOf(guess);
        return start === -1 ? [] : [{ start, end: start + guess.length, rule: 'known', guessable: true }];
      },
    });
    const guarded = openPreparedPatches({ database: scratch.lent, redactor: known });
    const asked = { by: robin, stack: 's', purpose: 'p', diff: `${diff}+b = "${guess}"\n`, now };
    await expect(guarded.keep({ ...asked, sent: ['other'] })).rejects.toMatchObject({ code: 'patch-holds-secret' });
    expect(await guarded.keep({ ...asked, sent: [guess] })).toMatch(/^patch_/);
    // In a line that was there before it would be an answer: whoever guesses wrong is refused as well.
    for (const line of [`-b = "${guess}"\n`, ` b = "${guess}"\n`]) {
      const beside = { ...asked, diff: diff + line };
      await expect(guarded.keep({ ...beside, sent: [guess] })).rejects.toMatchObject({ code: 'patch-holds-secret' });
    }
  });

  it('has the words it is for redacted, and on one line', async () => {
    const token = `ghp_${randomBytes(18).toString('hex')}`;
    await keep({ purpose: `kubectl set env deploy/x T=${token}\n\u001b[31mx\ud800${'y'.repeat(2_000)}` });
    const [row] = await rows();
    expect(row?.purpose).toMatch(/^kubectl set env deploy\/x T=«redacted/);
    expect(row?.purpose).not.toContain(token);
    expect(row?.purpose).not.toMatch(/\p{Cc}/u);
    expect(row?.purpose.length).toBeLessThan(310);
  });
});

describe('what is kept', () => {
  it('is at most 200 of one human, the newest; nobody else loses any', async () => {
    const first = await keep({ now: new Date(now.getTime() - 5_000) });
    const other = await keep({ by: kim, now: new Date(now.getTime() - 9_000) });
    for (let made = 0; made < 200; made += 1) await keep({ now: new Date(now.getTime() + made) });
    expect((await rows()).filter(({ human }) => human === robin.human)).toHaveLength(200);
    await expect(patches.diffOf(first, robin, now)).rejects.toMatchObject({ code: 'patch-unknown' });
    expect(await patches.diffOf(other, kim, now)).toBe(diff);
  }, 60_000);

  it('is gone from the database after a week, whoever stores the next', async () => {
    const old = await keep();
    const next = await keep({ by: kim, now: later(7) });
    expect((await rows()).map(({ id }) => id)).toEqual([next]);
    expect(old).not.toBe(next);
  });
});
