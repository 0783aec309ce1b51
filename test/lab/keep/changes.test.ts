import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithLab } from '../use-lab.ts';
import { ask, onlyOf, proposedChange, restored, setOf, settled, someone } from './ask-keep.ts';
import type { Human } from './human.ts';
import { appOf, memoryOf, setMemory } from './media.ts';
import { prepareKeep, type ScratchKeep } from './scratch-keep.ts';
import { filesHolding, tracesOf } from './traces.ts';

/** From a proposal to the branch, on real servers: a keep of another user, Terragrunt, OpenTofu, the API server, git. */
await describeWithLab('a change that a human signs', (lab) => {
  let keep: ScratchKeep;
  let human: Human;
  const app = () => appOf(keep.infra.read('stacks/media/main.tf'), 'request page');
  const limit = () => memoryOf(lab, app());
  beforeAll(async () => {
    keep = await prepareKeep(lab);
    await keep.start();
    human = await keep.human();
    await restored(keep, human, ['stacks/media', 'stacks/finance', 'stacks/dns']);
  });
  afterAll(() => keep[Symbol.asyncDispose]());

  const memory = (size: string) => keep.infra.patch({ 'stacks/media/main.tf': setMemory('request page', size) });
  const approved = async (patch: string, more = {}): Promise<string> => {
    const changes = await proposedChange(keep, { patch, ...more });
    expect(changes.map(({ state, why, failure }) => [state, why, failure])).toEqual(
      changes.map(() => ['awaiting-approval', undefined, undefined]),
    );
    await human.sign({ kind: 'approve', set: setOf(changes) });
    return setOf(changes);
  };

  it('waits until it is signed, is applied then, verified, and lands', async () => {
    const before = await limit();
    const proposed = onlyOf(
      await proposedChange(keep, {
        patch: await memory('96Mi'),
        reason: 'it is killed for want of memory',
        expect: [{ kind: 'rollout', workload: 'deployment', ...app(), within: 120 }],
      }),
    );
    expect(proposed).toMatchObject({ state: 'awaiting-approval', stack: 'stacks/media', findings: [] });
    expect(proposed.summary?.counts).toMatchObject({ update: 1, create: 0, delete: 0, replace: 0 });
    expect(await limit()).toBe(before);
    expect(tracesOf(lab, JSON.stringify(proposed))).toEqual([]);

    const page = await human.page(proposed.set);
    expect(page.may).toEqual(expect.arrayContaining(['approve', 'reject']));
    const [shown] = page.changes;
    expect(shown?.page?.files.map(({ text }) => text).join('\n')).toMatch(/^\+.*96Mi/m);
    expect(tracesOf(lab, JSON.stringify(page))).toEqual([]);

    const head = await keep.infra.remoteHead();
    await human.sign({ kind: 'approve', set: proposed.set });
    const landed = onlyOf(await settled(keep, proposed.set));
    expect(landed).toMatchObject({
      state: 'landed',
      approvedBy: ['ada'],
      apply: { converged: true, failed: [], unknown: [] },
    });
    expect(landed.expected).toMatchObject([{ result: 'pass' }]);
    expect(await limit()).toBe('96Mi');
    expect(await keep.infra.remoteHead()).not.toBe(head);
    expect(await keep.infra.remoteFile('stacks/media/main.tf')).toContain('96Mi');
    const { keep: state } = await ask(keep, { verb: 'status', of: 'keep' });
    expect(state.trustedBase?.commit).toBe(landed.landedAs);
    expect(state.ahead).toBe(0);
  });

  it('leaves nothing in clear: not the plan, not the state, not a secret', async () => {
    expect(filesHolding(keep.state, ['"serial":', 'yaml_body_parsed'])).toEqual([]);
    expect(tracesOf(lab, keep.printed.join('\n'))).toEqual([]);
  });

  it('goes back the same way, from the base that landed', async () => {
    await keep.infra.pull();
    const set = await approved(await memory('64Mi'));
    expect(onlyOf(await settled(keep, set))).toMatchObject({ state: 'landed' });
    expect(await limit()).toBe('64Mi');
    await keep.infra.pull();
  });

  it('of two stacks is one set with one signature, applied in order and landed as one commit', async () => {
    const patch = await keep.infra.patch({
      'stacks/media/main.tf': setMemory('request page', '96Mi'),
      'stacks/finance/main.tf': (text) =>
        text.replace(/memory( +)= "(\d+)Mi"/, (_, gap, size) => `memory${gap}= "${Number(size) + 32}Mi"`),
    });
    const before = keep.infra.read('stacks/finance/main.tf');
    const set = await approved(patch);
    const landed = await settled(keep, set);
    expect(landed.map(({ state }) => state)).toEqual(['landed', 'landed']);
    expect(new Set(landed.map(({ landedAs }) => landedAs)).size).toBe(1);
    await keep.infra.pull();
    const back = await approved(
      await keep.infra.patch({
        'stacks/media/main.tf': setMemory('request page', '64Mi'),
        'stacks/finance/main.tf': before,
      }),
    );
    expect((await settled(keep, back)).map(({ state }) => state)).toEqual(['landed', 'landed']);
    await keep.infra.pull();
  });

  it('of tier 0 writes its encrypted state into the repository first', async () => {
    const before = keep.infra.read('stacks/dns/main.tf');
    const set = await approved(
      await keep.infra.patch({
        'stacks/dns/main.tf': (text) =>
          text.replace(/memory( +)= "(\d+)Mi"/, (_, gap, size) => `memory${gap}= "${Number(size) + 32}Mi"`),
      }),
    );
    expect(onlyOf(await settled(keep, set))).toMatchObject({ state: 'landed', apply: { converged: true } });
    await keep.infra.pull();
    const back = await approved(await keep.infra.patch({ 'stacks/dns/main.tf': before }));
    expect(onlyOf(await settled(keep, back))).toMatchObject({ state: 'landed' });
    await keep.infra.pull();
  });

  it('that is rejected tells its agent why, and is refused when it comes again', async () => {
    const patch = await memory('128Mi');
    const set = setOf(await proposedChange(keep, { patch }));
    await human.reject(set, 'the node has no room');
    expect(onlyOf(await settled(keep, set))).toMatchObject({ state: 'rejected', words: 'the node has no room' });
    await expect(proposedChange(keep, { patch })).rejects.toThrow(/proposal-rejected|the node has no room/);
  });

  it('that does not do what was expected gets a revert, which waits for one signature', async () => {
    const set = await approved(await memory('160Mi'), {
      expect: [{ kind: 'metric', query: 'vector(0)', op: '>=', value: 1, within: 5 }],
    });
    const failed = onlyOf(await settled(keep, set));
    expect(failed).toMatchObject({ state: 'failed-expectation', expected: [{ result: 'fail' }] });
    expect(await limit()).toBe('160Mi');
    const revert = await settledRevert(failed.id);
    expect(revert).toMatchObject({ state: 'awaiting-approval', reverts: failed.id, stack: 'stacks/media' });
    await human.sign({ kind: 'approve', set: revert.set });
    await settled(keep, revert.set);
    expect(await limit()).toBe('64Mi');
    expect(onlyOf(await settled(keep, set))).toMatchObject({ state: 'superseded' });
  });

  const settledRevert = async (id: string) => {
    let found = '';
    await expect
      .poll(async () => {
        const { changes = [] } = await ask(keep, { verb: 'status', of: 'change', id, waitMs: 1_000 });
        found = changes[0]?.revertedBy ?? '';
        return found;
      })
      .not.toBe('');
    return onlyOf(await settled(keep, found));
  };

  it('is stale once the branch moved inside its stack, and lands on top where it moved elsewhere', async () => {
    const inside = setOf(await proposedChange(keep, { patch: await memory('96Mi') }));
    await keep.infra.commit('by hand', { 'stacks/media/main.tf': (text) => `${text}\n# by hand\n` });
    await expect(human.sign({ kind: 'approve', set: inside })).rejects.toThrow();
    await expect
      .poll(async () => onlyOf(await settled(keep, inside, () => true)).state, { timeout: 90_000, interval: 1_000 })
      .toBe('stale');
    await human.sign({ kind: 'adopt', commit: await keep.infra.head() });

    const elsewhere = setOf(await proposedChange(keep, { patch: await memory('96Mi') }));
    await keep.infra.commit('by hand too', { 'README.md': (text) => `${text}\nby hand\n` });
    await human.sign({ kind: 'approve', set: elsewhere });
    expect(onlyOf(await settled(keep, elsewhere))).toMatchObject({ state: 'landed' });
    expect(await keep.infra.remoteFile('README.md')).toContain('by hand');
    expect(await keep.infra.remoteFile('stacks/media/main.tf')).toContain('96Mi');
    await keep.infra.pull();
    await human.sign({ kind: 'adopt', commit: await keep.infra.head() });
    const back = await approved(await memory('64Mi'));
    expect(onlyOf(await settled(keep, back))).toMatchObject({ state: 'landed' });
    await keep.infra.pull();
  });

  it('waits for its stack while another has it, and is told of whom', async () => {
    const first = onlyOf(await proposedChange(keep, { patch: await memory('96Mi') }));
    const second = onlyOf(
      await proposedChange(keep, {
        patch: await keep.infra.patch({ 'stacks/media/main.tf': setMemory('media server', '96Mi') }),
      }),
    );
    expect(second).toMatchObject({ state: 'draft', queuedBehind: first.id });
    await ask(keep, { verb: 'withdraw', by: someone, id: first.id });
    expect(onlyOf(await settled(keep, second.set))).toMatchObject({ state: 'awaiting-approval' });
    await ask(keep, { verb: 'withdraw', by: someone, id: second.set });
  });

  it('of a shared module plans every stack that uses it, on one page, once a human consented', async () => {
    const changes = await proposedChange(keep, {
      patch: await keep.infra.patch({ 'modules/app/main.tf': (text) => text.replace('cpu = "10m"', 'cpu = "20m"') }),
    });
    expect(changes.length).toBeGreaterThan(8);
    // One consent is for all that have the same trees and profile.
    const asked = new Map(changes.map(({ id, consent }) => [consent, id]));
    for (const id of asked.values()) await human.sign({ kind: 'consent', id });
    const planned = await settled(keep, setOf(changes));
    expect([...new Set(planned.map(({ state }) => state))]).toEqual(['awaiting-approval']);
    await human.reject(setOf(changes), 'not today');
  }, 300_000);

  describe('while it is frozen', () => {
    it('is not begun, whatever was signed, until a human signs a thaw', async () => {
      const proposed = setOf(await proposedChange(keep, { patch: await memory('96Mi') }));
      const file = join(keep.freeze, 'stop');
      writeFileSync(file, '');
      await ask(keep, { verb: 'status', of: 'keep' });
      await human.sign({ kind: 'approve', set: proposed });
      await expect.poll(async () => onlyOf(await settled(keep, proposed, () => true)).why ?? '').toMatch(/frozen/);
      expect(await limit()).toBe('64Mi');
      rmSync(file);
      await human.sign({ kind: 'thaw' });
      expect(onlyOf(await settled(keep, proposed))).toMatchObject({ state: 'landed' });
      await keep.infra.pull();
      const back = await approved(await memory('64Mi'));
      expect(onlyOf(await settled(keep, back))).toMatchObject({ state: 'landed' });
      await keep.infra.pull();
    });
  });
});
