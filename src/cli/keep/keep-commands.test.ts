import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { changeOf, setId } from '../../../tools/iac/change.fixture.ts';
import type { KeepState } from '../../change/wire/protocol.ts';
import type { RunView } from '../../change/wire/run.ts';
import { stripHiddenCharacters } from '../../kit/index.ts';
import { buildProgram } from '../program.ts';
import { runCommand } from '../run-command.ts';
import type { Terminal } from '../terminal.ts';
import { openBrowser } from './browser.ts';
import { setLines, showRun, showSet } from './change-words.ts';
import { assertRoot } from './root.ts';

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
    expect((await run('freeze', '--directory', folder)).text).toContain('that takes an approver');
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

describe('what only root may do', () => {
  it('is refused to anybody else', () => {
    expect(() => assertRoot('this', 61_001)).toThrow(expect.objectContaining({ code: 'root-needed' }));
    expect(() => assertRoot('this', 0)).not.toThrow();
  });
});

describe('castellan changes and show', () => {
  const state: KeepState = {
    version: '1',
    boundary: 'separate user',
    problems: [],
    console: 'http://castellan.localhost:8790',
  };
  const now = new Date('2026-03-01T10:00:00.000Z');

  it('tell a line a set, by what matters most in it, and no letter that a terminal obeys', () => {
    const other = { id: `chg_${'a'.repeat(26)}`, order: 2, of: 2, stack: 'stacks/blog', state: 'interrupted' } as const;
    const lines = setLines([changeOf({ agent: 'agent:x\u001b[2J', of: 2 }), changeOf(other)], now);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('INTERRUPTED');
    expect(lines[0]).toContain('(and 1 more)');
    for (const line of lines) expect(stripHiddenCharacters(line)).toBe(line);
  });

  it('show who asks, why, what it would do, and where it is decided: nowhere in a terminal', () => {
    const text = showSet([changeOf({ reason: 'it\nis killed\u001b[2J' })], { ...state, frozenSince: 'now' }, now).join(
      '\n',
    );
    expect(text).toContain('asked by  agent:claude for human:robin');
    expect(text).toContain('because   it is killed (their words)');
    expect(text).toContain('FROZEN');
    expect(text).toContain('+ memory: 320Mi');
    expect(text).toContain(`decide at http://castellan.localhost:8790/#/${setId}`);
    expect(stripHiddenCharacters(text)).toBe(text);
  });

  it('take no id that is none, and say so before anybody is asked', async () => {
    expect((await run('show', 'stacks/mail')).text).toContain('id-unknown');
  });

  it('open no page but that of the keep', async () => {
    const shown = terminal();
    await openBrowser('the keep is not served', shown, '/nonexistent');
    await openBrowser('http://castellan.localhost:8790/#/x', shown, '/nonexistent');
    expect(shown.lines).toEqual([
      'there is no page to open',
      'no browser could be opened here: open http://castellan.localhost:8790/#/x yourself',
    ]);
  });
});

describe('what is shown of a run that waits for consent', () => {
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
    const lines = showRun(view, { version: '1', boundary: 'separate user', problems: [] });
    const text = lines.join('\n');
    expect(text).toContain('Consent lets exactly this be parsed');
    expect(text).toContain('  added    scripts/a run_evil.sh');
    expect(text).toContain('  consent  edit-executable scripts/a.sh:3: is executable');
    for (const line of lines) expect(stripHiddenCharacters(line)).toBe(line);
  });
});
