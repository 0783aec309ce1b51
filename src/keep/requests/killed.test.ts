import { describe, expect, it } from 'vitest';
import type { RequestState } from '../../change/wire/secret.ts';
import { by, RequestBench, wishKinds } from './bench.fixture.ts';
import { someWishes } from './requests.fixture.ts';

describe('a keep that ends in the middle', () => {
  const steps: readonly RequestState[] = ['signed', 'done'];

  it.each(wishKinds.flatMap((kind) => steps.map((step) => [kind, step] as const)))(
    'does nothing twice, and says so: %s before it is written down as %s',
    async (kind, step) => {
      await using bench = await RequestBench.open();
      const view = await bench.ask(someWishes[kind]);
      bench.table.fault = (state) => {
        // As if it were killed there: nothing after it is written either.
        if (state === step || (step === 'done' && state === 'failed')) throw new Error('killed');
      };
      await expect(bench.fulfil(view)).rejects.toThrow();
      bench.table.fault = () => undefined;
      const before = bench.vault.happened.length;
      expect(before).toBe(step === 'signed' ? 0 : 1);
      await bench.start();
      const after = await bench.keep.status(view.id, 0, AbortSignal.timeout(1_000));
      expect(bench.vault.happened).toHaveLength(before);
      expect(bench.people.spentLines()).toHaveLength(1);
      if (step === 'done') {
        expect(after).toMatchObject({
          state: 'failed',
          why: expect.stringMatching(/ended in the middle.*not tried again/),
        });
        await expect(bench.fulfil(view)).rejects.toMatchObject({ code: 'request-over' });
      } else {
        // Nothing was done: another signature does it.
        expect(after).toMatchObject({ state: 'waiting' });
        expect(await bench.fulfil(view)).toMatchObject({ state: 'done' });
      }
    },
  );

  it('before its decision is written down has done nothing', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    const signature = await bench.signed({ kind: 'reveal', request: id });
    const { add } = bench.people.decisions;
    bench.people.decisions.add = async () => {
      throw new Error('killed');
    };
    await expect(bench.keep.reveal(signature)).rejects.toThrow('killed');
    bench.people.decisions.add = add;
    expect(bench.vault.happened).toEqual([]);
    await bench.start();
    await expect(bench.keep.reveal(signature)).rejects.toMatchObject({ code: 'approval-refused' });
    expect((await bench.reveal(id)).view.state).toBe('done');
  });

  it('has what it lent taken back when nobody could be told of it', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.lease);
    bench.table.fault = (state) => {
      if (state === 'done') throw new Error('the disk is full');
    };
    await expect(bench.lease(id)).rejects.toThrow('the disk is full');
    expect(bench.vault.revoked).toHaveLength(1);
  });

  it('and one that goes on leaves nothing signed and forgotten', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    bench.table.fault = (state) => {
      if (state === 'done') throw new Error('the disk is full');
    };
    await expect(bench.reveal(id)).rejects.toThrow();
    bench.table.fault = () => undefined;
    expect(bench.state(id)).toBe('signed');
    expect(await bench.keep.status(id, 0, AbortSignal.timeout(1_000))).toMatchObject({ state: 'failed' });
  });

  it('is not taken for ended while somebody is at it', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    const looks: (RequestState | undefined)[] = [];
    bench.vault.before = async (call) => {
      if (call === 'wrap') looks.push((await bench.keep.status(id, 0, AbortSignal.timeout(1_000))).state);
    };
    await bench.reveal(id);
    expect([...looks, bench.state(id)]).toEqual(['signed', 'done']);
    await expect(bench.keep.withdraw(id, by)).rejects.toMatchObject({ code: 'request-over' });
  });
});
