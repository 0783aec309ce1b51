import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FingerprinterScratch, silent } from './scripted-vault.fixture.ts';
import { commandOf, startFingerprinter } from './start.ts';

interface Begun {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Stands in for this program: writes down how it was started, and lives until its stdin ends. */
function standIn(scratch: FingerprinterScratch): { main: string; begun(): readonly Begun[] } {
  const main = join(scratch.folder, 'main.mjs');
  const notes = join(scratch.folder, 'notes');
  writeFileSync(notes, '');
  writeFileSync(
    main,
    `import { appendFileSync } from 'node:fs';
const { pid, argv, execArgv, env } = process;
appendFileSync(${JSON.stringify(notes)}, JSON.stringify({ pid, argv: argv.slice(2), execArgv, env }) + '\\n');
process.stdin.once('end', () => process.exit(0)).resume();
process.on('SIGTERM', () => process.exit(0));
`,
  );
  return {
    main,
    begun: () =>
      readFileSync(notes, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  };
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the fingerprinter under the keep', () => {
  it('is started with nothing of the keep’s environment, again when it dies, and ended with the keep', async () => {
    using scratch = new FingerprinterScratch();
    const { main, begun } = standIn(scratch);
    const child = startFingerprinter({
      program: { node: process.execPath, main },
      config: '/etc/castellan/fingerprinter.yaml',
      seatBelt: true,
      log: silent,
      firstPauseMs: 10,
    });
    await expect.poll(() => begun().length).toBe(1);
    const [first] = begun();
    expect(first).toMatchObject({
      argv: ['--config', '/etc/castellan/fingerprinter.yaml', 'fingerprinter', '--with-keep', '--seat-belt'],
      execArgv: ['--disable-sigusr1'],
    });
    expect(Object.keys(first?.env ?? {}).sort()).toEqual(['HOME', 'LC_ALL', 'PATH']);
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => begun().length).toBe(2);
    await child[Symbol.asyncDispose]();
    const pids = begun().map(({ pid }) => pid);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('may leave no core file, where prlimit is there', () => {
    const [program, ...rest] = commandOf({
      program: { node: '/usr/bin/node', main: '/m.js' },
      config: '/f.yaml',
      seatBelt: false,
    });
    if (program === '/usr/bin/prlimit') expect(rest.slice(0, 3)).toEqual(['--core=0:0', '--', '/usr/bin/node']);
    else expect(program).toBe('/usr/bin/node');
    expect(rest).not.toContain('--seat-belt');
  });
});
