import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ScratchCastellan } from './scratch-castellan.ts';

const stack = /\n {4}at /;
const idIn = (text: string): string => /inc_[a-z2-7]{10}/.exec(text)?.[0] ?? expect.unreachable(text);

describe('castellan incident and sweep, of a household that has configured nothing', () => {
  const castellan = new ScratchCastellan();
  const exported = join(castellan.directory, 'incident.json');
  let incident = '';
  beforeAll(async () => {
    // A cluster that does not answer: a triage that sees nothing is one too.
    castellan.configure(castellan.unreachableCluster());
    // The first command starts the daemon; on a busy machine that may take more than one.
    await vi.waitUntil(async () => (await run('incident', 'show')).code === 0, { timeout: 200_000, interval: 500 });
  });
  afterAll(() => castellan[Symbol.asyncDispose]());
  const run = (...words: readonly string[]) =>
    castellan.run(`--config=${join(castellan.directory, 'castellan.yaml')}`, ...words);

  it('opens one, finds it again, and lists it', async () => {
    const words = ['incident', 'open', 'Photos are down', '--symptom', 'photos.example.net answers 502'];
    const opened = await run(...words, '--services', 'photos', '--since', '3h');
    expect(opened).toMatchObject({ code: 0, stderr: '' });
    incident = idIn(opened.stdout);
    const again = await run(...words, '--services', 'photos');
    expect(again.stdout).toContain(`ALREADY OPEN: ${incident}`);
    expect((await run('incident', 'show')).stdout).toContain(incident);
  });

  it('triages what cannot be seen as unknown, keeps it, and judges it again the same', async () => {
    const { code, stdout, stderr } = await run('incident', 'triage', incident);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('NOT SEEN');
    const replayed = await run('incident', 'replay', incident);
    expect(replayed).toMatchObject({ code: 0, stderr: '' });
    expect(replayed.stdout).toContain('then:');
    expect(await run('incident', 'verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('0 broken') });
  });

  it('exports to a file of this user alone, never over another, and judges that file the same', async () => {
    const { code, stdout } = await run('incident', 'export', incident, '--output', 'incident.json');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(statSync(exported).mode & 0o777).toBe(0o600);
    const whole = readFileSync(exported, 'utf8');
    const [ofFile, ofRecord] = [
      await run('incident', 'replay', 'incident.json', '--json'),
      await run('incident', 'replay', incident, '--json'),
    ];
    expect(ofFile).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ofFile.stdout)).toEqual(JSON.parse(ofRecord.stdout));
    expect(await run('incident', 'export', incident, '--output', 'incident.json')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/incident-file-not-written.*EEXIST.*\nnext: name a file that is not there yet/),
    });
    expect(readFileSync(exported, 'utf8')).toBe(whole);
  });

  it('shows what another judgement was then, and ends with 1', async () => {
    const { dossier, ...rest } = JSON.parse(readFileSync(exported, 'utf8'));
    const other = { ...dossier, triage: { ...dossier.triage, rubric: 'a rubric of yesterday' } };
    writeFileSync(join(castellan.directory, 'other.json'), JSON.stringify({ ...rest, dossier: other }));
    const { code, stdout } = await run('incident', 'replay', 'other.json');
    expect(code).toBe(1);
    expect(stdout).toContain('differs  rubric: a rubric of yesterday → ');
  });

  it('imports what was written before, and names what it could not read', async () => {
    const folder = join(castellan.directory, 'reports');
    mkdirSync(folder);
    writeFileSync(
      join(folder, '2026-03-02-nas.md'),
      '# NAS was full\n\nDate: 2026-03-02\n\n## Summary\n\nThe NAS ran full.\n\n## Root cause\n\nSnapshots were never removed.\n\n## Action items\n\n- [ ] Remove old snapshots (owner: ada)\n',
    );
    writeFileSync(join(folder, 'torn.md'), Buffer.from([0xff, 0xfe, 0x00]));
    const { code, stdout, stderr } = await run('incident', 'import', 'reports');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('1 reports (1 new');
    expect(stdout).toContain('NOT READ reports/torn.md: the whole file: it is no text');
  });

  it.each([
    ['an id that is none', ['show', 'inc_nope'], 1, 'takes an id like inc_…'],
    ['an incident that is not there', ['triage', 'inc_aaaaaaaaaa'], 1, 'incident-unknown'],
    ['a report nobody drafted', ['report'], 1, 'report-missing'],
    ['a file that is not there', ['replay', 'nowhere.json'], 1, 'incident-file-unreadable'],
    ['a file that is something else', ['replay', 'castellan.yaml'], 1, 'incident-file-invalid'],
    ['a folder that is not there', ['import', 'nowhere'], 1, 'incident-file-unreadable'],
    ['no symptom', ['open', 'Mail is slow'], 2, '--symptom'],
    ['a flag that is none', ['show', '--prat', 'timeline'], 2, 'Did you mean --part?'],
  ])('says what is wrong on stderr alone: %s', async (_, words, expected, said) => {
    const { code, stdout, stderr } = await run('incident', ...words, ...(words[0] === 'report' ? [incident] : []));
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(stack);
  });

  it('sweeps: what is not configured is unknown and told once, the exit code says the worst', async () => {
    const { code, stdout, stderr } = await run('sweep', '--without', 'cluster');
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout.match(/`monitoring\.prometheus` in castellan\.yaml/g)).toHaveLength(1);
    expect(stdout).toContain('`incident.probes.watch` in castellan.yaml');
    expect(stdout).toMatch(/PASS {4}record-whole/);
    expect(stdout).toContain('left out: cluster');
  });

  it('sweeps quietly: nothing to read where all is well, and never well where it could not look', async () => {
    const only = ['--only', 'record-whole,incidents-open'];
    expect(await run('sweep', ...only, '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await run('sweep', '--only', 'record-whole,nodse', '--quiet')).code).toBe(3);
    expect(await run('sweep', '--without', 'clutser')).toMatchObject({ code: 2, stdout: '' });
    // No daemon can come up here: 1 would say that it looked, and found warnings only.
    writeFileSync(join(castellan.directory, 'broken.yaml'), 'kubernetes: 7\n', { mode: 0o600 });
    const home = `--home=${join(castellan.directory, 'elsewhere')}`;
    const broken = await castellan.run(home, `--config=${join(castellan.directory, 'broken.yaml')}`, 'sweep');
    expect({ code: broken.code, stdout: broken.stdout }).toEqual({ code: 3, stdout: '' });
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const before = readdirSync(castellan.directory).sort();
    const child = castellan.start('incident', [
      `--config=${join(castellan.directory, 'castellan.yaml')}`,
      'export',
      incident,
      '--output',
      'half.json',
    ]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    await ended;
    expect(existsSync(join(castellan.directory, 'half.json'))).toBe(false);
    expect(readdirSync(castellan.directory).sort()).toEqual(before);
    expect(await run('incident', 'verify')).toMatchObject({ code: 0 });
  });
});
