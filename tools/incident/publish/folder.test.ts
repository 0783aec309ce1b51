import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeReport } from './folder.ts';

let root = '';
let folder = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-publish-')));
  folder = join(root, 'reports');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const incident = 'inc_aaaaaaaaaa';
const reportOf = (of: string, words = 'first') => `---\nincident_id: "${of}"\ntitle: "x"\n---\n\n${words}\n`;
const name = '2026-11-20-web-down-inc_aaaaaaaaaa.md';
const report = { name, incident, markdown: reportOf(incident) };
const refused = { code: 'publish-refused' };

describe('a report in a folder', () => {
  it('is written whole and leaves nothing else behind', async () => {
    expect(await writeReport(folder, report)).toBe(join(folder, name));
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe(report.markdown);
  });

  it('takes the place of an earlier version of the same incident', async () => {
    await writeReport(folder, report);
    await writeReport(folder, { ...report, markdown: reportOf(incident, 'second') });
    expect(readFileSync(join(folder, name), 'utf8')).toContain('second');
    expect(readdirSync(folder)).toEqual([name]);
  });

  it.each([
    ["another incident's report", reportOf('inc_bbbbbbbbbb')],
    ['a file of somebody', '# notes\n'],
    ['a file that only speaks of the incident', `# notes\n\nincident_id: "${incident}"\n`],
    ['a file that holds the id in a value of something else', `---\ntitle: "incident_id: ${incident}"\n---\n`],
  ])('never takes the place of %s', async (_, content) => {
    writeFileSync(join(folder, name), content);
    await expect(writeReport(folder, report)).rejects.toMatchObject(refused);
    expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('follows no link that has its name', async () => {
    const elsewhere = join(root, 'elsewhere.md');
    writeFileSync(elsewhere, reportOf(incident, 'mine'));
    symlinkSync(elsewhere, join(folder, name));
    await expect(writeReport(folder, report)).rejects.toMatchObject(refused);
    expect(readFileSync(elsewhere, 'utf8')).toContain('mine');
  });

  it('makes no file where a link leads nowhere', async () => {
    symlinkSync(join(root, 'to-be-made.md'), join(folder, name));
    await expect(writeReport(folder, report)).rejects.toMatchObject(refused);
    expect(readdirSync(root)).toEqual(['reports']);
  });

  it('is not written through a link to the folder, or one above it', async () => {
    symlinkSync(folder, join(root, 'link'));
    mkdirSync(join(folder, 'deep'));
    await expect(writeReport(join(root, 'link'), report)).rejects.toMatchObject(refused);
    await expect(writeReport(join(root, 'link', 'deep'), report)).rejects.toMatchObject(refused);
    expect(readdirSync(folder)).toEqual(['deep']);
  });

  it.each(['../escaped.md', 'a/b.md', '/etc/motd.md', '.hidden.md', 'x', 'x.sh', 'a\0.md', `${'a'.repeat(200)}.md`])(
    'is not written as %j',
    async (given) => {
      await expect(writeReport(folder, { ...report, name: given })).rejects.toMatchObject(refused);
      expect(readdirSync(root)).toEqual(['reports']);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.each([
    ['is not there', (at: string) => join(at, 'absent')],
    ['is a file', (at: string) => join(at, 'file')],
    ['has no absolute path', () => 'reports'],
    ['goes up', (at: string) => `${at}/reports/../reports`],
  ])('is not written into a folder that %s', async (_, place) => {
    writeFileSync(join(root, 'file'), '');
    await expect(writeReport(place(root), report)).rejects.toMatchObject(refused);
  });
});
