import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { PostgresServer } from '../../../src/store/postgres.ts';
import { openPostgres } from '../../../src/store/postgres.ts';
import { findPostgres } from '../../../src/store/throwaway-postgres.fixture.ts';
import { onlyOf, proposedChange, restored, setOf, settled } from '../keep/ask-keep.ts';
import type { Human } from '../keep/human.ts';
import { appOf, setMemory } from '../keep/media.ts';
import { prepareKeep, type ScratchKeep } from '../keep/scratch-keep.ts';
import { describeWithLab } from '../use-lab.ts';
import { type KeepDaemon, startKeepDaemon } from './keep-daemon.ts';

/** A human signs, the applier applies, the pods find no room: daemons that look at the keep open one incident, whoever of them lives. */
await describeWithLab('an applied change that does not do what was expected', (lab) => {
  const parts = new AsyncDisposableStack();
  let keep: ScratchKeep;
  let human: Human;
  let store: PostgresServer;
  let daemons: readonly [KeepDaemon, KeepDaemon];
  const app = () => appOf(keep.infra.read('stacks/media/main.tf'), 'request page');
  beforeAll(async () => {
    const server = await findPostgres({ CASTELLAN_TEST_POSTGRES_URL: lab.postgres?.admin });
    if (server === undefined) throw new Error(`lab ${lab.name} has no Postgres`);
    store = await parts.use(server).freshDatabase();
    keep = parts.use(await prepareKeep(lab));
    await keep.start();
    human = await keep.human();
    await restored(keep, human, ['stacks/media']);
    const [first, second] = await Promise.all([startKeepDaemon(lab, keep, store), startKeepDaemon(lab, keep, store)]);
    daemons = [parts.use(first), parts.use(second)];
  }, 400_000);
  afterAll(async () => {
    if (keep !== undefined) await restored(keep, human, ['stacks/media']);
    await parts.disposeAsync();
  }, 400_000);

  const incidents = async (): Promise<readonly { readonly id: string; readonly change: string }[]> => {
    await using database = await openPostgres(store);
    return database.query(`select id, change from castellan.incident order by number`);
  };
  let failed: ChangeView;

  it('opens one incident, though two daemons look and one of them is killed', async () => {
    for (const daemon of daemons) expect(await daemon.call('incident_show')).toContain('NONE of this kind');
    const changes = await proposedChange(keep, {
      patch: await keep.infra.patch({ 'stacks/media/main.tf': setMemory('request page', '900Gi') }),
      reason: 'films are large',
      expect: [{ kind: 'rollout', workload: 'deployment', ...app(), within: 10 }],
    });
    await human.sign({ kind: 'approve', set: setOf(changes) });
    failed = onlyOf(await settled(keep, setOf(changes)));
    expect(failed).toMatchObject({ state: 'failed-expectation', expected: [{ result: 'fail' }] });
    await daemons[0].kill();
    await daemons[0].call('incident_show');
    await expect.poll(async () => (await incidents()).length, { timeout: 120_000, interval: 1_000 }).toBeGreaterThan(0);
    // Both look again meanwhile.
    await daemons[1].kill();
    for (const daemon of daemons) {
      await expect
        .poll(() => daemon.call('incident_show'), { timeout: 120_000, interval: 1_000 })
        .toContain('1 in the record');
    }
    expect(await incidents()).toMatchObject([{ change: failed.id }]);
  }, 400_000);

  it('is its first suspect, named by what it changed', async () => {
    const [incident] = await incidents();
    const summary = await daemons[0].call('incident_show', { incident: incident?.id });
    expect(summary).toContain(`FIRST SUSPECT: change ${failed.id}`);
    const triage = await daemons[0].call('sev_triage', { incident: incident?.id, budget: 24_000 });
    expect(triage).toMatch(new RegExp(`1\\. .*Change ${failed.id}`));
  }, 200_000);
});
