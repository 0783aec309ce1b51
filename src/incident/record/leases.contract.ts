import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openIncidentRecord } from './open.ts';
import type { OpenedRecord } from './record.contract.ts';
import { begun, kim, robin } from './record.fixture.ts';

export function describeLeases(on: () => OpenedRecord): void {
  it('one holds a stage at a time, others hold other stages, and it is free at the end', async () => {
    const { record, elsewhere } = on();
    const { id } = await begun(record);
    const answer = await record.holding(id, 'triage', robin, async () => {
      const { leases } = await elsewhere.dossier(id);
      expect(leases).toMatchObject([{ stage: 'triage', holder: 'agent:claude for human:robin' }]);
      for (const by of [kim, robin]) {
        await expect(elsewhere.holding(id, 'triage', by, async () => 'both')).rejects.toMatchObject({
          code: 'incident-stage-held',
          message: expect.stringContaining('agent:claude for human:robin'),
        });
      }
      expect(await elsewhere.holding(id, 'draft', kim, async () => 'other stage')).toBe('other stage');
      return 'done';
    });
    expect(answer).toBe('done');
    expect((await record.dossier(id)).leases).toEqual([]);
    expect(await elsewhere.holding(id, 'triage', kim, async () => 'next')).toBe('next');
  });

  it('work that fails frees it too, and its own error is told', async () => {
    const { record } = on();
    const { id } = await begun(record);
    const failing = record.holding(id, 'history', robin, () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    expect(await record.holding(id, 'history', robin, async () => 1)).toBe(1);
    await expect(record.holding('inc_aaaaaaaaaa', 'history', robin, async () => 1)).rejects.toMatchObject({
      code: 'incident-unknown',
    });
  });

  it('is renewed while the work runs', async () => {
    const { database, record } = on();
    const { id } = await begun(record);
    const short = openIncidentRecord({ database, leaseMs: 900 });
    await short.holding(id, 'triage', robin, async () => {
      for (let step = 0; step < 10; step += 1) {
        await sleep(200);
        await expect(record.holding(id, 'triage', kim, async () => 'both')).rejects.toMatchObject({
          code: 'incident-stage-held',
        });
      }
    });
  });

  it('of a holder that died ends by itself, and by the database’s clock', async () => {
    const { database, record } = on();
    const { id } = await begun(record);
    const dead = `insert into castellan.incident_lease values ($1, 'triage', 'somebody', 'token', clock_timestamp() + $2::interval)
      on conflict (incident, stage) do update set until = excluded.until`;
    await database.query(dead, [id, '1 minute']);
    await expect(record.holding(id, 'triage', robin, async () => 1)).rejects.toMatchObject({
      code: 'incident-stage-held',
    });
    await database.query(dead, [id, '-1 second']);
    expect((await record.dossier(id)).leases).toEqual([]);
    expect(await record.holding(id, 'triage', robin, async () => 2)).toBe(2);
  });

  it('that was lost is told to whoever lost it, and does not end the next one’s', async () => {
    const { database, record, elsewhere } = on();
    const { id } = await begun(record);
    const lost = record.holding(id, 'publish', robin, async () => {
      await database.query(`update castellan.incident_lease set until = clock_timestamp() where incident = $1`, [id]);
      await database.query(
        `update castellan.incident_lease set holder = 'kim', token = 'theirs',
        until = clock_timestamp() + interval '1 minute' where incident = $1`,
        [id],
      );
    });
    await expect(lost).rejects.toMatchObject({ code: 'incident-stage-held', message: expect.stringContaining('kim') });
    await expect(elsewhere.holding(id, 'publish', robin, async () => 1)).rejects.toMatchObject({
      code: 'incident-stage-held',
    });
  });
}
