import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunView } from '../../change/wire/run.ts';
import { buildProgram } from '../program.ts';
import { runCommand } from '../run-command.ts';
import type { Terminal } from '../terminal.ts';
import { confirmed } from './confirm.ts';
import { linesOf } from './consent.ts';
import { assertCounted, assertRoot, writeRootFile } from './root-file.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-keep-cli-')));
afterAll(() => {
  rmSync(folder, { recursive: true });
  process.exitCode = 0;
});

function terminal(answer?: string): Terminal & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    colour: false,
    interactive: false,
    ...(answer === undefined ? {} : { ask: async () => answer }),
  };
}

async function run(...words: readonly string[]): Promise<{ code: number; text: string }> {
  const shown = terminal();
  const program = buildProgram({ terminal: shown, environment: {}, cwd: folder, groups: [] });
  const code = await runCommand(program, words, shown);
  process.exitCode = 0;
  return { code, text: shown.lines.join('\n') };
}

describe('castellan freeze', () => {
  it('puts a file into the folder that anybody may write to, each time another', async () => {
    expect((await run('freeze', '--directory', folder)).code).toBe(0);
    expect((await run('freeze', '--directory', folder)).text).toContain('that takes root');
    expect(readdirSync(folder).filter((name) => name.startsWith('freeze-'))).toHaveLength(2);
  });

  it('says that nothing is frozen when it could not', async () => {
    const { code, text } = await run('freeze', '--directory', join(folder, 'absent'));
    expect(code).toBe(1);
    expect(text).toContain('freeze-failed');
    expect(text).toContain('systemctl stop castellan-keep');
  });
});

describe('castellan keep', () => {
  it('says what is missing before it starts, whatever the environment says', async () => {
    const shown = terminal();
    const environment = { CASTELLAN_CONFIG: join(folder, 'mine.yaml'), HOME: folder };
    const program = buildProgram({ terminal: shown, environment, cwd: folder, groups: [] });
    await runCommand(program, ['keep', '--config', 'keep.yaml'], shown);
    process.exitCode = 0;
    expect(shown.lines.join('\n')).toContain(`error config-not-found: ${join(folder, 'keep.yaml')} does not exist`);
  });
});

describe('what only root may say', () => {
  it('is refused to anybody else', () => {
    expect(() => assertRoot('this', 61_001)).toThrow(expect.objectContaining({ code: 'root-needed' }));
    expect(() => assertRoot('this', 0)).not.toThrow();
  });

  it('is not said where it is not heard', () => {
    expect(() => assertCounted({ boundary: 'same user' })).toThrow(
      expect.objectContaining({ code: 'root-not-counted' }),
    );
    expect(() => assertCounted({ boundary: 'separate user' })).not.toThrow();
  });

  it('is written for root alone, and never where others could change it', () => {
    const file = join(folder, 'keep.yaml');
    if (process.geteuid?.() !== 0) {
      // What is not root's does not count, so it is not written either.
      expect(() => writeRootFile(file, 'adopted', 'x')).toThrow(expect.objectContaining({ code: 'root-file-unsafe' }));
      return;
    }
    const written = writeRootFile(file, 'consents/abc', 'one');
    writeRootFile(file, 'consents/abc', 'two');
    expect(readFileSync(written, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(written).mode & 0o022).toBe(0);
    chmodSync(written, 0o666);
    expect(() => writeRootFile(file, 'consents/abc', 'x')).toThrow(
      expect.objectContaining({ code: 'root-file-unsafe' }),
    );
    chmodSync(folder, 0o777);
    expect(() => writeRootFile(file, 'adopted', 'x')).toThrow(expect.objectContaining({ code: 'root-file-unsafe' }));
    chmodSync(folder, 0o700);
  });

  it('is done once it was typed again, or told not to ask, and never where nobody sits', async () => {
    expect(await confirmed(terminal('run_a '), 'run_a', false)).toBe(true);
    expect(await confirmed(terminal('yes'), 'run_a', false)).toBe(false);
    expect(await confirmed(terminal(), 'run_a', true)).toBe(true);
    await expect(confirmed(terminal(), 'run_a', false)).rejects.toMatchObject({ code: 'confirmation-needed' });
  });
});

describe('what is shown before somebody consents', () => {
  it('is stack, files, findings and digest, and no letter that a terminal obeys', () => {
    const view: RunView = {
      id: `run_${'a'.repeat(26)}`,
      stack: 'stacks/mail',
      state: 'needs-consent',
      createdAt: '',
      changedAt: '',
      agent: 'agent:claude\u001b[2J',
      human: 'human:alice\u202e',
      base: '1'.repeat(40),
      proposed: '2'.repeat(40),
      changedFiles: [{ path: 'scripts/a\nrun_evil.sh', change: 'added' }],
      findings: [
        { rule: 'edit-executable', verdict: 'consent', file: 'scripts/a.sh', line: 3, message: 'is\r executable' },
      ],
      took: {},
    };
    const lines = linesOf(view, 'c'.repeat(64));
    const text = lines.join('\n');
    expect(text).toContain('consent   '.concat('c'.repeat(64)));
    expect(text).toContain('  added    scripts/a run_evil.sh');
    expect(text).toContain('  consent  edit-executable scripts/a.sh:3: is executable');
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]*$/);
  });
});
