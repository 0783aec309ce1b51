import { spawn } from 'node:child_process';
import { chownSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { Stage } from './own-stage.ts';

const mainFile = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** The stage's keep again, as root under the seat belt, with the fingerprinter as its child: under `uid`, or as root too. */
export interface BeltedKeep extends AsyncDisposable {
  /** Undefined while there is none. */
  child(): { readonly pid: number; readonly uid: number } | undefined;
  stop(signal: NodeJS.Signals): Promise<void>;
}

export async function startBelted({ keep, fingerprinter }: Stage, uid: number | undefined): Promise<BeltedKeep> {
  for (const own of [keep.state, keep.work, dirname(keep.socket), dirname(keep.humanSocket), keep.infra.remote]) {
    giveTree(own, 0);
  }
  for (const own of [fingerprinter.state, dirname(fingerprinter.socket)]) giveTree(own, uid ?? 0);
  const config = parse(readFileSync(keep.configFile, 'utf8'));
  config.vault.fingerprinter = {
    socket: fingerprinter.socket,
    config: fingerprinter.configFile,
    ...(uid === undefined ? {} : { uid }),
  };
  writeFileSync(keep.configFile, stringify(config));
  const started = spawn(process.execPath, [mainFile, 'keep', '--seat-belt', '--config', keep.configFile], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const printed: string[] = [];
  const ended = new Promise<void>((resolve) => started.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: started.stderr }).on('line', (line) => {
      printed.push(line);
      if (line.includes('keep.serving')) resolve();
    });
    started.once('exit', () => reject(new Error(`castellan keep --seat-belt ended:\n${printed.join('\n')}`)));
  });
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (started.exitCode === null && started.signalCode === null) started.kill(signal);
    await ended;
  };
  return {
    child: () => childOf(started.pid ?? -1, fingerprinter.configFile),
    stop,
    [Symbol.asyncDispose]: () => stop('SIGTERM'),
  };
}

function childOf(parent: number, configFile: string) {
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) !== parent) continue;
      if (!readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(configFile)) continue;
      return { pid: Number(name), uid: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) };
    } catch {
      // It ended while it was looked at.
    }
  }
  return undefined;
}

function giveTree(path: string, owner: number): void {
  chownSync(path, owner, owner);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) {
    const inner = join(path, name);
    if (!statSync(inner).isSocket()) giveTree(inner, owner);
  }
}
