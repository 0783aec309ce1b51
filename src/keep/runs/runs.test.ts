import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type PlanSummary, runView } from '../../change/wire/run.ts';
import type { Database } from '../../store/database.ts';
import { openTables } from '../journal/journal.ts';
import type { Planned } from '../planner/port.ts';
import { alice, openBench, openKeepDatabase } from './runs.fixture.ts';
import { emptySummary, plannedWell } from './stand-ins.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-runs-'));
const database: Database = await openKeepDatabase(join(home, 'database'));
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});
beforeEach(() =>
  database.execute('delete from castellan.run; delete from castellan.spent; delete from castellan.stack_record'),
);

const patch = (files: Record<string, string>): { stack: string; patch: string; ref: undefined } => ({
  stack: 'mail',
  patch: JSON.stringify(files),
  ref: undefined,
});
const memory = patch({ 'stacks/mail/main.tf': 'more memory' });
const ofBase = { stack: 'mail', patch: undefined, ref: undefined };

describe('a run', () => {
  it('goes from a patch to a plan of the proposed tree, and says what it saw', async () => {
    await using bench = await openBench(database);
    const first = await bench.runs.propose(memory, alice);
    expect(first).toMatchObject({ state: 'queued', agent: 'claude', stack: 'mail' });
    const view = await bench.ended(first);
    expect(view).toMatchObject({
      state: 'planned',
      stack: 'stacks/mail',
      base: bench.base,
      changedFiles: [{ path: 'stacks/mail/main.tf', change: 'modified' }],
      engine: 'OpenTofu 1.10',
      stateOf: { lineage: 'a-lineage', serial: 7 },
      summary: emptySummary,
    });
    expect(bench.planner.requests).toMatchObject([{ run: view.id, stack: 'stacks/mail', tree: view.proposed }]);
    expect(runView.parse(view)).toEqual(view);
    expect(await bench.runs.latest(5)).toEqual([view]);
  });

  it('keeps what it was asked for in the words it was asked with, and no secret among them', async () => {
    await using bench = await openBench(database);
    const token = `ghp_${randomBytes(18).toString('hex')}`;
    const view = await bench.runs.propose({ ...memory, reason: `it is killed at night; use ${token}` }, alice);
    expect(view.reason).toContain('it is killed at night');
    expect(JSON.stringify(await database.query('select * from castellan.run', []))).not.toContain(token);
  });

  it('says that the plan asked for what it does not get, and not for what: a path can be made of a secret', async () => {
    await using bench = await openBench(database);
    const secret = randomBytes(12).toString('hex');
    const why = 'no Secret but those of its own state';
    const one = { method: 'GET', path: `/api/v1/namespaces/x/secrets/${secret}`, why, times: 2 };
    const odd = { method: secret, path: '/', why, times: 1 };
    bench.planner.outcome = async () => ({ ...plannedWell, refused: [one, { ...one, path: `${one.path}2` }, odd] });
    const view = await bench.ended(await bench.runs.propose(memory, alice));
    expect(view.findings).toMatchObject([
      { rule: 'sandbox-refused', verdict: 'warn', message: expect.stringContaining(`4 time(s)`) },
      { rule: 'sandbox-refused', message: expect.stringContaining(`another method: ${why}`) },
    ]);
    expect(JSON.stringify(view)).not.toContain(secret);
  });

  it('plans the trusted base when nothing is proposed, and a ref that is resolved once', async () => {
    await using bench = await openBench(database);
    const plain = await bench.ended(await bench.runs.propose(ofBase, alice));
    expect(plain).toMatchObject({ state: 'planned', findings: [] });
    expect(plain.proposed).toBeUndefined();
    bench.git.commitTree({ 'stacks/mail/main.tf': 'of a branch' }, 'wip', bench.base);
    const view = await bench.ended(await bench.runs.propose({ ...ofBase, ref: 'wip' }, alice));
    expect(view.state).toBe('planned');
    expect(view.changedFiles).toContainEqual({ path: 'stacks/mail/main.tf', change: 'modified' });
    expect(view.changedFiles).toContainEqual({ path: 'modules/x/main.tf', change: 'removed' });
  });

  it('tells the audit of every step before it is taken', async () => {
    await using bench = await openBench(database);
    const view = await bench.ended(await bench.runs.propose(memory, alice));
    expect(bench.audited.map(({ tool, correlation, effect }) => [tool, correlation, effect])).toEqual(
      ['keep.propose', 'keep.run.fetching', 'keep.run.judging', 'keep.run.planning', 'keep.run.planned'].map((tool) => [
        tool,
        view.id,
        'propose',
      ]),
    );
  });

  it('is denied by what the gate denies, and nothing of it is planned', async () => {
    await using bench = await openBench(database);
    const view = await bench.ended(await bench.runs.propose(patch({ 'stacks/mail/main.tf': '!' }), alice));
    expect(view).toMatchObject({ state: 'denied', findings: [{ rule: 'edit-never' }] });
    expect(bench.planner.requests).toEqual([]);
  });

  it('is denied when the plan is one that cannot be asked for', async () => {
    const summary: PlanSummary = { ...emptySummary, risk: { level: 'deny', reasons: [] } };
    await using bench = await openBench(database, { parts: { summarise: async () => ({ summary, changes: true }) } });
    expect(await bench.ended(await bench.runs.propose(memory, alice))).toMatchObject({ state: 'denied', summary });
    // It may be denied because its state was lost: that state is not what is known of the stack from now on.
    const { records } = openTables(database, { append: async () => undefined });
    expect(await records.get('stacks/mail')).toBeUndefined();
  });

  it('waits for consent without planning, and goes on once a human consented to exactly that', async () => {
    await using bench = await openBench(database);
    const waiting = await bench.ended(await bench.runs.propose(patch({ 'stacks/mail/x.sh': 'consent' }), alice));
    expect(waiting.state).toBe('needs-consent');
    expect(waiting.consent).toMatch(/^[0-9a-f]{64}$/);
    const other = await bench.ended(await bench.runs.propose(patch({ 'stacks/mail/y.sh': 'consent' }), alice));
    expect(bench.runs.consentOf(waiting.id)).toMatchObject({ digest: waiting.consent, tree: waiting.proposed });
    bench.consents.add(waiting.consent ?? '');
    // Whoever asks right after the human did waits for the plan, and is not told to wait for the human.
    expect((await bench.runs.status(waiting.id, 30_000)).state).toBe('planned');
    expect((await bench.runs.status(other.id, 0)).state).toBe('needs-consent');
    expect(bench.runs.consentOf(waiting.id)).toBeUndefined();
    expect(bench.planner.requests.map(({ run }) => run)).toEqual([waiting.id]);
  });

  it('says so when nobody can consent here', async () => {
    await using bench = await openBench(database, { refusal: 'everybody is one user' });
    const waiting = await bench.ended(await bench.runs.propose(patch({ 'stacks/mail/x.sh': 'consent' }), alice));
    expect(waiting.findings).toMatchObject([
      { rule: 'edit-outside' },
      { rule: 'consent-not-counted', message: expect.stringContaining('everybody is one user') },
    ]);
  });

  it('says that nothing changes, for a patch that changes nothing and for a plan that does nothing', async () => {
    await using bench = await openBench(database, {
      parts: { summarise: async () => ({ summary: emptySummary, changes: false }) },
    });
    const same = await bench.ended(await bench.runs.propose(patch({ 'stacks/mail/main.tf': 'mail' }), alice));
    expect(same.state).toBe('no-changes');
    expect(bench.planner.requests).toEqual([]);
    expect((await bench.ended(await bench.runs.propose(memory, alice))).state).toBe('no-changes');
  });

  it('names every stack that uses what is changed', async () => {
    await using bench = await openBench(database);
    const view = await bench.ended(await bench.runs.propose(patch({ 'modules/x/main.tf': 'changed' }), alice));
    expect(view.findings).toMatchObject([
      { rule: 'touches-stacks', verdict: 'note', message: expect.stringContaining('stacks/blog, stacks/vault') },
    ]);
  });

  it.each([
    ['is unknown', 'nowhere', 'stack-unknown'],
    ['is skipped', 'vault', 'stack-not-planned'],
  ])('fails when the stack %s, with what to do next', async (_, stack, code) => {
    await using bench = await openBench(database);
    const view = await bench.ended(await bench.runs.propose({ ...ofBase, stack }, alice));
    expect(view).toMatchObject({ state: 'failed', failure: { step: 'judging', code, lines: [expect.any(String)] } });
  });

  it('fails with masked words when the engine fails, and without any when the keep itself does', async () => {
    await using bench = await openBench(database);
    bench.planner.outcome = async () => ({
      ...plannedWell,
      outcome: 'failed',
      step: 'plan',
      ended: 'exit',
      diagnostics: [{ summary: 'Unsupported argument', detail: '' }],
      json: undefined,
    });
    expect(await bench.ended(await bench.runs.propose(memory, alice))).toMatchObject({
      state: 'failed',
      failure: { step: 'plan', code: 'plan-exit', lines: ['Unsupported argument'] },
    });
    const words = randomBytes(12).toString('hex');
    bench.planner.outcome = async () => {
      throw new Error(words);
    };
    const view = await bench.ended(await bench.runs.propose(ofBase, alice));
    expect(view).toMatchObject({ state: 'failed', failure: { code: 'keep-fault' } });
    expect(JSON.stringify(view)).not.toContain(words);
  });

  it('fails closed when gate or scan break', async () => {
    const judge = async (): Promise<never> => {
      throw new Error('a rule broke');
    };
    await using bench = await openBench(database, { parts: { judge } });
    expect(await bench.ended(await bench.runs.propose(memory, alice))).toMatchObject({ state: 'failed' });
    expect(bench.planner.requests).toEqual([]);
  });

  it('is the same one while the same proposal is open, also for two who ask at once', async () => {
    await using bench = await openBench(database);
    const gate = Promise.withResolvers<Planned>();
    bench.planner.outcome = () => gate.promise;
    const [one, two] = await Promise.all([bench.runs.propose(memory, alice), bench.runs.propose(memory, alice)]);
    expect(two.id).toBe(one.id);
    gate.resolve(plannedWell);
    await bench.ended(one);
    expect((await bench.runs.propose(memory, alice)).id).not.toBe(one.id);
  });

  it('is taken back by its own agent only, and what was planned for it stops', async () => {
    await using bench = await openBench(database);
    bench.planner.outcome = () => new Promise(() => undefined);
    const { id } = await bench.runs.propose(memory, alice);
    await expect.poll(() => bench.planner.running).toBe(1);
    await expect(bench.runs.withdraw(id, { agent: 'other', human: 'alice' })).rejects.toMatchObject({
      code: 'run-foreign',
    });
    expect(await bench.runs.withdraw(id, alice)).toMatchObject({ state: 'withdrawn' });
    await expect.poll(() => bench.planner.running).toBe(0);
    expect((await bench.runs.withdraw(id, alice)).state).toBe('withdrawn');
    await expect(bench.runs.withdraw(`run_${'a'.repeat(26)}`, alice)).rejects.toMatchObject({ code: 'run-unknown' });
  });

  it('is interrupted when the keep stops, and what was planned for it stops', async () => {
    const bench = await openBench(database);
    bench.planner.outcome = () => new Promise(() => undefined);
    const { id } = await bench.runs.propose(memory, alice);
    await expect.poll(() => bench.planner.running).toBe(1);
    await bench.runs[Symbol.asyncDispose]();
    expect(bench.planner.running).toBe(0);
    expect((await bench.runs.latest(1))[0]).toMatchObject({ id, state: 'interrupted' });
    await expect(bench.runs.propose(memory, alice)).rejects.toMatchObject({ code: 'keep-stopping' });
  });

  it('waits for its turn: two at a time, one of a stack', async () => {
    await using bench = await openBench(database);
    const gate = Promise.withResolvers<Planned>();
    bench.planner.outcome = () => gate.promise;
    const proposals = ['1', '2', '3'].map((text) => patch({ 'stacks/mail/main.tf': text }));
    const views = await Promise.all(proposals.map((one) => bench.runs.propose(one, alice)));
    const blog = await bench.runs.propose({ ...ofBase, stack: 'blog' }, alice);
    await expect.poll(() => bench.planner.running).toBe(2);
    expect(bench.planner.requests.map(({ stack }) => stack).toSorted()).toEqual(['stacks/blog', 'stacks/mail']);
    gate.resolve(plannedWell);
    for (const view of [...views, blog]) expect((await bench.ended(view)).state).toBe('planned');
    expect(bench.planner.mostAtOnce).toBe(2);
  });
});

describe('the quota', () => {
  it('counts a principal and all together within the hour, and outlives a restart', async () => {
    let clock = Date.parse('2026-03-01T10:00:00Z');
    const now = (): Date => new Date(clock);
    const spend = async (agent: string): Promise<string> => {
      await using bench = await openBench(database, { plansPerHour: 2, now });
      try {
        await bench.ended(await bench.runs.propose(ofBase, { agent, human: 'alice' }));
        return 'planned';
      } catch (error) {
        return error instanceof Error && 'code' in error ? String(error.code) : 'fault';
      }
    };
    expect([await spend('a'), await spend('a'), await spend('a')]).toEqual(['planned', 'planned', 'plan-quota-spent']);
    // Another has its own, but names cost nothing: together they have five times as many.
    for (const other of ['b', 'c', 'd', 'e'])
      expect([await spend(other), await spend(other)]).not.toContain('plan-quota-spent');
    expect(await spend('f')).toBe('plan-quota-spent');
    clock += 3_600_000;
    expect(await spend('f')).toBe('planned');
  });
});

describe('the journal', () => {
  const filesBelow = (folder: string): readonly Buffer[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

  it('never holds a patch, a plan or a secret that slipped through a part', async () => {
    const inPatch = randomBytes(16).toString('hex');
    const inPlan = randomBytes(16).toString('hex');
    const slipped = `ghp_${randomBytes(18).toString('hex')}`;
    const fresh = await openKeepDatabase(join(home, 'fresh'));
    {
      await using bench = await openBench(fresh, {
        parts: {
          explain: async () => [`the token ${slipped} was refused`],
          judge: async () => [{ rule: 'x', verdict: 'warn', message: `sees ${slipped}\0` }],
        },
      });
      bench.planner.outcome = async () => ({
        ...plannedWell,
        outcome: 'failed',
        step: 'plan',
        ended: 'exit',
        diagnostics: [{ summary: inPlan, detail: inPlan }],
        json: JSON.stringify({ secret: inPlan }),
      });
      const view = await bench.ended(
        await bench.runs.propose(patch({ 'stacks/mail/main.tf': `a = "${inPatch}"` }), alice),
      );
      expect(view).toMatchObject({ state: 'failed', findings: [{ rule: 'x' }] });
      expect(JSON.stringify(view)).not.toContain(slipped);
    }
    await fresh.execute('checkpoint');
    await fresh[Symbol.asyncDispose]();
    const bytes = filesBelow(join(home, 'fresh'));
    expect(bytes.some((file) => file.includes('stacks/mail'))).toBe(true);
    for (const secret of [inPatch, inPlan, slipped]) expect(bytes.some((file) => file.includes(secret))).toBe(false);
  });

  it('refuses a step from a state the run is not in, and one that there is none', async () => {
    const { runs } = openTables(database, { append: async () => undefined });
    await using bench = await openBench(database);
    const view = await bench.ended(await bench.runs.propose(memory, alice));
    await expect(runs.move('planned', { ...view, state: 'planning' })).rejects.toMatchObject({ code: 'run-moved' });
    await expect(runs.move('planning', { ...view, state: 'failed' })).rejects.toMatchObject({ code: 'run-moved' });
    expect((await runs.get(view.id))?.state).toBe('planned');
  });

  it('ends a run that cannot take its first step, and lets go of its proposal', async () => {
    await using bench = await openBench(database, { auditFault: 'keep.run.fetching' });
    const first = await bench.runs.propose(memory, alice);
    await expect.poll(async () => (await bench.runs.status(first.id, 0)).state).toBe('interrupted');
    expect((await bench.runs.propose(memory, alice)).id).not.toBe(first.id);
  });

  it('takes no step that could not be told to the audit', async () => {
    const refusing = openTables(database, { append: () => Promise.reject(new Error('no room')) });
    await using bench = await openBench(database);
    bench.planner.outcome = () => new Promise(() => undefined);
    const { id } = await bench.runs.propose(memory, alice);
    await expect.poll(() => bench.planner.running).toBe(1);
    const view = await bench.runs.status(id, 0);
    await expect(refusing.runs.move('planning', { ...view, state: 'failed' })).rejects.toThrow('no room');
    expect((await refusing.runs.get(id))?.state).toBe('planning');
  });

  it('keeps what it knew of a stack when its state comes back without lineage or older', async () => {
    const { records } = openTables(database, { append: async () => undefined });
    const facts = { lineage: 'a', serial: 5, sha256: 's5', resources: 9 };
    const [t1, t2, t3] = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 2, day)));
    await records.see('s', facts, t1 ?? new Date());
    await records.see('s', { ...facts, lineage: 'b', serial: 9 }, t2 ?? new Date());
    await records.see('s', { ...facts, serial: 4, resources: 0 }, t2 ?? new Date());
    await records.see('s', facts, t2 ?? new Date());
    expect(await records.get('s')).toEqual({ ...facts, firstSeen: t1, serialSeen: t1 });
    await records.see('s', { ...facts, serial: 6 }, t3 ?? new Date());
    expect(await records.get('s')).toMatchObject({ serial: 6, firstSeen: t1, serialSeen: t3 });
    // But where a human overruled what was known.
    const [accepted, at] = [{ ...facts, lineage: 'b', serial: 1, resources: 0 }, new Date('2026-11-27T00:00:00Z')];
    await records.accept('s', accepted, at);
    expect(await records.get('s')).toEqual({ ...accepted, firstSeen: t1, serialSeen: at });
  });
});
