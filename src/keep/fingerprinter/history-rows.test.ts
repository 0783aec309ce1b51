import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openHistoryRows, type VersionRow } from './history-rows.ts';
import { loadMacKey, sameMac } from './mac-key.ts';
import { FingerprinterScratch, randomValue, silent } from './scripted-vault.fixture.ts';

const mac = 'A'.repeat(22);
const row = (version: number, path = 'apps/mail'): VersionRow => ({
  mount: 'secret',
  path,
  version,
  at: '2026-01-01T00:00:00.000Z',
  macs: { password: mac },
});
const versionsIn = (folder: string, path = 'apps/mail'): readonly number[] => [
  ...openHistoryRows(folder, silent).of('secret', path).keys(),
];

describe('the memory of versions', () => {
  it('is there again, whatever was cut off at its end', () => {
    using scratch = new FingerprinterScratch();
    openHistoryRows(scratch.folder, silent).add([row(1), row(2)]);
    const file = join(scratch.folder, 'history.jsonl');
    const whole = readFileSync(file);
    appendFileSync(file, JSON.stringify(row(3)).slice(0, 40));
    expect(versionsIn(scratch.folder)).toEqual([1, 2]);
    expect(readFileSync(file)).toEqual(whole);
    openHistoryRows(scratch.folder, silent).add([row(3)]);
    expect(versionsIn(scratch.folder)).toEqual([1, 2, 3]);
  });

  it('leaves out a line that is none, says so, and is whole afterwards', () => {
    using scratch = new FingerprinterScratch();
    const told: object[] = [];
    openHistoryRows(scratch.folder, silent).add([row(1)]);
    const file = join(scratch.folder, 'history.jsonl');
    appendFileSync(file, `{"mount":"secret"}\n\u0000\n${JSON.stringify(row(2))}\n`);
    openHistoryRows(scratch.folder, { ...silent, warn: (fields) => void told.push(fields) });
    expect(told).toMatchObject([{ lines: 2 }]);
    expect(versionsIn(scratch.folder)).toEqual([1, 2]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });

  it('forgets a secret that was made anew, and the oldest of very many versions', () => {
    using scratch = new FingerprinterScratch();
    const rows = openHistoryRows(scratch.folder, silent);
    rows.add(Array.from({ length: 60 }, (_, index) => row(index + 1)));
    rows.add([row(1, 'apps/web')]);
    rows.startAnew('secret', 'apps/web');
    expect(Math.min(...versionsIn(scratch.folder))).toBe(11);
    expect(versionsIn(scratch.folder, 'apps/web')).toEqual([]);
  });

  it('does not grow without end', () => {
    using scratch = new FingerprinterScratch();
    const rows = openHistoryRows(scratch.folder, silent);
    for (let turn = 0; turn < 60; turn += 1) {
      rows.add(Array.from({ length: 100 }, () => row(1)));
    }
    const lines = readFileSync(join(scratch.folder, 'history.jsonl'), 'utf8').split('\n').length;
    expect(lines).toBeLessThan(2_200);
    expect(versionsIn(scratch.folder)).toEqual([1]);
  });

  it('is for its own user alone, and believes no file that others could have written', () => {
    using scratch = new FingerprinterScratch();
    openHistoryRows(scratch.folder, silent);
    loadMacKey(scratch.folder);
    for (const name of ['history.jsonl', 'history.key']) {
      const file = join(scratch.folder, name);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      chmodSync(file, 0o640);
    }
    expect(() => openHistoryRows(scratch.folder, silent)).toThrow('read or written by others');
    expect(() => loadMacKey(scratch.folder)).toThrow('read or written by others');
  });

  it('survives being killed while it writes: what was added is there, and the rest is whole', async () => {
    using scratch = new FingerprinterScratch();
    for (let turn = 0; turn < 4; turn += 1) {
      const fixture = fileURLToPath(new URL('rows-to-kill.fixture.ts', import.meta.url));
      const child = spawn(process.execPath, [fixture, scratch.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      let added = 0;
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          added = Number(chunk.toString('utf8').trim().split('\n').at(-1));
          if (added > 20) child.kill('SIGKILL');
        });
        child.once('exit', () => resolve());
      });
      expect(added).toBeGreaterThan(20);
      const damaged: object[] = [];
      const rows = openHistoryRows(scratch.folder, { ...silent, warn: (fields) => void damaged.push(fields) });
      expect(rows.of('secret', `apps/${added}`).size).toBe(1);
      expect(damaged).toEqual([]);
      expect(existsSync(join(scratch.folder, 'history.jsonl.new'))).toBe(false);
    }
  });
});

describe('the key of it', () => {
  it('is drawn once, and says of two values only whether they are one', () => {
    using scratch = new FingerprinterScratch();
    using other = new FingerprinterScratch();
    const value = randomValue();
    const mine = loadMacKey(scratch.folder).of(value);
    expect(sameMac(loadMacKey(scratch.folder).of(value), mine)).toBe(true);
    expect(sameMac(loadMacKey(scratch.folder).of(`${value}.`), mine)).toBe(false);
    expect(loadMacKey(other.folder).of(value)).not.toBe(mine);
    expect(loadMacKey(scratch.folder).of('x'.repeat(5_000))).toHaveLength(mine.length);
  });

  it('is not replaced when it is damaged', () => {
    using scratch = new FingerprinterScratch();
    writeFileSync(join(scratch.folder, 'history.key'), 'short', { mode: 0o600 });
    expect(() => loadMacKey(scratch.folder)).toThrow('is not the key that was written');
  });
});
