import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeMissing, isThere } from './available.ts';
import type { Cache } from './cache.ts';
import { writeCastellanConfig } from './castellan-config.ts';
import { down } from './down.ts';
import { labEnv } from './env.ts';
import { homelab } from './homelab/homelab.ts';
import { loadHomelab } from './homelab/load.ts';
import { Lab } from './lab.ts';
import { withLock } from './lock.ts';
import { type Ingredient, type Part, splitByPrograms } from './parts/index.ts';
import { assertOpenssl, makePki } from './pki.ts';
import { freePorts } from './port.ts';
import { isAlive, lastLines, spawnDetached } from './process.ts';
import { loadSample } from './sample/load.ts';
import { type LabState, labNames, readState, statePath, writeState } from './state.ts';

export interface UpOptions {
  readonly name: string;
  readonly pods: number;
  /** Whether its stacks are applied: most of what starting a lab takes. */
  readonly homelab: boolean;
  readonly say: (line: string) => void;
}

const readyWithin = 60_000;

/** Finds the lab of that name, or starts it. A lab that was left half started, or has lost a process, is cleared away first. */
export async function up(cache: Cache, options: UpOptions): Promise<{ lab: Lab; started: boolean }> {
  const waiting = () => options.say(`another process is working on lab ${options.name}: waiting for it`);
  return withLock(`${statePath(cache, options.name)}.lock`, waiting, async () => {
    const found = readState(cache, options.name);
    if (found?.phase === 'up' && found.processes.every(isAlive)) {
      if (found.pods !== options.pods) options.say(`it has ${found.pods} pods: how many is chosen when it is started`);
      return { lab: new Lab(cache, found), started: false };
    }
    if (found !== undefined) {
      options.say(`lab ${options.name} was left ${found.phase === 'up' ? 'broken' : 'half started'}: clearing it away`);
      await down(cache, options.name);
    }
    return { lab: await start(cache, options), started: true };
  });
}

async function start(cache: Cache, options: UpOptions): Promise<Lab> {
  await assertOpenssl();
  const { startable, missing } = splitByPrograms((program) => isThere(cache, program));
  for (const line of describeMissing(cache, missing)) options.say(`left out: ${line}`);
  // Some parts need no program, but all that `env` says begins with the cluster.
  if (!startable.some((part) => part.name === 'kube-apiserver'))
    throw new Error('there is no lab without an API server');
  const state = await writeDown(cache, options, startable, missing);
  const givenUp = new AbortController();
  const interruption = watchForInterruption(givenUp);
  const lab = new Lab(cache, state, givenUp.signal);
  try {
    mkdirSync(lab.path('logs'), { mode: 0o700 });
    await makePki(state.directory);
    await startParts(lab, startable, givenUp, options.say);
    if (startable.some((part) => part.name === 'kwok')) await loadSample(lab, options.pods, options.say);
    if (options.homelab && !state.missing.includes(homelab.name)) await loadHomelab(lab, labEnv(lab), options.say);
    writeCastellanConfig(lab);
    // Past this line the lab is up: an interruption that came until now must not leave it behind.
    givenUp.signal.throwIfAborted();
    state.phase = 'up';
    writeState(cache, state);
    return lab;
  } catch (cause) {
    // No part is being started any more when this is reached, so everything there is has been written down.
    await down(cache, options.name);
    throw givenUp.signal.aborted ? givenUp.signal.reason : cause;
  } finally {
    interruption.forget();
  }
}

/** Labs that start at the same moment must not find the same ports free: one at a time looks, and writes down what it takes. */
async function writeDown(
  cache: Cache,
  options: UpOptions,
  startable: readonly Part[],
  missing: readonly Ingredient[],
): Promise<LabState> {
  return withLock(
    join(cache.labs, 'ports.lock'),
    () => undefined,
    async () => {
      const others = labNames(cache).flatMap((name) => Object.values(readState(cache, name)?.ports ?? {}));
      const ports = await freePorts(
        startable.flatMap((part) => part.ports),
        new Set(others),
      );
      // From here to writing it down nothing may wait: a folder nobody knows of would stay for ever.
      const state: LabState = {
        version: 1,
        name: options.name,
        phase: 'starting',
        directory: mkdtempSync(join(tmpdir(), 'castellan-lab-')),
        since: new Date().toISOString(),
        ports,
        processes: [],
        missing: missing.map(({ name }) => name),
        pods: options.pods,
      };
      writeState(cache, state);
      return state;
    },
  );
}

/**
 * Each part starts the moment all it needs are ready, side by side with the others. The first failure gives up the rest and
 * is what is thrown; returns and throws only when no part is being started any more.
 */
async function startParts(
  lab: Lab,
  startable: readonly Part[],
  givenUp: AbortController,
  say: (line: string) => void,
): Promise<void> {
  const ready = new Map<string, Promise<void>>();
  for (const part of startable) {
    const needs = part.needs.map((need) => ready.get(need));
    const started = Promise.all(needs).then(async () => {
      givenUp.signal.throwIfAborted();
      const begun = Date.now();
      await startPart(lab, part, givenUp.signal);
      say(`${part.name} is ready (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    });
    ready.set(
      part.name,
      started.catch((cause: unknown) => {
        givenUp.abort(cause); // Only the first reason is kept.
        throw cause;
      }),
    );
  }
  await Promise.allSettled(ready.values());
  givenUp.signal.throwIfAborted();
}

async function startPart(lab: Lab, part: Part, signal: AbortSignal): Promise<void> {
  await part.prepare?.(lab);
  signal.throwIfAborted();
  const log = lab.path('logs', `${part.name}.log`);
  const running = await spawnDetached({ ...part.command(lab), cwd: lab.path(), log });
  const ports = part.ports.map((port) => lab.port(port));
  lab.state.processes.push({ part: part.name, ...running, needs: [...part.needs], ports, log });
  lab.save();
  const deadline = Date.now() + readyWithin;
  for (;;) {
    const ended = !isAlive(running);
    if (ended || Date.now() > deadline) {
      const what = ended ? 'ended before it was ready' : `was not ready after ${readyWithin / 1000} s`;
      throw new Error(`${part.name} ${what}; the last it printed:\n${lastLines(log)}`);
    }
    if (await part.ready(lab)) break;
    await sleep(50, undefined, { signal });
  }
  await part.settle?.(lab);
}

function watchForInterruption(givenUp: AbortController): { forget(): void } {
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const giveUp = (signal: NodeJS.Signals) => givenUp.abort(new Error(`interrupted by ${signal}; all is stopped again`));
  for (const signal of signals) process.on(signal, giveUp);
  return {
    forget() {
      for (const signal of signals) process.off(signal, giveUp);
    },
  };
}
