import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { startPassThrough } from './doors/pass-through.ts';
import { giveTo } from './give-to.ts';
import { type InSandbox, inSandbox, makeScratchRun, runsUid, type ScratchRun } from './scratch-run.fixture.ts';

/** Processes on this machine whose command line holds a word. */
function running(word: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        // It ended while we looked.
        return false;
      }
    });
}

/** A number of seconds nobody else sleeps. */
const oddSeconds = (): string => String(1_000_000 + (randomBytes(3).readUIntBE(0, 3) % 8_000_000));

/** Runs the script and aborts at its first line of output. */
async function interrupted(script: string, graceMs: number, more: InSandbox = {}) {
  const stop = new AbortController();
  let at = 0;
  const done = await inSandbox(script, {
    gentle: { graceMs },
    signal: stop.signal,
    onLine: (_, line) => {
      if (line !== 'started') return;
      at = performance.now();
      stop.abort();
    },
    ...more,
  });
  return { ...done, afterMs: performance.now() - at };
}

const longGrace = 60_000;

await describeWithLab('a run that is ended gently', (lab) => {
  it('is asked, may do what it has to, and has its own exit code', async () => {
    const done = await interrupted(
      'trap "echo saved; exit 3" INT; echo started; while :; do sleep 0.1; done',
      longGrace,
    );
    expect(done).toMatchObject({ ended: 'cancelled', exitCode: 3, stdout: 'started\nsaved\n' });
    expect(done.afterMs).toBeLessThan(longGrace / 2);
  });

  it('is asked again at half time', async () => {
    const script = `n=0; trap 'n=$((n + 1)); echo "asked $n"; [ "$n" -lt 2 ] || exit 4' INT
echo started; while :; do sleep 0.1; done`;
    const done = await interrupted(script, 6_000);
    expect(done).toMatchObject({ ended: 'cancelled', exitCode: 4, stdout: 'started\nasked 1\nasked 2\n' });
    expect(done.afterMs).toBeGreaterThan(2_900);
  });

  it('and does not listen is killed with everything it started', async () => {
    const [own, child, strayed] = [oddSeconds(), oddSeconds(), oddSeconds()];
    const script = `trap '' INT; sleep ${child} & setsid sleep ${strayed} & echo started; sleep ${own}; sleep ${own}`;
    const done = await interrupted(script, 1_500);
    expect(done).toMatchObject({ ended: 'cancelled', exitCode: undefined });
    expect(done.afterMs).toBeGreaterThan(1_400);
    for (const word of [own, child, strayed]) expect(running(word)).toEqual([]);
  });

  it('that ends of the signal has no exit code', async () => {
    const done = await interrupted('echo started; exec sleep 600', longGrace);
    expect(done).toMatchObject({ ended: 'cancelled', exitCode: undefined });
    expect(done.afterMs).toBeLessThan(longGrace / 2);
  });

  it('is asked when its time is over, too', async () => {
    const script = 'trap "echo saved; exit 0" INT; while :; do sleep 0.1; done';
    const done = await inSandbox(script, { gentle: { graceMs: longGrace }, wallMs: 2_000 });
    expect(done).toMatchObject({ ended: 'timeout', exitCode: 0, stdout: 'saved\n' });
  });

  it('but fills its output is killed at once', async () => {
    const script = 'trap "" INT; yes';
    const started = performance.now();
    const done = await inSandbox(script, { gentle: { graceMs: longGrace }, outputBytes: 10_000 });
    expect(done).toMatchObject({ ended: 'too-much-output', exitCode: undefined });
    expect(performance.now() - started).toBeLessThan(longGrace / 2);
  });

  it('before it began is not begun', async () => {
    const stop = new AbortController();
    const starting = inSandbox('echo begun', { gentle: { graceMs: longGrace }, signal: stop.signal });
    setImmediate(() => stop.abort());
    expect(await starting).toMatchObject({ ended: 'cancelled', exitCode: undefined, stdout: '' });
  });

  it('reaches through its sockets until it has ended', async () => {
    const run = makeScratchRun();
    const server = createServer((socket) => socket.end('still here\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await using door = await startPassThrough({
        socketPath: join(run.folder, 'door.sock'),
        uid: runsUid,
        to: { host: '127.0.0.1', port },
      });
      const script = 'trap "socat -u TCP:127.0.0.1:7000 STDOUT; exit 5" INT; echo started; while :; do sleep 0.1; done';
      const sockets = [{ from: door.socket, port: 7_000, hosts: [] }];
      const done = await interrupted(script, longGrace, { sockets });
      expect(done).toMatchObject({ ended: 'cancelled', exitCode: 5, stdout: 'started\nstill here\n' });
    } finally {
      server.close();
      run[Symbol.dispose]();
    }
  });

  const { terraform } = lab;
  const state = z.object({ resources: z.array(z.object({ name: z.string() })) });
  const engines = (['tofu', 'terraform'] as const).filter((name) => terraform?.[name] !== undefined);

  describe('and applies', () => {
    let run: ScratchRun;
    const seconds = oddSeconds();
    beforeAll(() => {
      run = makeScratchRun();
      mkdirSync(join(run.folder, 'bin'));
      for (const name of engines) cpSync(terraform?.[name] ?? '', join(run.folder, 'bin', name), { dereference: true });
    });
    afterAll(() => run[Symbol.dispose]());

    it.each(engines)('with %s keeps the state of what was done', async (engine) => {
      const folder = join(run.clone, engine);
      mkdirSync(folder);
      writeFileSync(
        join(folder, 'main.tf'),
        `resource "terraform_data" "done" {}
resource "terraform_data" "slow" {
  depends_on = [terraform_data.done]
  provisioner "local-exec" {
    command = "echo started; exec sleep ${seconds}"
  }
}
resource "terraform_data" "after" {
  depends_on = [terraform_data.slow]
}
`,
      );
      await giveTo(runsUid, run.clone);
      const command = (...args: readonly string[]): InSandbox => ({
        argv: [`/bin-of-run/${engine}`, ...args],
        cwd: `/work/${engine}`,
        env: { CHECKPOINT_DISABLE: '1' },
        binds: [
          { from: run.clone, to: '/work', writable: true },
          { from: join(run.folder, 'bin'), to: '/bin-of-run', writable: false },
        ],
        wallMs: 100_000,
        options: { fileMb: 512 },
      });
      expect(await inSandbox('', command('init', '-input=false'))).toMatchObject({ exitCode: 0 });
      const stop = new AbortController();
      const apply = inSandbox('', {
        ...command('apply', '-auto-approve', '-input=false', '-no-color'),
        gentle: { graceMs: longGrace },
        signal: stop.signal,
        onLine: (_, line) => {
          if (line.includes('started')) stop.abort();
        },
      });
      const { ended, exitCode, stdout } = await apply;
      expect([ended, exitCode], stdout).toEqual(['cancelled', 1]);
      expect(stdout).toContain('Interrupt received');
      const { resources } = state.parse(JSON.parse(readFileSync(join(folder, 'terraform.tfstate'), 'utf8')));
      const names = resources.map(({ name }) => name);
      expect(names).toContain('done');
      expect(names).not.toContain('after');
      expect(running(seconds)).toEqual([]);
      // Nobody holds its lock.
      expect(readdirSync(folder)).not.toContain('.terraform.tfstate.lock.info');
    });
  });
});
