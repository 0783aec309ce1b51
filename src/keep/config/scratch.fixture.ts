import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CastellanError } from '../../kit/index.ts';
import { loadKeepConfig } from './load.ts';
import type { KeepConfig } from './valid.ts';

export const someCommit = '0123456789abcdef0123456789abcdef01234567';

/** A folder with all that a keep.yaml names, owned by whoever runs the tests. */
export class KeepScratch implements Disposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-keep-')));

  constructor() {
    this.write('bin/tofu', '#!/bin/sh\n', 0o755);
    mkdirSync(join(this.folder, 'mirror/registry.opentofu.org'), { recursive: true });
  }

  write(name: string, text: string, mode = 0o600): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(path, text, { mode });
    // The mode of a new file is subject to the umask, and that of an old one is kept.
    chmodSync(path, mode);
    return path;
  }

  /** The least that is valid; `profile` is added to the one profile, `more` to the top. */
  yaml({ profile = '', more = '', repository = '' } = {}): string {
    const lines = (text: string, indent: string): string =>
      text === ''
        ? ''
        : `${text
            .split('\n')
            .map((line) => `${indent}${line}`)
            .join('\n')}\n`;
    return `repository:
  url: https://git.example.net/infra.git
  trustedBase: ${someCommit}
${lines(repository, '  ')}profiles:
  - name: plain
    stacks: ['stacks/*']
    runner: { kind: tofu, program: ${this.folder}/bin/tofu }
    state: { kind: none }
    providerMirror: ${this.folder}/mirror
${lines(profile, '    ')}${lines(more, '')}`;
  }

  load(text = this.yaml()): KeepConfig {
    return loadKeepConfig(this.write('keep.yaml', text), { seatBelt: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The error a call throws; fails when it throws none, or one that is not ours. */
export function refusedBy(call: () => unknown): CastellanError {
  try {
    call();
  } catch (error) {
    if (error instanceof CastellanError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
