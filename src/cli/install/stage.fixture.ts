import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { runCommand } from '../run-command.ts';
import type { CliContext } from '../terminal.ts';
import { installCommand } from './command.ts';
import { uninstallCommand } from './uninstall.ts';

export const isRoot = process.geteuid?.() === 0;
const me = process.geteuid?.() ?? 0;
const group = process.getegid?.() ?? 0;

/** Numbers that may be given away: free ones where this is root, else one's own. */
export const ids = isRoot
  ? { uid: 61_001, gid: 61_001, agents: 61_002, humans: 61_003, fingerprinter: { uid: 61_004, gid: 61_005 } }
  : { uid: me, gid: group, agents: group, humans: group, fingerprinter: { uid: me, gid: group } };

/** Whoever stages. */
export const owner = { uid: me, gid: isRoot ? 0 : group };

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder to stage into, and the commands as they are typed. */
export class Stage implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'castellan-stage-'));

  constructor() {
    chmodSync(this.root, 0o755);
  }

  at(path: string): string {
    return join(this.root, path);
  }

  install(...words: readonly string[]): Promise<Ran> {
    const numbers = ['--uid', ids.uid, '--gid', ids.gid, '--agents-gid', ids.agents, '--humans-gid', ids.humans];
    const other = ['--fingerprinter-uid', ids.fingerprinter.uid, '--fingerprinter-gid', ids.fingerprinter.gid];
    return run(['install', '--root', this.root, ...[...numbers, ...other].map(String), ...words]);
  }

  uninstall(...words: readonly string[]): Promise<Ran> {
    return run(['uninstall', '--root', this.root, ...words]);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

async function run(words: readonly string[], environment: CliContext['environment'] = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    colour: false,
    interactive: false,
  };
  const context: CliContext = { terminal, environment, cwd: tmpdir(), groups: [] };
  const program = new Command('castellan').addCommand(installCommand(context)).addCommand(uninstallCommand(context));
  const code = await runCommand(program, words, terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}
