import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wrap } from './envelope.ts';
import { openSealedPlans } from './open.ts';
import type { SealedPlans } from './port.ts';

const idOf = (letter: string): string => `chg_${letter.repeat(26)}`;
const [one, other] = [idOf('a'), idOf('b')];

describe('sealed plans', () => {
  let stateDirectory = '';
  let plans: SealedPlans;
  const canary = randomBytes(24).toString('hex');
  const work = { plan: Buffer.from(`plan ${canary}`), workdir: Buffer.from(`workdir ${canary}`.repeat(10_000)) };
  const fileOf = (change: string): string => join(stateDirectory, 'sealed', `${change}.age`);
  const keyFile = (): string => join(stateDirectory, 'keys', 'plan.age');
  const refused = (change = one) =>
    plans.open(change).then(
      () => 'opened',
      (error: unknown) => error,
    );

  beforeEach(async () => {
    stateDirectory = mkdtempSync(join(tmpdir(), 'castellan-sealed-'));
    plans = await openSealedPlans({ stateDirectory });
  });
  afterEach(() => rmSync(stateDirectory, { recursive: true, force: true }));

  it('are opened as they were put, by a later keep too', async () => {
    await plans.put(one, work);
    await plans.put(other, { plan: Buffer.alloc(0), workdir: Buffer.alloc(3_000_000, 7) });
    const later = await openSealedPlans({ stateDirectory });
    expect(await later.open(one)).toEqual(work);
    const { plan, workdir } = await later.open(other);
    expect([plan.length, workdir.equals(Buffer.alloc(3_000_000, 7))]).toEqual([0, true]);
  });

  it('replace those of an earlier attempt', async () => {
    await plans.put(one, work);
    await plans.put(one, { ...work, plan: Buffer.from('the second') });
    expect((await plans.open(one)).plan.toString()).toBe('the second');
    expect(readdirSync(join(stateDirectory, 'sealed'))).toEqual([`${one}.age`]);
  });

  it('leave no plaintext anywhere on disk, and a key only the keep can read', async () => {
    await plans.put(one, work);
    await plans.keepState('mail', Buffer.from(canary));
    const holding = readdirSync(stateDirectory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(holding).toHaveLength(3);
    for (const path of holding) {
      expect(readFileSync(path).includes(canary), path).toBe(false);
      expect(statSync(path).mode & 0o777, path).toBe(0o600);
    }
    for (const name of ['keys', 'sealed', 'states']) {
      expect(statSync(join(stateDirectory, name)).mode & 0o777, name).toBe(0o700);
    }
  });

  it('that were never put, or dropped, are missing', async () => {
    expect(await refused()).toMatchObject({ code: 'sealed-missing' });
    await plans.put(one, work);
    await plans.drop(one);
    await plans.drop(one);
    expect(await refused()).toMatchObject({ code: 'sealed-missing' });
  });

  it('that end early are damaged, wherever they end', async () => {
    await plans.put(one, work);
    const whole = readFileSync(fileOf(one));
    for (const length of [0, 1, 100, 200, 65_536, whole.length - 65_552, whole.length - 1]) {
      writeFileSync(fileOf(one), whole);
      truncateSync(fileOf(one), length);
      expect(await refused(), String(length)).toMatchObject({ code: 'sealed-damaged' });
    }
    writeFileSync(fileOf(one), Buffer.concat([whole, Buffer.alloc(1)]));
    expect(await refused()).toMatchObject({ code: 'sealed-damaged' });
  });

  it('with one bit changed anywhere are damaged, and no error quotes them', async () => {
    await plans.put(one, work);
    const whole = readFileSync(fileOf(one));
    const places = [
      0,
      25,
      60,
      120,
      170,
      200,
      whole.length - 1,
      ...Array.from({ length: 20 }, () => randomInt(whole.length)),
    ];
    for (const at of places) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << randomInt(8));
      writeFileSync(fileOf(one), flipped);
      const error = await refused();
      expect(error, String(at)).toMatchObject({ code: 'sealed-damaged' });
      expect(inspect(error, { depth: 9 })).not.toContain(canary);
    }
  });

  it('of another change, put in the place of this one, are damaged', async () => {
    await plans.put(one, work);
    await plans.put(other, work);
    copyFileSync(fileOf(other), fileOf(one));
    expect(await refused()).toMatchObject({ code: 'sealed-damaged' });
    expect((await plans.open(other)).plan.equals(work.plan)).toBe(true);
  });

  it('of another keep are damaged', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'castellan-sealed-'));
    try {
      const stranger = await openSealedPlans({ stateDirectory: elsewhere });
      await stranger.put(one, work);
      copyFileSync(join(elsewhere, 'sealed', `${one}.age`), fileOf(one));
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
    expect(await refused()).toMatchObject({ code: 'sealed-damaged' });
  });

  it('that say one thing and hold another are damaged', async () => {
    const recipient = await identityToRecipient(readFileSync(keyFile(), 'utf8').trim());
    const [length = Buffer.alloc(0), line = Buffer.alloc(0), plan = Buffer.alloc(0)] = wrap(one, work);
    const longLine = Buffer.alloc(4);
    longLine.writeUInt32BE(0xffff_ffff);
    for (const parts of [
      [length, line, plan, Buffer.from('another workdir')],
      [length, line, Buffer.from('a plan'), work.workdir],
      [length, line],
      [length],
      [longLine, line, plan, work.workdir],
      [Buffer.alloc(4), line, plan, work.workdir],
      [],
    ]) {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      writeFileSync(fileOf(one), await encrypter.encrypt(Buffer.concat(parts)));
      expect(await refused()).toMatchObject({ code: 'sealed-damaged' });
    }
  });

  it('are not looked for at a path that somebody made up', async () => {
    for (const name of ['../keys/plan', 'chg_a', '', `${one}/..`]) {
      await expect(plans.open(name)).rejects.toThrow();
      await expect(plans.put(name, work)).rejects.toThrow();
      await expect(plans.drop(name)).rejects.toThrow();
    }
  });

  it('of no open change are removed, with what a killed keep began to write', async () => {
    await plans.put(one, work);
    await plans.put(other, work);
    writeFileSync(`${fileOf(one)}.new-0123456789abcdef`, 'half');
    await plans.cleanUp([one]);
    expect(readdirSync(join(stateDirectory, 'sealed'))).toEqual([`${one}.age`]);
  });

  it('are never put when they cannot be kept', async () => {
    rmSync(join(stateDirectory, 'sealed'), { recursive: true });
    writeFileSync(join(stateDirectory, 'sealed'), '');
    await expect(plans.put(one, work)).rejects.toMatchObject({ code: 'sealed-write-failed' });
  });

  it('are not begun with a key that others can read, or that is none', async () => {
    writeFileSync(keyFile(), 'AGE-SECRET-KEY-1\n');
    await expect(openSealedPlans({ stateDirectory })).rejects.toMatchObject({ code: 'key-file-unusable' });
    expect(readFileSync(keyFile(), 'utf8')).toBe('AGE-SECRET-KEY-1\n');
  });

  it('survive a keep that is killed while it writes: what is there is whole, the old one or the new one', async () => {
    const program = join(import.meta.dirname, 'put-again.fixture.ts');
    for (let times = 0; times < 5; times += 1) {
      const keep = spawn(process.execPath, [program, stateDirectory, one], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(keep, 'exit');
      await once(keep.stdout, 'data');
      const killed = setTimeout(() => keep.kill('SIGKILL'), randomInt(60));
      await ended;
      clearTimeout(killed);
      const { plan, workdir } = await plans.open(one);
      expect([plan.length, workdir.length]).toEqual([50_000, 3_000_000]);
      expect(new Set([...plan, ...workdir.subarray(0, 1_000), ...workdir.subarray(-1_000)]).size).toBe(1);
    }
  });
});

describe('a kept state', () => {
  it('is never written over, and opens with the key alone', async () => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'castellan-sealed-'));
    try {
      const plans = await openSealedPlans({ stateDirectory, now: () => new Date('2026-02-03T04:05:06.789Z') });
      for (const text of ['first', 'second', 'third']) await plans.keepState('stacks/mail', Buffer.from(text));
      const names = readdirSync(join(stateDirectory, 'states')).sort();
      expect(names).toEqual([
        'stacks_mail-20260203T040506789Z-1.age',
        'stacks_mail-20260203T040506789Z-2.age',
        'stacks_mail-20260203T040506789Z.age',
      ]);
      const decrypter = new Decrypter();
      decrypter.addIdentity(readFileSync(join(stateDirectory, 'keys', 'plan.age'), 'utf8').trim());
      const texts = names.map((name) => decrypter.decrypt(readFileSync(join(stateDirectory, 'states', name)), 'text'));
      expect(await Promise.all(texts)).toEqual(['second', 'third', 'first']);
      await plans.cleanUp([]);
      expect(readdirSync(join(stateDirectory, 'states'))).toHaveLength(3);
    } finally {
      rmSync(stateDirectory, { recursive: true });
    }
  });
});
