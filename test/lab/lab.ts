import { join } from 'node:path';
import { isThere, pathOf } from './available.ts';
import type { Cache } from './cache.ts';
import { pkiFile } from './pki.ts';
import { type LabState, writeState } from './state.ts';

/** A lab as its parts see it: where its files are and which ports it has. */
export class Lab {
  readonly state: LabState;
  /** Fires when starting it is given up: a part failed, or whoever started it was interrupted. */
  readonly signal: AbortSignal | undefined;
  readonly #cache: Cache;

  constructor(cache: Cache, state: LabState, signal?: AbortSignal) {
    this.#cache = cache;
    this.state = state;
    this.signal = signal;
  }

  /** Writes down what is known of the lab, so that `down` finds every process of it. */
  save(): void {
    writeState(this.#cache, this.state);
  }

  get name(): string {
    return this.state.name;
  }

  has(name: string): boolean {
    return isThere(this.#cache, name);
  }

  /** Where a program is. Throws when the machine lacks it. */
  program(name: string): string {
    return pathOf(this.#cache, name);
  }

  /** A file of a program's `extra` folder. */
  extra(name: string, ...path: string[]): string {
    return join(this.program(name), '..', 'extra', ...path);
  }

  path(...parts: string[]): string {
    return join(this.state.directory, ...parts);
  }

  pki(file: string): string {
    return pkiFile(this.state.directory, file);
  }

  port(name: string): number {
    const port = this.state.ports[name];
    if (port === undefined) throw new Error(`this lab has no port for ${name}`);
    return port;
  }

  get server(): string {
    return `https://127.0.0.1:${this.port('kube-apiserver')}`;
  }

  kubeconfig(who: string): string {
    return this.path('kubeconfig', `${who}.yaml`);
  }
}
