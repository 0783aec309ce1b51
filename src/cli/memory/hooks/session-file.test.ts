import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logLine } from './hooks-log.ts';
import { hooksFolder, nothingShown, readSession, sessionFile, writeSession } from './session-file.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-hooks-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const state = { shown: [{ ref: 'm12', place: 1 }], compacting: false };

describe('what a session was shown', () => {
  it.each([
    '../../../etc/cron.d/x',
    '/etc/passwd',
    '..',
    '.',
    '',
    'a/b',
    'a\\b',
    'a\0b',
    'x'.repeat(5_000),
    '~root',
    'ж',
    '-rf',
  ])('is kept in its own folder, whatever the session is called: %j', (session) => {
    writeSession(home, session, state);
    expect(dirname(sessionFile(home, session))).toBe(hooksFolder(home));
    expect(readdirSync(home)).toEqual(['hooks']);
    expect(readdirSync(hooksFolder(home))).toEqual([expect.stringMatching(/^[0-9a-f]{40}\.json$/)]);
    expect(readSession(home, session)).toEqual(state);
  });

  it('is told apart by session, and readable by its owner alone', () => {
    writeSession(home, 'one-session', state);
    expect(readSession(home, 'another')).toEqual(nothingShown);
    expect(statSync(sessionFile(home, 'one-session')).mode & 0o777).toBe(0o600);
    expect(statSync(hooksFolder(home)).mode & 0o777).toBe(0o700);
  });

  it.each(['', '{', '[]', '{"shown": 5}', '{"shown": [5, {"ref": "../x", "place": 1}, {"ref": "m1"}]}'])(
    'is nothing where the file says %j',
    (text) => {
      writeSession(home, 's', state);
      writeFileSync(sessionFile(home, 's'), text);
      expect(readSession(home, 's').shown).toEqual([]);
    },
  );

  it('does not grow for ever: not a session, and not their number', () => {
    const shown = Array.from({ length: 800 }, (_, index) => ({ ref: `m${index + 1}`, place: 1 }));
    writeSession(home, 'long', { shown, compacting: false });
    expect(readSession(home, 'long').shown).toHaveLength(500);
    expect(readSession(home, 'long').shown.at(-1)?.ref).toBe('m800');
    writeSession(home, 'old', state);
    const longAgo = new Date(Date.now() - 40 * 24 * 3_600_000);
    utimesSync(sessionFile(home, 'old'), longAgo, longAgo);
    for (let index = 0; index < 210; index += 1) writeSession(home, `s${index}`, state);
    const left = readdirSync(hooksFolder(home));
    expect(left).toHaveLength(200);
    expect(left).not.toContain('old.json');
  });
});

describe('the log of the hooks', () => {
  it('has a line for each failure and one predecessor when it is full', () => {
    logLine(home, 'recall', 'first\nsecond\u001b[31m');
    const file = join(hooksFolder(home), 'hooks.log');
    expect(readFileSync(file, 'utf8')).toMatch(/^\S+Z recall: first second \[31m\n$/);
    writeFileSync(file, 'x'.repeat(1_000_001));
    logLine(home, 'recall', 'y'.repeat(5_000));
    expect(statSync(file).size).toBeLessThan(500);
    expect(existsSync(`${file}.1`)).toBe(true);
  });
});
