import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ended, runMemoryTool, startMemoryTool } from './run-memory-tool.ts';
import { ScratchCastellan } from './scratch-castellan.ts';
import { openSession } from './session.ts';

describe('memory-tool, where no daemon runs', () => {
  let castellan: ScratchCastellan;
  beforeEach(() => {
    castellan = new ScratchCastellan();
  });
  afterEach(() => castellan[Symbol.asyncDispose]());

  const run = (...words: readonly string[]): Promise<Ended> => runMemoryTool(castellan, words);
  const total = async (): Promise<number> => {
    const { stdout } = await run('stats', '--json');
    return JSON.parse(stdout).entries;
  };

  it('is one for the moment: six at once on an empty directory all succeed, and none is left', async () => {
    const subjects = [
      'DNS runs on the router',
      'The NAS sleeps at night',
      'Photos are on disk two',
      'Mail is greylisted',
      'The switch has 24 ports',
      'Backups go offsite',
    ];
    const ended = await Promise.all(subjects.map((subject) => run('store', `${subject}, as was decided in spring.`)));
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(subjects.map(() => ({ code: 0, stderr: '' })));
    expect(new Set(ended.map(({ stdout }) => /stored #(\d+)/.exec(stdout)?.[1])).size).toBe(6);
    expect(await castellan.daemon()).toBeUndefined();
    expect(existsSync(join(castellan.home, 'daemon.lock'))).toBe(false);
    expect(await total()).toBe(6);
    const found = await run('recall', 'when does the nas sleep?');
    expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining('The NAS sleeps at night') });
  });

  it('says in one breath why its database does not open', async () => {
    expect((await run('store', 'What was stored while all was well.')).code).toBe(0);
    writeFileSync(join(castellan.home, 'db', 'PG_VERSION'), '');
    const { code, stdout, stderr } = await run('recall', 'what was stored?');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error database-[a-z-]+: .*\nnext: .*\n$/);
    expect(readFileSync(join(castellan.home, 'daemon.log'), 'utf8')).toContain('store.open.failed');
  });

  it('loses nothing that was acknowledged when it is killed in the middle, and goes on with the same import', async () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => ({
      id: index,
      content: `Row ${index} of rack ${index % 7} tells of cable ${index * 31}.`,
    }));
    const file = join(castellan.directory, 'memories.jsonl');
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
    expect((await run('store', 'What was stored before the import began.')).code).toBe(0);
    const killed = startMemoryTool(castellan, ['import', file]);
    const closed = new Promise((resolve) => killed.once('close', resolve));
    while ((await castellan.daemon()) === undefined) await sleep(20);
    await sleep(1_500);
    killed.kill('SIGKILL');
    await closed;
    const { code, stdout } = await run('import', file, '--json');
    const report = JSON.parse(stdout);
    expect({ code, ...report }).toMatchObject({ code: 0, refused: [] });
    expect(report.stored + report.unchanged).toBe(3_000);
    expect(await total()).toBe(3_001);
  });

  it('serves an agent that comes meanwhile, who goes on when it has let go', async () => {
    const rows = Array.from({ length: 2_000 }, (_, index) => ({
      id: index,
      content: `Row ${index} of rack ${index % 7} tells of cable ${index * 31}.`,
    }));
    const file = join(castellan.directory, 'memories.jsonl');
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
    const importing = run('import', file);
    while ((await castellan.daemon()) === undefined) await sleep(20);
    const { pid } = (await castellan.daemon()) ?? {};
    await using agent = await openSession(castellan);
    const store = { name: 'memory_store', arguments: { content: 'An agent stored this while rows were imported.' } };
    expect(await agent.client.callTool(store)).not.toHaveProperty('isError', true);
    expect((await castellan.daemon())?.pid).toBe(pid);
    expect(await importing).toMatchObject({ code: 0 });
    const recall = { name: 'memory_recall', arguments: { query: 'what did an agent store while rows were imported' } };
    expect(JSON.stringify((await agent.client.callTool(recall)).content)).toContain('An agent stored this');
    expect((await castellan.daemon())?.pid).not.toBe(pid);
  });
});

describe('memory-tool', () => {
  const castellan = new ScratchCastellan();
  beforeEach(async () => {
    if ((await castellan.daemon()) === undefined) await castellan.serve('--socket-only');
  });
  afterAll(() => castellan[Symbol.asyncDispose]());

  const run = (...words: readonly string[]): Promise<Ended> => runMemoryTool(castellan, words);

  it('gives a text to an editor and takes it back without losing its tail', async () => {
    const text = `${'Длинная заметка о стойке. '.repeat(50)}\n\nIts tail.`;
    const stored = await runMemoryTool(
      castellan,
      ['store', '-', '--category', 'gotcha', '--tags', 'rack, Notes'],
      text,
    );
    const id = /stored #(\d+) in gotchas/.exec(stored.stdout)?.[1] ?? '';
    const { stdout } = await run('get', id, '--content');
    expect(stdout).toBe(`${text}\n`);
    const changed = await runMemoryTool(
      castellan,
      ['update', id, '--content', '-'],
      stdout.replace('Its tail', 'The tail'),
    );
    expect(changed.code).toBe(0);
    expect((await run('get', id, '--content')).stdout).toBe(`${text.replace('Its tail', 'The tail')}\n`);
    expect((await run('get', id)).stdout).toContain('revision 1 replaced');
  });

  it('refuses what is too long before anything is sent, and teaches', async () => {
    const { code, stdout, stderr } = await run('store', 'x'.repeat(1_401));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('memory-too-long');
    expect(stderr).toContain('part-of');
  });

  it('deletes, restores, supersedes and erases', async () => {
    const [one, two] = [
      await run('store', 'The door sensor reports on channel 11.'),
      await run('store', 'The garden pump is switched by relay four.'),
    ];
    const [first = '', second = ''] = [one, two].map(({ stdout }) => /stored #(\d+)/.exec(stdout)?.[1] ?? '');
    expect(await run('link', second, `supersedes:${first}`)).toMatchObject({ code: 0 });
    expect(await run('delete', first)).toMatchObject({ code: 0 });
    expect((await run('list')).stdout).not.toContain('door sensor');
    expect(await run('restore', first)).toMatchObject({ code: 0, stdout: `restored #${first}\n` });
    expect((await run('list')).stdout).toContain('door sensor');
    expect(await run('erase', first)).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was erased') });
    expect(await run('erase', first, '--yes')).toMatchObject({ code: 0 });
    expect(await run('get', first)).toMatchObject({ code: 1 });
    expect(await run('get', first, '--content')).toMatchObject({ code: 1 });
  });

  it('exports a folder that is imported again as it is, and with what was changed in it', async () => {
    await run('store', 'The heating is off in June.', '--category', 'facts', '--importance', '0.9');
    const folder = join(castellan.directory, 'memories');
    const exported = JSON.parse((await run('export', '--to', folder, '--json')).stdout);
    expect(exported.written).toBeGreaterThan(0);
    expect(JSON.parse((await run('import', folder, '--json')).stdout)).toMatchObject({
      stored: 0,
      updated: 0,
      refused: [],
    });
    const [name = ''] = (await run('export', '--to', folder, '--format', 'markdown')).stdout.match(/written/) ?? [];
    expect(name).toBe('written');
    const { stdout } = await run('export', '--format', 'jsonl', '--to', '-');
    const row = stdout.split('\n').find((line) => line.includes('heating')) ?? '{}';
    const file = join(folder, `${JSON.parse(row).id}-the-heating-is-off-in-june.md`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('in June', 'from May on'));
    expect(JSON.parse((await run('import', folder, '--json')).stdout)).toMatchObject({
      stored: 0,
      updated: 1,
      refused: [],
    });
    expect((await run('recall', 'is the heating off?')).stdout).toContain('from May on');
  });

  it('takes a sealed entry to another store as it is, where whoever has the key opens it', async () => {
    await using here = new ScratchCastellan();
    await using elsewhere = new ScratchCastellan();
    const identity = await generateX25519Identity();
    const recipients = [await identityToRecipient(identity)];
    const config = here.configure({ memory: { sensitive: { kind: 'age', recipients } } });
    const key = join(here.directory, 'key.txt');
    writeFileSync(key, `${identity}\n`, { mode: 0o600 });
    await here.serve('--socket-only', `--config=${config}`);
    await elsewhere.serve('--socket-only');

    const text = 'The spare key lies under the third stone.';
    const stored = await runMemoryTool(here, ['store', text, '--sensitive', '--keywords', 'spare key']);
    expect(stored).toMatchObject({ code: 0, stderr: '' });
    expect((await runMemoryTool(here, ['get', '1'])).stdout).toContain('memory-tool open 1');
    const file = join(here.directory, 'sealed.jsonl');
    expect(await runMemoryTool(here, ['export', '--format', 'jsonl', '--to', file])).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).not.toContain('third stone');

    for (const outcome of [{ stored: 1 }, { stored: 0, unchanged: 1 }]) {
      const { stdout } = await runMemoryTool(elsewhere, ['import', file, '--json']);
      expect(JSON.parse(stdout)).toMatchObject({ ...outcome, refused: [] });
    }
    const opened = await runMemoryTool(elsewhere, ['open', '1', '--identity', key]);
    expect(opened).toEqual({ code: 0, stdout: `${text}\n`, stderr: '' });
  });

  it('tells how it stands, how it is used, and what was wrong with the line', async () => {
    expect(await run('doctor')).toMatchObject({ code: 0 });
    expect((await run('--help')).stdout).toContain('memory-tool <command>');
    expect((await run('store', '--help')).stdout).toContain('memory-tool store "');
    expect(await run('stroe', 'x')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no command') });
    expect(await run('delete', '999999')).toMatchObject({ code: 1, stderr: expect.stringContaining('memory-unknown') });
  });
});
