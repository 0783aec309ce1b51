import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type LockHolder, readLock, takeLock } from './lock.ts';
import { describeThisProcess, judgeProcess } from './process-identity.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-lock-'));
const takers: Taker[] = [];
afterAll(async () => {
  await Promise.all(takers.map((taker) => taker.kill()));
  rmSync(home, { recursive: true });
});

class Taker {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.#child = spawn(process.execPath, [fileURLToPath(new URL('./lock-taker.fixture.ts', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    takers.push(this);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async ask(order: 'take' | 'release', directory: string): Promise<string> {
    this.#child.stdin.write(`${order} ${directory}\n`);
    return String((await this.#lines.next()).value);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

const freshDirectory = (): string => join(mkdtempSync(join(home, 'case-')), 'database');
const request = (directory: string) => ({ directory, socket: '/run/castellan/agent.sock', build: '1.2.3' });
const filesBeside = (directory: string): readonly string[] =>
  readdirSync(dirname(directory)).filter((file) => file.startsWith(basename(directory)));
const newNonce = (): string => randomBytes(16).toString('hex');

/** The lock of a process that was killed while it held it. */
async function deadHolder(): Promise<LockHolder> {
  const directory = freshDirectory();
  const taker = new Taker();
  expect(await taker.ask('take', directory)).toBe('won');
  await taker.kill();
  return JSON.parse(readFileSync(`${directory}.lock`, 'utf8'));
}

function leave(directory: string, holder: LockHolder, file = `${directory}.lock`): void {
  writeFileSync(file, JSON.stringify(holder));
}

describe('the lock on a data directory', () => {
  it('names its holder while it is held, and leaves nothing behind when released', () => {
    const directory = freshDirectory();
    const lock = takeLock(request(directory));
    expect(readLock(directory)).toEqual(lock.holder);
    expect(lock.holder).toMatchObject({ pid: process.pid, socket: '/run/castellan/agent.sock', build: '1.2.3' });
    lock.release();
    lock.release();
    expect(readLock(directory)).toBeUndefined();
    expect(filesBeside(directory)).toEqual([]);
  });

  it('is refused to a second process and to the same one, by the name of who holds it', async () => {
    const directory = freshDirectory();
    using lock = takeLock(request(directory));
    expect(await new Taker().ask('take', directory)).toBe('data-locked');
    expect(() => takeLock(request(directory))).toThrow(
      expect.objectContaining({ code: 'data-locked', message: expect.stringContaining(`process ${process.pid} `) }),
    );
    expect(readLock(directory)).toEqual(lock.holder);
    expect(filesBeside(directory)).toEqual(['database.lock']);
  });

  it('is reaped after a kill -9, and not before', async () => {
    const directory = freshDirectory();
    const taker = new Taker();
    expect(await taker.ask('take', directory)).toBe('won');
    expect(() => takeLock(request(directory))).toThrow(expect.objectContaining({ code: 'data-locked' }));
    await taker.kill();
    using lock = takeLock(request(directory));
    expect(readLock(directory)).toEqual(lock.holder);
    expect(filesBeside(directory)).toEqual(['database.lock']);
  });

  it('goes to exactly one of 20 who find it dead at the same time, also when an earlier reaper died half-way', async () => {
    const dead = await deadHolder();
    const racers = Array.from({ length: 20 }, () => new Taker());
    await Promise.all(racers.map((racer) => racer.ask('release', 'nothing, only to be up')));
    for (let round = 0; round < 40; round += 1) {
      const directory = freshDirectory();
      const left = { ...dead, nonce: newNonce() };
      leave(directory, left);
      if (round % 2 === 1) leave(directory, { ...dead, nonce: newNonce() }, `${directory}.lock.after-${left.nonce}`);
      const answers = await Promise.all(racers.map((racer) => racer.ask('take', directory)));
      const winners = racers.filter((_, index) => answers[index] === 'won');
      expect(winners).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'data-locked')).toHaveLength(19);
      expect(readLock(directory)?.pid).toBe(winners[0]?.pid);
      expect(filesBeside(directory)).toEqual(['database.lock']);
    }
  }, 60_000);

  it('goes to one at a time of many who come and go', async () => {
    const directory = freshDirectory();
    const racers = Array.from({ length: 6 }, () => new Taker());
    let holders = 0;
    let won = 0;
    await Promise.all(
      racers.map(async (racer) => {
        for (let attempt = 0; attempt < 60; attempt += 1) {
          if ((await racer.ask('take', directory)) !== 'won') continue;
          won += 1;
          holders += 1;
          await new Promise((resolve) => setTimeout(resolve, 1));
          expect(holders).toBe(1);
          holders -= 1;
          await racer.ask('release', directory);
        }
      }),
    );
    expect(won).toBeGreaterThan(0);
    expect(filesBeside(directory)).toEqual([]);
  }, 60_000);

  it('a pid that was given out again does not keep it', async () => {
    const directory = freshDirectory();
    leave(directory, { ...(await deadHolder()), pid: process.pid, startTime: '1', nonce: newNonce() });
    using lock = takeLock(request(directory));
    expect(readLock(directory)).toEqual(lock.holder);
  });

  it.each<[string, Partial<LockHolder>]>([
    ['on another host', { host: 'other.example.net' }],
    ['in another boot', { bootId: '00000000-0000-4000-8000-000000000000' }],
    ['in another container', { pidNamespace: 'pid:[1]' }],
    ['on a system that tells neither boot nor start', { bootId: null, startTime: null }],
  ])('of a process %s is refused even when no such pid is here', async (_, difference) => {
    const directory = freshDirectory();
    const holder = { ...(await deadHolder()), ...difference };
    leave(directory, holder);
    expect(() => takeLock(request(directory))).toThrow(
      expect.objectContaining({ code: 'data-lock-unclear', next: expect.stringContaining('remove that file') }),
    );
    expect(readLock(directory)).toEqual(holder);
  });

  it.each(['', 'not json', '{}', '{"pid":1}', `{"pid":-1}`, '[]', 'null'])(
    'holding %j is refused and kept',
    (content) => {
      const directory = freshDirectory();
      writeFileSync(`${directory}.lock`, content);
      expect(() => takeLock(request(directory))).toThrow(expect.objectContaining({ code: 'data-lock-unclear' }));
      expect(readFileSync(`${directory}.lock`, 'utf8')).toBe(content);
    },
  );

  it('of somebody else is not removed by a holder whose own was taken away', () => {
    const directory = freshDirectory();
    const lock = takeLock(request(directory));
    rmSync(`${directory}.lock`);
    using other = takeLock(request(directory));
    lock.release();
    expect(readLock(directory)).toEqual(other.holder);
  });

  it('is one lock, by whatever link the directory is reached', () => {
    const directory = freshDirectory();
    const link = join(home, 'a-link-to-it');
    symlinkSync(dirname(directory), link);
    using _lock = takeLock(request(directory));
    expect(() => takeLock(request(join(link, 'database')))).toThrow(expect.objectContaining({ code: 'data-locked' }));
    mkdirSync(directory);
    symlinkSync(directory, join(home, 'another-link'));
    expect(() => takeLock(request(join(home, 'another-link')))).toThrow(
      expect.objectContaining({ code: 'data-locked' }),
    );
  });

  it('that cannot be written is refused', () => {
    expect(() => takeLock(request(join(home, 'missing', 'database')))).toThrow(
      expect.objectContaining({ code: 'data-lock-failed' }),
    );
  });
});

describe('judging a process', () => {
  const here = describeThisProcess();

  it('knows its own process as alive', () => {
    expect(judgeProcess(here)).toBe('alive');
  });

  it('takes a process of another user for alive', () => {
    const init = readFileSync('/proc/1/stat', 'utf8');
    const startTime = init.slice(init.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    expect(judgeProcess({ ...here, pid: 1, startTime })).toBe('alive');
  });

  it('proves nothing on a system without boot ids', () => {
    const blind = { ...here, bootId: null, startTime: null, pidNamespace: null };
    expect(judgeProcess(blind, blind)).toBe('alive');
    expect(judgeProcess({ ...blind, pid: 2 ** 22 + 1 }, blind)).toMatchObject({ reason: expect.any(String) });
  });
});
