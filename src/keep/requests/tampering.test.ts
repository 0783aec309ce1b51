import { describe, expect, it } from 'vitest';
import type { RequestView, SecretWish } from '../../change/wire/secret.ts';
import { RequestBench, subjectOf } from './bench.fixture.ts';
import { someWishes, typing } from './requests.fixture.ts';

/** Rows that somebody with the database changed. */
const edits: readonly [string, SecretWish['kind'], (view: RequestView) => RequestView][] = [
  ['another path', 'reveal', (view) => of(view, { path: 'apps/bank' })],
  ['another key', 'reveal', (view) => of(view, { key: 'user' })],
  ['another mount', 'reveal', (view) => of(view, { mount: 'other' })],
  ['another version', 'reveal', (view) => ({ ...view, version: 1 })],
  ['another path', 'write', (view) => of(view, { path: 'apps/bank' })],
  ['another version', 'write', (view) => ({ ...view, version: 4 })],
  ['another key', 'generate', (view) => of(view, { key: 'user' })],
  ['a shorter one', 'generate', (view) => wished(view, { length: 16 })],
  ['another alphabet', 'generate', (view) => wished(view, { alphabet: 'digits' })],
  ['another role', 'lease', (view) => wished(view, { role: 'cluster-admin' })],
  ['another namespace', 'lease', (view) => wished(view, { namespace: 'kube-system' })],
  ['more minutes', 'lease', (view) => wished(view, { minutes: 240 })],
  ['the whole cluster', 'lease', (view) => wished(view, { clusterWide: true })],
  ['another kind', 'reveal', (view) => ({ ...view, wish: someWishes.generate })],
];

function wished(view: RequestView, change: object): RequestView {
  return { ...view, wish: { ...view.wish, ...change } as SecretWish };
}

function of(view: RequestView, change: object): RequestView {
  return view.wish.kind === 'lease' ? view : wished(view, { of: { ...view.wish.of, ...change } });
}

describe('a row that somebody changed in the database', () => {
  it.each(edits)('after it was signed, to %s, is not done: %s', async (_, kind, edit) => {
    await using bench = await RequestBench.open();
    bench.vault.put('apps/bank', { password: 'x' });
    const view = await bench.ask(someWishes[kind]);
    const typed = typing();
    const signature = await bench.signed(subjectOf(kind, view.id, typed.commitment));
    bench.table.rows.set(view.id, edit(view));
    const doors = {
      reveal: () => bench.keep.reveal(signature),
      write: () => bench.keep.write(signature, typed),
      generate: () => bench.keep.generate(signature),
      lease: () => bench.keep.lease(signature),
    };
    await expect(doors[kind]()).rejects.toMatchObject({
      code: expect.stringMatching(/^(approval-refused|decision-void)$/),
    });
    expect(bench.vault.happened).toEqual([]);
    expect(bench.people.spentLines()).toEqual([]);
  });

  it('while its signature is proved is not done either', async () => {
    await using bench = await RequestBench.open();
    const view = await bench.ask(someWishes.reveal);
    const signature = await bench.signed({ kind: 'reveal', request: view.id });
    const { get } = bench.table;
    let looks = 0;
    bench.table.get = async (id) => {
      looks += 1;
      // Whatever is read before the nonce is spent is honest.
      if (bench.people.spentLines().length > 0) bench.table.rows.set(id, of(view, { key: 'user' }));
      return get.call(bench.table, id);
    };
    await expect(bench.keep.reveal(signature)).rejects.toMatchObject({ code: 'approval-refused' });
    expect(looks).toBeGreaterThan(1);
    expect(bench.vault.happened).toEqual([]);
  });

  it('before it is signed shows in what is signed', async () => {
    await using bench = await RequestBench.open();
    const view = await bench.ask(someWishes.reveal);
    bench.table.rows.set(view.id, of(view, { key: 'user' }));
    expect(await bench.keep.bodyOf({ kind: 'reveal', request: view.id })).toMatchObject({ key: 'user' });
  });

  it('back to waiting after it was done needs another signature', async () => {
    await using bench = await RequestBench.open();
    const view = await bench.ask(someWishes.reveal);
    const signature = await bench.signed({ kind: 'reveal', request: view.id });
    await bench.keep.reveal(signature);
    bench.table.rows.set(view.id, view);
    bench.people.decisions.rows = [];
    for (const again of [false, true]) {
      if (again) await bench.start();
      await expect(bench.keep.reveal(signature)).rejects.toMatchObject({ code: 'approval-refused' });
    }
    expect(bench.vault.happened).toHaveLength(1);
  });
});
