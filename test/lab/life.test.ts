import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere } from './available.ts';
import { isBuilt, openCache, programDirectory } from './cache.ts';
import { down } from './down.ts';
import { labEnv, runningLab } from './env.ts';
import type { LabEnv } from './lab-env.ts';
import { exchange } from './oidc/log-in.ts';
import { splitByPrograms } from './parts/index.ts';
import { isListening } from './port.ts';
import { isAlive, spawnDetached, stop } from './process.ts';
import { programNamed, programs } from './programs.ts';
import { type LabState, readState, statePath } from './state.ts';
import { kubectlAs, sampleOf } from './use-lab.ts';
import { askVault } from './vault/vault-api.ts';

/** Own caches, so that nothing here can touch a lab somebody works with; the built programs are linked in. */
const real = openCache();
const built = programs.every((program) => isBuilt(real, program));
const scratch = mkdtempSync(join(tmpdir(), 'castellan-life-'));
const { cache, environment } = newCache('main');

function newCache(name: string) {
  const root = join(scratch, name);
  const temp = join(scratch, `${name}-temp`);
  mkdirSync(temp);
  const env = { PATH: process.env['PATH'] ?? '', HOME: scratch, TMPDIR: temp, CASTELLAN_LAB_CACHE: root };
  const made = openCache(env);
  for (const key of readdirSync(real.programs)) symlinkSync(join(real.programs, key), join(made.programs, key));
  return { cache: made, environment: env };
}

function lab(args: readonly string[], env: NodeJS.ProcessEnv = environment) {
  return execa(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
}

async function assertNothingLeft(state: LabState): Promise<void> {
  expect(state.processes.filter(isAlive)).toEqual([]);
  expect(processesIn(state.directory)).toEqual([]);
  for (const port of Object.values(state.ports)) expect(await isListening(port), `port ${port}`).toBe(false);
  expect(existsSync(state.directory)).toBe(false);
  expect(readState(cache, state.name)).toBeUndefined();
}

/** Every process that works in a folder, also one that nobody wrote down. */
function processesIn(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false; // It ended while we were looking.
      }
    });
}

/** Starts a lab and returns when some of its processes exist but it is not up yet. */
async function halfStarted(name: string, isEnough = ({ processes }: LabState) => processes.length >= 2) {
  const starter = lab(['up', '--name', name]);
  for (;;) {
    const state = readState(cache, name);
    if (state !== undefined && isEnough(state)) return { starter, state };
    await sleep(10);
  }
}

afterAll(async () => {
  await lab(['down', '--all']);
  rmSync(scratch, { recursive: true, force: true });
});

if (!built && process.env['CI']) throw new Error('the lab is not built: run `npm run lab -- build`');

describe.skipIf(!built)('labs that come and go', () => {
  describe('side by side', () => {
    let left: LabEnv;
    let right: LabEnv;
    let said: string;

    beforeAll(async () => {
      const ups = await Promise.all([
        lab(['up', '--name', 'left']),
        lab(['up', '--name', 'left']),
        // One with its homelab, one without: both kinds are there, and only one takes its time.
        lab(['up', '--name', 'right', '--no-homelab']),
      ]);
      for (const one of ups) expect(one.exitCode, one.stderr).toBe(0);
      said = ups.map(({ stderr }) => stderr).join('\n');
      left = reach('left');
      right = reach('right');
    }, 600_000);

    function reach(name: string): LabEnv {
      const running = runningLab(cache, name);
      if (running === undefined) throw new Error(`lab ${name} is not up`);
      return labEnv(running);
    }

    it('two starts of one name start one lab', () => {
      expect(said.match(/lab left is up/g)).toHaveLength(1);
      expect(said.match(/lab left was already up/g)).toHaveLength(1);
    });

    it('a later up finds the lab and starts nothing', async () => {
      const before = readState(cache, 'left');
      const again = await lab(['up', '--name', 'left']);
      expect(again.stderr).toContain('lab left was already up');
      expect(again.stdout).toContain(left.config);
      expect(readState(cache, 'left')).toEqual(before);
    });

    it('share no port, no folder, no object and no credential', async () => {
      const ports = [readState(cache, 'left'), readState(cache, 'right')].flatMap((one) =>
        Object.values(one?.ports ?? {}),
      );
      expect(new Set(ports).size).toBe(ports.length);
      expect(sampleOf(left).namespaces).not.toEqual(sampleOf(right).namespaces);
      const seen = await kubectlAs('castellan', right, ['get', 'namespaces', '--output=name']);
      const names = seen.stdout.split('\n');
      expect(names).toEqual(expect.arrayContaining(sampleOf(right).namespaces.map((one) => `namespace/${one}`)));
      // What every cluster has (four), Castellan's and its keep's.
      const others = ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'castellan', 'castellan-keep'];
      expect(names).toHaveLength(sampleOf(right).namespaces.length + others.length);
      expect(right.homelab).toBeUndefined();
      expect(left.homelab).toBeDefined();
      const token = /token: (\S+)/.exec(readFileSync(left.kubeconfig.castellan, 'utf8'))?.[1] ?? '';
      const stranger = await execa(
        right.kubectl,
        [
          '--kubeconfig=/dev/null',
          `--server=${right.server}`,
          '--insecure-skip-tls-verify',
          `--token=${token}`,
          'get',
          'pods',
        ],
        { env: { HOME: scratch }, extendEnv: false, reject: false },
      );
      expect(stranger.stderr).toContain('must be logged in');
    });

    it('open no door of one with a key of the other', async () => {
      if (left.vault === undefined || right.vault === undefined) throw new Error('the labs have no Vault');
      if (left.postgres === undefined || right.postgres === undefined) throw new Error('the labs have no Postgres');
      if (left.oidc === undefined || right.oidc === undefined) throw new Error('the labs have no OpenID provider');
      const token = readFileSync(left.vault.rootTokenFile, 'utf8');
      const look = { addr: right.vault.addr, token };
      expect((await askVault(look, 'GET', 'auth/token/lookup-self')).status).toBe(403);
      const database = new URL(right.postgres.admin);
      database.password = new URL(left.postgres.admin).password;
      await expect(new Client(database.href).connect()).rejects.toMatchObject({ code: '28P01' });
      const secret = readFileSync(left.oidc.clientSecretFile, 'utf8');
      expect((await exchange(right.oidc, { grant_type: 'client_credentials' }, secret)).status).toBe(401);
    });

    it('reports every part, and healthy only while it is', async () => {
      const whole = await lab(['status', '--name', 'right', '--json']);
      expect(whole.exitCode).toBe(0);
      const { parts } = JSON.parse(whole.stdout);
      const started = splitByPrograms((program) => isThere(cache, program)).startable;
      expect(parts.map(({ part, health }: { part: string; health: string }) => [part, health]).sort()).toEqual(
        started.map(({ name }) => [name, 'healthy']).sort(),
      );

      const metrics = readState(cache, 'right')?.processes.find(({ part }) => part === 'metrics-server');
      if (metrics === undefined) throw new Error('metrics-server is not recorded');
      await stop(metrics);
      const broken = await lab(['status', '--name', 'right']);
      expect(broken.exitCode).toBe(1);
      expect(broken.stdout).toMatch(/metrics-server\s+gone/);
      expect((await lab(['env', '--name', 'right'])).exitCode).toBe(1);
    });

    it('stopping one leaves no trace of it and the other as it was', async () => {
      const state = readState(cache, 'right');
      if (state === undefined) throw new Error('lab right is not up');
      expect((await lab(['down', '--name', 'right'])).exitCode).toBe(0);
      await assertNothingLeft(state);
      expect((await lab(['status', '--name', 'left'])).exitCode).toBe(0);
      expect((await lab(['down', '--name', 'left'])).exitCode).toBe(0);
    });
  });

  it('down clears away what a killed starter left behind', async () => {
    const { starter, state } = await halfStarted('killed');
    starter.kill('SIGKILL');
    await starter;
    const now = readState(cache, 'killed') ?? state;
    expect(now.processes.filter(isAlive).length).toBeGreaterThanOrEqual(2);
    expect((await lab(['env', '--name', 'killed'])).exitCode).toBe(1);
    expect((await lab(['down', '--name', 'killed'])).exitCode).toBe(0);
    await assertNothingLeft(now);
    expect(existsSync(`${statePath(cache, 'killed')}.lock`)).toBe(false);
  });

  it('down stops an apply whose starter was killed', async () => {
    const applying = ({ processes }: LabState) => processes.some(({ part }) => part === 'terragrunt');
    const { starter, state } = await halfStarted('applying', applying);
    starter.kill('SIGKILL');
    await starter;
    expect((await lab(['down', '--name', 'applying'])).exitCode).toBe(0);
    await assertNothingLeft(state);
  });

  it('up clears away what a killed starter left behind, then starts anew', async () => {
    const { starter, state } = await halfStarted('again');
    starter.kill('SIGKILL');
    await starter;
    const old = readState(cache, 'again') ?? state;
    const up = await lab(['up', '--name', 'again', '--no-homelab']);
    expect(up.exitCode, up.stderr).toBe(0);
    expect(up.stderr).toContain('was left half started');
    expect(old.processes.filter(isAlive)).toEqual([]);
    expect(existsSync(old.directory)).toBe(false);
    expect((await lab(['down', '--name', 'again'])).exitCode).toBe(0);
  });

  it('an interrupted up stops what it had started', async () => {
    const { starter, state } = await halfStarted('interrupted');
    starter.kill('SIGTERM');
    const ended = await starter;
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain('interrupted by SIGTERM');
    await assertNothingLeft(state);
  });

  it('a part that fails ends the whole start, and its last words are shown', async () => {
    const other = newCache('failing');
    const key = programDirectory(other.cache, programNamed('kube-scheduler'));
    rmSync(key);
    mkdirSync(key);
    writeFileSync(join(key, 'kube-scheduler'), '#!/bin/sh\necho "the dice were lost"\nexit 3\n', { mode: 0o755 });
    const up = await lab(['up'], other.environment);
    expect(up.exitCode).toBe(1);
    expect(up.stderr).toContain('kube-scheduler ended before it was ready');
    expect(up.stderr).toContain('the dice were lost');
    expect(readState(other.cache, 'default')).toBeUndefined();
    expect(readdirSync(other.environment.TMPDIR)).toEqual([]);
  });
});

describe('stopping', () => {
  async function sleeper() {
    return spawnDetached({ file: '/bin/sleep', args: ['60'], cwd: scratch, log: join(scratch, 'sleeper.log') });
  }

  function written(name: string, change: Partial<LabState>): void {
    const state: LabState = {
      version: 1,
      name,
      phase: 'up',
      directory: change.directory ?? mkdtempSync(join(tmpdir(), 'castellan-lab-')),
      since: new Date().toISOString(),
      ports: {},
      processes: [],
      missing: [],
      pods: 60,
      ...change,
    };
    writeFileSync(statePath(cache, name), JSON.stringify(state));
  }

  it('stops a process of the lab that nobody wrote down, and nobody who merely stands in its folder', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'castellan-lab-'));
    const sleeping = { file: '/bin/sleep', args: ['60'], cwd: directory, log: join(scratch, 'sleeper.log') };
    const forgotten = await spawnDetached(sleeping);
    const visitor = await spawnDetached({ ...sleeping, env: { HOME: scratch } });
    try {
      written('forgetful', { directory });
      expect(await down(cache, 'forgetful')).toBe(true);
      expect(isAlive(forgotten)).toBe(false);
      expect(isAlive(visitor)).toBe(true);
    } finally {
      await stop(forgotten);
      await stop(visitor);
    }
  });

  it('leaves a stranger alone that was given the same pid', async () => {
    const stranger = await sleeper();
    try {
      written('stranger', {
        processes: [{ part: 'etcd', pid: stranger.pid, started: 'another time', needs: [], ports: [], log: '' }],
      });
      expect(await down(cache, 'stranger')).toBe(true);
      expect(isAlive(stranger)).toBe(true);
    } finally {
      await stop(stranger);
    }
    expect(isAlive(stranger)).toBe(false);
  });

  it('removes no folder that is not a lab’s', async () => {
    const precious = mkdtempSync(join(scratch, 'precious-'));
    written('misled', { directory: precious });
    await expect(down(cache, 'misled')).rejects.toThrow('is not a lab');
    expect(existsSync(precious)).toBe(true);
    rmSync(statePath(cache, 'misled'));
  });

  it('kills what does not listen to SIGTERM', async () => {
    const script = "trap '' TERM; while :; do sleep 0.1; done";
    const deaf = await spawnDetached({
      file: '/bin/sh',
      args: ['-c', script],
      cwd: scratch,
      log: join(scratch, 'deaf.log'),
    });
    await sleep(200); // Until the shell has set its trap; a shorter wait would only make the test pass sooner.
    await stop(deaf, 500);
    expect(isAlive(deaf)).toBe(false);
  });

  it('says of an unknown lab that it was not up', async () => {
    const done = await lab(['down', '--name', 'nobody']);
    expect(done.exitCode).toBe(0);
    expect(done.stderr).toContain('lab nobody was not up');
  });

  it.each(['../escape', 'Upper', '', 'a/b', '-dash'])('takes no lab name %j', async (name) => {
    const done = await lab(['down', `--name=${name}`]);
    expect(done.exitCode).toBe(1);
  });
});
