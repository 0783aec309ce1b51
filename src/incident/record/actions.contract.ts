import { expect, it } from 'vitest';
import type { OpenedRecord } from './record.contract.ts';
import { actionDraft, begun, minutes, writing } from './record.fixture.ts';

const slug = (): string => `2026-08-04-photos-${crypto.randomUUID()}`;

export function describeActions(on: () => OpenedRecord): void {
  it('are written down, replaced by title, and changed', async () => {
    const { record } = on();
    const { id } = await begun(record);
    const { version } = await record.get(id);
    const put = await record.putActions({ incident: id }, [actionDraft('one'), actionDraft('two')], writing());
    expect(put).toMatchObject([
      { ...actionDraft('one'), incident: id, report: undefined, verified: undefined },
      actionDraft('two'),
    ]);
    const [one, two] = put;
    const verified = { result: 'pass', at: minutes(5), detail: 'the rule is there' } as const;
    const landed = await record.changeAction(
      one?.id ?? '',
      { status: 'landed', verified, change: 'chg_x' },
      writing({ now: minutes(6), expectedVersion: version + 1 }),
    );
    expect(landed).toEqual({ ...one, status: 'landed', verified, change: 'chg_x', updatedAt: minutes(6) });
    expect(await record.action(landed.id)).toEqual(landed);

    // The report is drafted again: what was said of an item since stays.
    const redrafted = [actionDraft('one', { priority: 'P0', owner: undefined }), actionDraft('three')];
    const [again, three] = await record.putActions({ incident: id }, redrafted, writing());
    expect(again).toMatchObject({ id: one?.id, status: 'landed', priority: 'P0', owner: 'robin', verified });
    expect((await record.dossier(id)).actions.map((action) => action.id)).toEqual([one?.id, two?.id, three?.id]);
    expect((await record.dossier(id)).events.slice(-3).map(({ kind }) => kind)).toEqual([
      'actions',
      'actions',
      'actions',
    ]);
  });

  it('lose what was seen by a test that is replaced', async () => {
    const { record } = on();
    const { id } = await begun(record);
    const verified = { result: 'pass', at: minutes(5), detail: 'the rule is there' } as const;
    const [put] = await record.putActions({ incident: id }, [actionDraft('one')], writing());
    const act = put?.id ?? '';
    await record.changeAction(act, { verified }, writing());
    const same = await record.changeAction(act, { ...(put?.verify && { verify: put.verify }) }, writing());
    expect(same.verified).toEqual(verified);
    const other = { kind: 'file-exists', path: 'stacks/web/main.tf' } as const;
    expect((await record.changeAction(act, { verify: other }, writing())).verified).toBeUndefined();
    expect((await record.changeAction(act, { verify: other, verified }, writing())).verified).toEqual(verified);
    const [again] = await record.putActions({ incident: id }, [actionDraft('one')], writing());
    expect(again).toMatchObject({ verify: put?.verify, verified: undefined });
  });

  it('of an imported report belong to no incident, and two of one title stay two', async () => {
    const { record } = on();
    const report = slug();
    const nothingElse = { owner: undefined, due: undefined, path: undefined, verify: undefined };
    const drafts = [
      actionDraft('add an alert', nothingElse),
      actionDraft('add an alert', { ...nothingElse, priority: 'P3' }),
    ];
    const put = await record.putActions({ report }, drafts, writing());
    expect(new Set(put.map(({ id }) => id)).size).toBe(2);
    expect(put).toMatchObject([{ incident: undefined, report, owner: undefined }, { priority: 'P3' }]);
    await record.changeAction(put[1]?.id ?? '', { owner: 'kim' }, writing());
    const again = await record.putActions({ report }, drafts, writing());
    expect(again.map(({ id, owner }) => [id, owner])).toEqual([
      [put[0]?.id, undefined],
      [put[1]?.id, 'kim'],
    ]);
    expect(await record.actions({ report, limit: 10, skip: 0 })).toEqual({ actions: again, total: 2 });
  });

  it('are found by owner, status and words of the title', async () => {
    const { record } = on();
    const report = slug();
    await record.putActions(
      { report },
      [
        actionDraft('Alert on 100%_full disks', { owner: 'kim' }),
        actionDraft('Move the disks', { status: 'landed' }),
        actionDraft('Write a runbook'),
      ],
      writing(),
    );
    const titles = async (filter: object) =>
      (await record.actions({ report, limit: 10, skip: 0, ...filter })).actions.map(({ title }) => title);
    expect(await titles({ text: 'DISKS' })).toEqual(['Alert on 100%_full disks', 'Move the disks']);
    expect(await titles({ text: 'disks 100%_full' })).toEqual(['Alert on 100%_full disks']);
    expect(await titles({ text: '%' })).toEqual(['Alert on 100%_full disks']);
    expect(await titles({ status: ['landed', 'dropped'] })).toEqual(['Move the disks']);
    expect(await titles({ owner: 'kim' })).toEqual(['Alert on 100%_full disks']);
    expect(await titles({ limit: 1, skip: 2 })).toEqual(['Write a runbook']);
    await expect(record.action('act_aaaaaaaa')).rejects.toMatchObject({ code: 'action-unknown' });
    await expect(record.changeAction('act_\0', {}, writing())).rejects.toMatchObject({ code: 'action-unknown' });
  });

  it('of a report that is imported by two at once are there once', async () => {
    const { record, elsewhere } = on();
    const report = slug();
    const drafts = [actionDraft('one'), actionDraft('two')];
    await Promise.all(
      [record, elsewhere, record, elsewhere].map((one) => one.putActions({ report }, drafts, writing())),
    );
    expect((await record.actions({ report, limit: 10, skip: 0 })).total).toBe(2);
  });
}
