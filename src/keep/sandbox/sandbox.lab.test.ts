import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { createSandbox } from './sandbox.ts';
import { inSandbox, makeScratchRun, runsUid, sandboxOptions } from './scratch-run.fixture.ts';

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

await describeWithLab('the sandbox', (lab) => {
  const run = makeScratchRun();
  afterAll(() => run[Symbol.dispose]());
  const clone = { from: run.clone, to: '/work', writable: true };

  it('works here, and says so', async () => {
    expect(await createSandbox(sandboxOptions).probe()).toMatchObject({ works: true });
  });

  describe('gives a program', () => {
    it('its arguments, environment, folder and exit code', async () => {
      const lines: string[] = [];
      const done = await inSandbox('', {
        argv: [
          '/bin/sh',
          '-c',
          'printf "%s|" "$@"; echo "$A|$HOME|$TMPDIR|$PWD"; echo bad >&2; exit 7',
          'sh',
          '$(id)',
          ' *',
        ],
        env: { A: '`id` $B' },
        onLine: (stream, line) => lines.push(`${stream}: ${line}`),
      });
      expect(done).toEqual({
        exitCode: 7,
        ended: 'exit',
        stdout: '$(id)| *|`id` $B|/home/plan|/tmp|/tmp\n',
        stderr: 'bad\n',
      });
      expect(lines).toHaveLength(2);
    });

    it('a writable folder of its own, and keeps what it wrote', async () => {
      const done = await inSandbox('echo kept >/work/file && id -u', { binds: [clone], cwd: '/work' });
      expect(done).toMatchObject({ exitCode: 0, stdout: `${runsUid}\n` });
      expect(readFileSync(join(run.clone, 'file'), 'utf8')).toBe('kept\n');
      expect(statSync(join(run.clone, 'file')).uid).toBe(runsUid);
      const readOnly = await inSandbox('echo no >/work/file', { binds: [{ ...clone, writable: false }] });
      expect(readOnly.exitCode).not.toBe(0);
      expect(readFileSync(join(run.clone, 'file'), 'utf8')).toBe('kept\n');
    });

    it('a way to a socket, under its names, on ports below 1024 too, and no capability', async () => {
      const server: Server = createServer((socket) => socket.end('through the door'));
      const from = join(run.folder, 'door.sock');
      await new Promise<void>((resolve) => server.listen({ path: from, writableAll: true }, resolve));
      try {
        const done = await inSandbox(
          `perl -MIO::Socket::INET -e 'for (@ARGV) { my $s = IO::Socket::INET->new($_) or die "$_: $@"; print <$s>, "\\n" }' \\
             api.example.net:443 db.example.net:5432
           perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1:80", Listen => 1) ? "may" : "may not"'
           setpriv -d | grep -E 'Inheritable|Ambient'`,
          {
            sockets: [
              { from, port: 443, hosts: ['api.example.net'] },
              { from, port: 5432, hosts: ['db.example.net'] },
            ],
          },
        );
        expect(done.stderr).toBe('');
        expect(done.stdout).toBe(
          'through the door\nthrough the door\nmay notInheritable capabilities: [none]\nAmbient capabilities: [none]\n',
        );
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    });

    it('no more than the limits of one process', async () => {
      const limits = await inSandbox('ulimit -d; ulimit -f; ulimit -c; ulimit -Hn; ulimit -n 9999999');
      expect(limits.stdout).toBe(`${2_048 * 1024}\n${(64 * 1024 * 1024) / 512}\n0\n4096\n`);
      const big = await inSandbox('head -c 100000000 /dev/zero >/work/big', { binds: [clone] });
      expect(big.exitCode).not.toBe(0);
      const hungry = await inSandbox(`perl -e 'my $x = "a" x (1 << 28); print length $x'`, {
        options: { memoryMb: 64 },
      });
      expect(hungry.stdout).toBe('');
      const fits = await inSandbox(`perl -e 'my $x = "a" x (1 << 28); print length $x'`);
      expect(fits.stdout).toBe(String(1 << 28));
    });
  });

  it.runIf(process.getuid?.() === 0)('works for a keep that is not root, under the keep’s own user', () => {
    const fixture = fileURLToPath(new URL('./keep-to-look-into.fixture.ts', import.meta.url));
    const as = ['--reuid=61002', '--regid=61002', '--clear-groups', '--'];
    const keep = spawnSync('/usr/bin/setpriv', [...as, process.execPath, fixture], { encoding: 'utf8', env: {} });
    expect(keep.stderr).toBe('');
    expect(keep.stdout).toContain('uid=61002(plan)');
  });

  describe('does not show', () => {
    it.each([
      '/etc/shadow',
      '/etc/hostname',
      '/root',
      '/home/mira',
      '/proc',
      '/proc/self/environ',
      '/sys',
      '/var',
      '/run/docker.sock',
      '/var/run/docker.sock',
      '/run/dbus',
      '/dev/mem',
      '/dev/kmsg',
      '/dev/sda',
      '/dev/vda',
      '/dev/kvm',
      '/dev/fuse',
      '/dev/vsock',
      '/dev/shm/castellan',
    ])('%s', async (path) => {
      expect((await inSandbox(`test -e ${path} || test -L ${path}`)).exitCode).toBe(1);
    });

    it('the machine’s users', async () => {
      const { stdout } = await inSandbox('cat /etc/passwd; ls -A /tmp /home/plan');
      expect(stdout).not.toContain('root');
      expect(stdout).toMatch(/^plan:/);
    });

    it('the configuration of programs that were installed by hand', async () => {
      expect((await inSandbox('ls -A /usr/local/etc 2>/dev/null')).stdout).toBe('');
    });

    it('other runs, nor anything beside what was bound', async () => {
      using other = makeScratchRun();
      writeFileSync(join(other.clone, 'canary'), 'canary', { mode: 0o644 });
      const { exitCode } = await inSandbox(`ls -d ${other.folder} || ls -d ${run.folder}`, { binds: [clone] });
      expect(exitCode).not.toBe(0);
    });

    it('the environment of the keep, nor its descriptors, nor those it was itself started with', async () => {
      const held = openSync('/etc/passwd', 'r');
      try {
        const keep = spawnSync(
          process.execPath,
          [fileURLToPath(new URL('./keep-to-look-into.fixture.ts', import.meta.url))],
          {
            encoding: 'utf8',
            env: { CANARY: 'seen' },
            stdio: ['ignore', 'pipe', 'pipe', ...Array<'ignore'>(37).fill('ignore'), held],
          },
        );
        expect(keep.stderr).toBe('');
        expect(keep.stdout).toContain('HOME=/home/plan');
        expect(keep.stdout).not.toContain('seen');
        expect(keep.stdout).not.toContain('open:');
      } finally {
        closeSync(held);
      }
    });

    it('what is in its environment to anybody who looks at the list of processes', async () => {
      const secret = `s${randomBytes(12).toString('hex')}`;
      const seconds = oddSeconds();
      const stop = new AbortController();
      const sleeping = inSandbox(`exec sleep ${seconds}`, { env: { PASSWORD: secret }, signal: stop.signal });
      await expect.poll(() => running(seconds).length).toBeGreaterThan(0);
      expect(running(secret)).toEqual([]);
      stop.abort();
      expect(await sleeping).toMatchObject({ ended: 'cancelled' });
    });

    it('the host’s network, nor any other', async () => {
      const port = new URL(lab.server).port;
      const dial = (to: string): string =>
        `perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => "${to}", Timeout => 3) ? "reached" : "no: $!"'`;
      for (const to of [`127.0.0.1:${port}`, '1.1.1.1:443', '169.254.169.254:80']) {
        expect((await inSandbox(dial(to))).stdout).toMatch(/^no: /);
      }
    });

    it('sockets of the host without a file', async () => {
      const name = `castellan-${randomBytes(6).toString('hex')}`;
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(`\0${name}`, resolve));
      try {
        const dial = `perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); print connect(S, pack_sockaddr_un("\\0${name}")) ? "reached" : "no"'`;
        expect(execFileSync('/bin/sh', ['-c', dial], { encoding: 'utf8' })).toBe('reached');
        expect((await inSandbox(dial)).stdout).toBe('no');
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    });
  });

  describe('does not let a program', () => {
    /** Numbers of this machine, as the tests of the filter have them for both. */
    const call = (...numbers: readonly (number | string)[]): string =>
      `perl -e 'my ($t, $x) = ("/tmp", "tmpfs"); my $r = syscall(${numbers.join(', ')}); print $r < 0 ? "no: " . ($! + 0) : "yes"'`;
    const isX64 = process.arch === 'x64';

    it.each([
      ['trace others', call(isX64 ? 101 : 117, 16, 1, 0, 0)],
      ['join a keyring', call(isX64 ? 250 : 219, 1, 0)],
      ['read the keeper’s session keyring', call(isX64 ? 250 : 219, 0, '-3', 0)],
      ['make a namespace', call(isX64 ? 272 : 97, 0x1000_0000)],
      ['load a program into the kernel', call(isX64 ? 321 : 280, 0, 0, 0)],
      ['change its root', call(isX64 ? 161 : 51, '$t')],
      ['mount', call(isX64 ? 165 : 40, '$x, $t, $x', 0, 0)],
      ['read the kernel’s log', call(isX64 ? 103 : 116, 3, 0, 0)],
      ['push input into a terminal', call(isX64 ? 16 : 29, 0, 0x5412, '$t')],
    ])('%s', async (_, script) => {
      expect((await inSandbox(script)).stdout).toBe('no: 1');
    });

    it('make a namespace where listeners have a low port', async () => {
      const server: Server = createServer();
      const from = join(run.folder, 'door.sock');
      await new Promise<void>((resolve) => server.listen({ path: from, writableAll: true }, resolve));
      try {
        const script = `${call(isX64 ? 272 : 97, 0x1000_0000)}; unshare --user true || echo; setpriv -d | grep no_new`;
        const { stdout } = await inSandbox(script, { sockets: [{ from, port: 80, hosts: [] }] });
        expect(stdout).toBe('no: 1\nno_new_privs: 1\n');
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    });

    it('speak to the hypervisor', async () => {
      const { stdout } = await inSandbox(
        `perl -MSocket -e 'print socket(S, 40, SOCK_STREAM, 0) ? "yes" : "no: " . ($! + 0)'`,
      );
      expect(stdout).toBe('no: 97');
    });

    it('become somebody else', async () => {
      const { stdout } = await inSandbox(
        'find / -xdev -perm /6000 -type f 2>/dev/null | head -1; su -c id 2>/dev/null; id -u; setpriv -d',
      );
      expect(stdout).toContain(`${runsUid}\n`);
      expect(stdout).toContain('no_new_privs: 1');
      expect(stdout).not.toContain('uid=0');
    });

    it('write anywhere but to its own places', async () => {
      const { stdout } = await inSandbox(
        'for place in / /etc /usr /usr/local /dev /dev/shm /run /home /bin /lib; do touch "$place/x" 2>/dev/null && echo "$place"; done; true',
      );
      expect(stdout).toBe('');
    });

    it('fill the machine’s memory with files', async () => {
      const fill = (place: string): string =>
        `for n in 1 2 3 4 5; do head -c 30000000 /dev/zero >>${place}/f$n 2>/dev/null || { echo full; break; }; done; rm -f ${place}/f*`;
      expect((await inSandbox(fill('/tmp'))).stdout).toBe('full\n');
      expect((await inSandbox(fill('/home/plan'))).stdout).toBe('full\n');
      // The bound folder has no size of its own: writing on ends the run.
      const endless = 'n=0; while :; do n=$((n+1)); head -c 8000000 /dev/zero >/work/f$n || exit 1; sleep 0.05; done';
      expect(await inSandbox(endless, { binds: [clone] })).toMatchObject({ ended: 'too-much-output' });
      execFileSync('/bin/sh', ['-c', `rm -f ${run.clone}/f*`]);
    });
  });

  describe('ends', () => {
    it('at its output’s limit', async () => {
      const done = await inSandbox('yes', { outputBytes: 10_000 });
      expect(done).toMatchObject({ ended: 'too-much-output', exitCode: undefined });
      expect(done.stdout).toHaveLength(10_000);
    });

    it('at its time’s limit, with everything that hid from it', async () => {
      const seconds = oddSeconds();
      const hide = `setsid sleep ${seconds} & nohup sleep ${seconds} >/dev/null 2>&1 & (sh -c 'sleep ${seconds} & exec sleep ${seconds}' &) ; trap '' TERM INT HUP; sleep ${seconds}`;
      const hiding = inSandbox(hide, { wallMs: 2_500 });
      await expect.poll(() => running(seconds).length).toBeGreaterThan(3);
      expect(await hiding).toMatchObject({ ended: 'timeout', exitCode: undefined });
      expect(running(seconds)).toEqual([]);
    });

    it('with its program, whatever that left behind', async () => {
      const seconds = oddSeconds();
      const done = await inSandbox(`setsid nohup sleep ${seconds} >/dev/null 2>&1 & sleep 0.1; exit 0`);
      expect(done).toMatchObject({ ended: 'exit', exitCode: 0 });
      expect(running(seconds)).toEqual([]);
    });

    it('when it is called off, also before it began', async () => {
      expect(await inSandbox('sleep 60', { signal: AbortSignal.abort() })).toMatchObject({ ended: 'cancelled' });
      const stop = new AbortController();
      const cancelled = inSandbox('echo started; sleep 60', { signal: stop.signal, onLine: () => stop.abort() });
      expect(await cancelled).toMatchObject({ ended: 'cancelled', stdout: 'started\n' });
    });

    it('by a signal, and says so', async () => {
      expect(await inSandbox('kill -9 $$')).toMatchObject({ ended: 'signal', exitCode: undefined });
    });

    it('with all its program bred, which is never more than one run’s share', async () => {
      const breed = `perl -e 'my $n = 0; while ($n < 900) { my $p = fork; last unless defined $p; if (!$p) { sleep 99; exit } $n++ } print $n; exit 3'`;
      const options = { processes: 50 };
      const [one, other] = await Promise.all([inSandbox(breed, { options }), inSandbox(breed, { options })]);
      for (const { exitCode, stdout } of [one, other]) {
        expect(exitCode).toBe(3);
        expect(Number(stdout)).toBeGreaterThan(40);
        expect(Number(stdout)).toBeLessThan(50);
      }
      const bomb = inSandbox(`perl -e 'fork while 1'`, { wallMs: 3_000, options });
      expect((await inSandbox('sh -c true && echo fine', { options })).stdout).toBe('fine\n');
      expect(await bomb).toMatchObject({ ended: 'timeout' });
    });

    it('when it is called off at whatever moment of its start, without a trace', async () => {
      const seconds = oddSeconds();
      for (let moment = 0; moment < 40; moment += 1) {
        const stop = new AbortController();
        const starting = inSandbox(`sleep ${seconds}`, { signal: stop.signal });
        setTimeout(() => stop.abort(), moment);
        expect(await starting).toMatchObject({ ended: 'cancelled' });
      }
      expect(running(seconds)).toEqual([]);
    });

    it('before it began, when the keep is killed while it starts', async () => {
      const seconds = oddSeconds();
      for (let moment = 0; moment < 8; moment += 1) {
        const keep = spawn(
          process.execPath,
          [fileURLToPath(new URL('./keep-to-kill.fixture.ts', import.meta.url)), seconds, '6'],
          {
            stdio: 'ignore',
          },
        );
        await expect.poll(() => running(seconds).length, { interval: 1 }).toBeGreaterThan(1 + moment);
        keep.kill('SIGKILL');
      }
      // A new keep's first run ends what could not end by itself; nothing of that ran.
      await inSandbox('true');
      await expect.poll(() => running(seconds)).toEqual([]);
    });

    it('with bubblewrap, when that is killed', async () => {
      const seconds = oddSeconds();
      const killed = inSandbox(`setsid sleep ${seconds} & sleep ${seconds}`);
      await expect.poll(() => running(`sleep\0${seconds}`).length).toBe(2);
      const [outer = ''] = running('--info-fd').filter((pid) => running(seconds).includes(pid));
      process.kill(Number(outer), 'SIGKILL');
      expect(await killed).toMatchObject({ ended: 'signal' });
      expect(running(seconds)).toEqual([]);
    });

    it('with the keep, when that is killed', async () => {
      const seconds = oddSeconds();
      const keep = spawn(
        process.execPath,
        [fileURLToPath(new URL('./keep-to-kill.fixture.ts', import.meta.url)), seconds],
        {
          stdio: 'ignore',
        },
      );
      await expect.poll(() => running(`sleep\0${seconds}`).length).toBe(2);
      keep.kill('SIGKILL');
      await expect.poll(() => running(seconds)).toEqual([]);
    });
  });

  it('leaves nothing of its own on the machine', () => {
    expect(existsSync('/tmp/castellan-init')).toBe(false);
    expect(readdirSync(run.folder).filter((name) => name !== 'clone')).toEqual([]);
  });
});
