import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditedCall } from '../../store/index.ts';
import { openScratch } from '../changes/changes.fixture.ts';
import { newId } from '../runs/run-id.ts';
import type { StoredChange } from './change-table.ts';
import { openTables } from './journal.ts';

const { database, empty } = await openScratch();
const audited: AuditedCall[] = [];
let fault = false;
const tables = openTables(database, {
  append: async (call) => {
    if (fault) throw new Error('no room for the row');
    audited.push(call);
  },
});
beforeEach(async () => {
  await empty();
  fault = false;
  audited.length = 0;
});

const at = '2030-01-01T00:00:00.000Z';
const set = newId('set');

function some(stack: string, more: Partial<StoredChange['view']> = {}): StoredChange {
  return {
    view: {
      id: newId('chg'),
      set,
      order: 1,
      of: 1,
      stack,
      state: 'draft',
      attempt: 1,
      createdAt: at,
      changedAt: at,
      agent: 'claude',
      human: 'alice',
      reason: 'why not',
      base: 'a'.repeat(40),
      changedFiles: [],
      findings: [],
      expect: [],
      approvedBy: [],
      brokenGlass: false,
      took: {},
      ...more,
    },
    facts: {
      base: 'a'.repeat(40),
      baseTree: 'b'.repeat(40),
      tree: 'c'.repeat(40),
      diffSha256: 'd'.repeat(64),
      signatures: [],
    },
  };
}

const to = (change: StoredChange, state: StoredChange['view']['state']): StoredChange => ({
  ...change,
  view: { ...change.view, state },
});

describe('changes in the journal', () => {
  it('are what was written, whole sets in their order', async () => {
    const [one, two] = [some('stacks/a', { of: 2 }), some('stacks/b', { order: 2, of: 2 })];
    await tables.changes.add([one, two]);
    expect(await tables.changes.ofSet(set)).toEqual([one, two]);
    expect(await tables.changes.get(two.view.id)).toEqual(two);
    expect(await tables.changes.latest(10)).toEqual([one, two]);
    expect(await tables.changes.open()).toEqual([one, two]);
  });

  it('come all or none', async () => {
    const one = some('stacks/a');
    await expect(tables.changes.add([one, { ...one }])).rejects.toThrow();
    expect(await tables.changes.latest(10)).toEqual([]);
  });

  it('take one step once, and none that there is not', async () => {
    const change = some('stacks/a');
    await tables.changes.add([change]);
    const scanning = to(change, 'scanning');
    const both = await Promise.allSettled([
      tables.changes.move('draft', scanning, 'keep'),
      tables.changes.move('draft', to(change, 'withdrawn'), 'agent'),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(tables.changes.move('draft', scanning, 'keep')).rejects.toMatchObject({ code: 'change-moved' });
  });

  it('are approved by a signature alone', async () => {
    const change = some('stacks/a', { state: 'awaiting-approval' });
    await tables.changes.add([change]);
    for (const actor of ['agent', 'keep', 'human', 'applier'] as const) {
      await expect(tables.changes.move('awaiting-approval', to(change, 'approved'), actor)).rejects.toMatchObject({
        code: 'change-moved',
      });
    }
    expect((await tables.changes.get(change.view.id))?.view.state).toBe('awaiting-approval');
    await tables.changes.move('awaiting-approval', to(change, 'approved'), 'signature');
  });

  it('take no step that the audit does not have', async () => {
    const change = some('stacks/a');
    await tables.changes.add([change]);
    fault = true;
    await expect(tables.changes.move('draft', to(change, 'scanning'), 'keep')).rejects.toThrow('no room');
    expect((await tables.changes.get(change.view.id))?.view.state).toBe('draft');
  });

  it('are told again only in the state they are in', async () => {
    const change = some('stacks/a');
    await tables.changes.add([change]);
    await tables.changes.update({ ...change, view: { ...change.view, why: 'queued' } });
    expect((await tables.changes.get(change.view.id))?.view.why).toBe('queued');
    await expect(tables.changes.update(to(change, 'scanning'))).rejects.toMatchObject({ code: 'change-moved' });
  });
});

describe('leases', () => {
  it('are taken all or none, and name who has the first that is taken', async () => {
    const [one, two] = [some('stacks/a'), some('stacks/b', { set: newId('set') })];
    await tables.changes.add([one]);
    await tables.changes.add([two]);
    const since = new Date(at);
    const lease = (stack: string, { view }: StoredChange) => ({ stack, change: view.id, since });
    expect(await tables.leases.take([lease('stacks/a', one)])).toBeUndefined();
    expect(await tables.leases.take([lease('stacks/b', two), lease('stacks/a', two)])).toEqual(lease('stacks/a', one));
    expect(await tables.leases.all()).toEqual([lease('stacks/a', one)]);
    // What one has already it may take again.
    expect(await tables.leases.take([lease('stacks/a', one)])).toBeUndefined();
    await tables.leases.giveBack('stacks/a', two.view.id);
    expect(await tables.leases.all()).toHaveLength(1);
    await tables.leases.giveBack('stacks/a', one.view.id);
    expect(await tables.leases.all()).toEqual([]);
  });

  it('go to one of two who ask at once', async () => {
    const changes = [some('stacks/a'), some('stacks/a', { set: newId('set') })];
    for (const change of changes) await tables.changes.add([change]);
    const asked = await Promise.all(
      changes.map(({ view }) => tables.leases.take([{ stack: 'stacks/a', change: view.id, since: new Date(at) }])),
    );
    expect(asked.filter((held) => held === undefined)).toHaveLength(1);
  });
});

describe('decisions and steps', () => {
  it('keep a signature as it was signed, told to the audit in the name of who signed', async () => {
    const assertion = { credential: 'id', clientDataJSON: 'a', authenticatorData: 'b', signature: 'c' };
    const decision = {
      nonce: 'n1',
      kind: 'adopt',
      subject: 'a'.repeat(40),
      at: new Date(at),
      signature: { document: '{"kind":"adopt"}', assertion },
    } as const;
    await tables.decisions.add(decision, 'alice');
    expect(await tables.decisions.ofKind('adopt')).toEqual([decision]);
    expect(await tables.decisions.ofKind('approve')).toEqual([]);
    expect(await tables.decisions.latest(5)).toEqual([decision]);
    expect(audited).toMatchObject([{ tool: 'keep.signed.adopt', principal: { human: 'human:alice' } }]);
    await expect(tables.decisions.add(decision, 'alice')).rejects.toThrow();
  });

  it('begin a step of an attempt once', async () => {
    const change = some('stacks/a');
    await tables.changes.add([change]);
    const { id } = change.view;
    await tables.steps.begin(id, 1, 'prove', new Date(at));
    await tables.steps.begin(id, 1, 'apply', new Date(Date.parse(at) + 1));
    await tables.steps.begin(id, 2, 'prove', new Date(at));
    await expect(tables.steps.begin(id, 1, 'apply', new Date())).rejects.toThrow();
    expect((await tables.steps.of(id, 1)).map(({ step }) => step)).toEqual(['prove', 'apply']);
  });
});
