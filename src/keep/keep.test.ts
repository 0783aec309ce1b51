import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunState } from '../change/wire/run.ts';
import { createRedactor } from '../redaction/index.ts';
import { takeLock } from '../store/lock.ts';
import { KeepScratch } from './config/scratch.fixture.ts';
import { askKeep, keepConfigIn, standIns } from './keep.fixture.ts';
import { type Keep, type KeepOptions, startKeep } from './keep.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const by = { agent: 'agent:claude', human: 'human:alice' };
const proposal = (text: string, files = { 'stacks/mail/main.tf': text }) => ({
  verb: 'propose',
  kind: 'plan',
  by,
  stack: 'mail',
  patch: JSON.stringify(files),
});
const ofRun = (id: string | undefined, waitMs = 30_000) => ({ verb: 'status', of: 'run', id, waitMs });

const start = async (scratch: KeepScratch, options: Partial<KeepOptions> = {}): Promise<Keep & AsyncDisposable> => {
  const keep = await startKeep({
    config: keepConfigIn(scratch),
    seatBelt: true,
    build: { version: '1.2.3', stamp: '' },
    log: silent,
    redactor: createRedactor(),
    compose: standIns().compose,
    ...options,
  });
  // A test that fails must not keep the next one's lock.
  return { ...keep, [Symbol.asyncDispose]: () => stop(keep) };
};
const stop = async (keep: Keep): Promise<void> => {
  keep.stop('the test is over');
  await keep.stopped;
};

describe('the keep', () => {
  const scratch = new KeepScratch();
  afterAll(() => scratch[Symbol.dispose]());

  it('answers agents on one socket and shows humans the same on another, and says how it is bounded', async () => {
    await using keep = await start(scratch);
    const reply = await askKeep(keep.sockets.agents, { verb: 'status', of: 'keep' });
    expect(reply).toEqual({
      keep: {
        version: '1.2.3',
        boundary: 'same user',
        trustedBase: { commit: expect.any(String), at: expect.any(String), subject: 'a commit' },
        ahead: 0,
        fetchedAt: expect.any(String),
        console: 'http://castellan.localhost:8790',
        approvers: 0,
        problems: [],
      },
    });
    expect((await askKeep(keep.sockets.humans, { verb: 'status', of: 'keep' })).keep.boundary).toBe('same user');
    expect(await askKeep(keep.sockets.humans, proposal('x'))).toMatchObject({ error: { code: 'keep-verb-unknown' } });
    expect(statSync(join(scratch.folder, 'state')).mode & 0o777).toBe(0o700);
    await stop(keep);
    expect(existsSync(keep.sockets.agents)).toBe(false);
  });

  it('plans a proposal and tells of it by its id, also after a restart', async () => {
    await using keep = await start(scratch);
    const { run } = await askKeep(keep.sockets.agents, proposal('more'));
    const ended = await askKeep(keep.sockets.agents, ofRun(run?.id));
    expect(ended.run).toMatchObject({ state: 'planned', agent: 'agent:claude' });
    await stop(keep);
    await using again = await start(scratch);
    expect((await askKeep(again.sockets.agents, ofRun(run?.id))).run).toEqual(ended.run);
    expect((await askKeep(again.sockets.agents, { verb: 'status', of: 'runs', limit: 1 })).runs).toEqual([ended.run]);
    expect(await askKeep(again.sockets.agents, ofRun(`run_${'a'.repeat(26)}`))).toMatchObject({
      error: { code: 'run-unknown' },
    });
    await stop(again);
  });

  it('tells of its stacks without planning anything', async () => {
    const { compose, planner } = standIns();
    await using keep = await start(scratch, { compose });
    const { stacks } = await askKeep(keep.sockets.agents, { verb: 'status', of: 'stacks' });
    expect(stacks?.map(({ stack }) => stack)).toEqual(['stacks/blog', 'stacks/mail']);
    expect(stacks?.[0]).toMatchObject({
      profile: 'plain',
      engine: 'tofu',
      lock: { state: 'free' },
      drift: { state: 'unknown', why: 'no scheduled plan of it has ended yet' },
      lastApply: { how: 'no plan of it has read its state yet' },
    });
    expect(planner.requests).toEqual([]);
    await keep.planAll();
    const [one] = (await askKeep(keep.sockets.agents, { verb: 'status', of: 'stacks', stack: 'mail' })).stacks ?? [];
    expect(one).toMatchObject({ drift: { state: 'differs', confirmed: true }, lastApply: { serial: 7 } });
    expect(
      (await askKeep(keep.sockets.agents, { verb: 'status', of: 'object', kind: 'Pod', name: 'x' })).object,
    ).toEqual({
      fields: [],
      ignored: [],
    });
    await stop(keep);
  });

  it('plans nothing when the sandbox does not work, and says so on every reply', async () => {
    const { compose, planner } = standIns((parts) => ({
      ...parts,
      sandbox: { probe: async () => ({ works: false, detail: 'there is no bwrap' }) },
    }));
    await using keep = await start(scratch, { compose });
    const reply = await askKeep(keep.sockets.agents, proposal('more'));
    expect(reply.keep.problems).toEqual([expect.stringContaining('there is no bwrap')]);
    const { run } = await askKeep(keep.sockets.agents, ofRun(reply.run?.id));
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'keep-unsandboxed' } });
    expect(planner.requests).toEqual([]);
    await stop(keep);
  });

  it('says so when its list of approvers does not count', async () => {
    const list = scratch.write('approvers.json', JSON.stringify({ v: 1, approvers: [] }), 0o666);
    await using keep = await start(scratch);
    const { keep: state } = await askKeep(keep.sockets.agents, { verb: 'status', of: 'keep' });
    expect(state).toMatchObject({ approvers: 0, problems: [expect.stringContaining('approvers.json does not count')] });
    await stop(keep);
    rmSync(list);
  });

  it('is one at a time', async () => {
    await using keep = await start(scratch);
    await expect(start(scratch)).rejects.toMatchObject({ code: 'data-locked' });
    await stop(keep);
    // Over a database on a server too, which has no lock of its own.
    using _held = takeLock({ directory: join(scratch.folder, 'state', 'keep'), socket: '', build: 'another' });
    await expect(start(scratch)).rejects.toMatchObject({ code: 'data-locked' });
  });

  it('interrupts what is planned when it is stopped', async () => {
    const { compose, planner } = standIns();
    planner.outcome = () => new Promise(() => undefined);
    await using keep = await start(scratch, { compose });
    const { run } = await askKeep(keep.sockets.agents, proposal('more'));
    await expect.poll(() => planner.running).toBe(1);
    await stop(keep);
    expect(planner.running).toBe(0);
    await using again = await start(scratch);
    expect((await askKeep(again.sockets.agents, ofRun(run?.id))).run).toMatchObject({ state: 'interrupted' });
    await stop(again);
  });

  it('does not run as root without the seat belt', async () => {
    const starting = start(scratch, { seatBelt: false });
    if (process.geteuid?.() === 0) await expect(starting).rejects.toMatchObject({ code: 'keep-is-root' });
    else await stop(await starting);
  });

  it('says that it is frozen, from a file that anybody put there, and stays so over a restart', async () => {
    await using keep = await start(scratch);
    writeFileSync(join(scratch.folder, 'freeze', 'by-alice'), '');
    const { frozenSince } = (await askKeep(keep.sockets.agents, { verb: 'status', of: 'keep' })).keep;
    expect(frozenSince).toBeDefined();
    await stop(keep);
    rmSync(join(scratch.folder, 'freeze', 'by-alice'));
    await using again = await start(scratch);
    expect((await askKeep(again.sockets.agents, { verb: 'status', of: 'keep' })).keep.frozenSince).toBe(frozenSince);
    await stop(again);
    rmSync(join(scratch.folder, 'state'), { recursive: true });
  });
});

describe('a keep that was killed', () => {
  const scratch = new KeepScratch();
  afterAll(() => scratch[Symbol.dispose]());
  const fixture = fileURLToPath(new URL('./keep-to-kill.fixture.ts', import.meta.url));
  const patchWords = 'words-of-the-patch-0123456789';
  const filesBelow = (folder: string): readonly Buffer[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

  it.each<[RunState]>([['fetching'], ['judging'], ['needs-consent'], ['planning']])(
    'while a run was %s leaves it interrupted, with nothing of it left',
    async (state) => {
      const config = keepConfigIn(scratch);
      const doomed = spawn(process.execPath, [fixture, config.file, state], { stdio: ['ignore', 'pipe', 'inherit'] });
      const died = once(doomed, 'exit');
      try {
        await once(createInterface({ input: doomed.stdout }), 'line');
        const agents = join(config.directories.agents, 'keep.sock');
        const text = state === 'needs-consent' ? 'consent' : patchWords;
        const { run } = await askKeep(agents, proposal(text, { 'stacks/mail/main.tf': text }));
        await expect.poll(async () => (await askKeep(agents, ofRun(run?.id, 0))).run?.state).toBe(state);
        if (state === 'planning') expect(readdirSync(config.workDirectory)).toEqual([run?.id]);
        doomed.kill('SIGKILL');
        await died;

        const { compose, planner } = standIns();
        await using keep = await start(scratch, { compose });
        expect((await askKeep(agents, ofRun(run?.id))).run).toMatchObject({ state: 'interrupted' });
        expect(planner.cleaned).toBe(1);
        expect(existsSync(config.workDirectory)).toBe(false);
        await stop(keep);
        for (const bytes of filesBelow(scratch.folder)) expect(bytes.includes(patchWords)).toBe(false);
      } finally {
        doomed.kill('SIGKILL');
      }
    },
  );
});
