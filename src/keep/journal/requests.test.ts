import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestView } from '../../change/wire/secret.ts';
import type { AuditedCall } from '../../store/index.ts';
import { openScratch } from '../changes/changes.fixture.ts';
import { someWishes, waitingFor } from '../requests/requests.fixture.ts';
import { newId } from '../runs/run-id.ts';
import { openTables } from './journal.ts';

const { database } = await openScratch();
const audited: AuditedCall[] = [];
let fault = false;
const { requests } = openTables(database, {
  append: async (call) => {
    if (fault) throw new Error('no room for the row');
    audited.push(call);
  },
});
beforeEach(async () => {
  await database.execute('delete from castellan.request');
  fault = false;
  audited.length = 0;
});

const at = new Date('2030-01-01T00:00:00.000Z');
const some = (more: Partial<RequestView> = {}): RequestView => waitingFor(newId('req'), someWishes.write, at, more);
const to = (view: RequestView, state: RequestView['state'], more: Partial<RequestView> = {}): RequestView => ({
  ...view,
  ...more,
  state,
});

describe('requests in the journal', () => {
  it('are what was written, newest first, the open ones oldest first', async () => {
    const views = [some(), some({ createdAt: '2030-01-01T00:01:00.000Z' })];
    for (const view of views) await requests.add(view);
    expect(await requests.get(views[0]?.id ?? '')).toEqual(views[0]);
    expect(await requests.get(newId('req'))).toBeUndefined();
    expect(await requests.latest(5, false)).toEqual(views.toReversed());
    expect(await requests.latest(1, true)).toEqual([views[1]]);
    expect(await requests.open()).toEqual(views);
  });

  it('take one step once, and none that there is not', async () => {
    const view = some();
    await requests.add(view);
    const both = await Promise.all([
      requests.move('waiting', to(view, 'signed')),
      requests.move('waiting', to(view, 'withdrawn')),
    ]);
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(await requests.move('waiting', to(view, 'done'))).toBe(false);
    expect(await requests.move('waiting', to(view, 'signed'))).toBe(false);
  });

  it('take no step that the audit does not have', async () => {
    const view = some();
    fault = true;
    await expect(requests.add(view)).rejects.toThrow('no room');
    fault = false;
    await requests.add(view);
    fault = true;
    await expect(requests.move('waiting', to(view, 'signed'))).rejects.toThrow('no room');
    expect((await requests.get(view.id))?.state).toBe('waiting');
  });

  it('are told to the audit in the name of who took the step, by name and never by value', async () => {
    const view = some();
    await requests.add(view);
    await requests.move('waiting', to(view, 'signed', { by: 'bob' }), 'bob');
    await requests.move('signed', to(view, 'failed', { why: 'Vault is sealed' }));
    await requests.tell(view, 'wrapping-used', 'denied');
    const { mount, path, key } = someWishes.write.of;
    expect(audited.map(({ tool, outcome, principal, client }) => [tool, outcome, principal.human, client])).toEqual([
      ['keep.request.waiting', 'ok', 'human:alice', 'keep'],
      ['keep.request.signed', 'ok', 'human:bob', 'console'],
      ['keep.request.failed', 'error', 'human:alice', 'keep'],
      ['keep.request.wrapping-used', 'denied', 'human:alice', 'keep'],
    ]);
    for (const { correlation, input } of audited) {
      expect(correlation).toBe(view.id);
      expect(input).toEqual({
        kind: 'write',
        mount,
        path,
        key,
        version: 3,
        madeVersion: null,
        leaseUntil: null,
      });
    }
  });

  it('are told otherwise only once they are over', async () => {
    const view = some();
    await requests.add(view);
    await requests.note({ ...view, why: 'not yet' });
    expect((await requests.get(view.id))?.why).toBeUndefined();
    await requests.move('waiting', to(view, 'expired'));
    await requests.note(to(view, 'expired', { why: 'nobody came' }));
    expect((await requests.get(view.id))?.why).toBe('nobody came');
  });

  it('are counted by who made them, however they are called, and by all', async () => {
    const [first] = [some(), some({ agent: 'codex' })];
    await requests.add(first ?? some());
    await requests.add(some({ agent: 'codex' }));
    await requests.add(some({ createdAt: '2029-12-31T22:00:00.000Z' }));
    await requests.move('waiting', to(first ?? some(), 'withdrawn'));
    const since = new Date('2029-12-31T23:00:00.000Z');
    expect(await requests.counts({ agent: 'claude', human: 'alice' }, since)).toEqual({
      waiting: 1,
      lately: 1,
      allWaiting: 2,
      allLately: 2,
    });
  });
});
