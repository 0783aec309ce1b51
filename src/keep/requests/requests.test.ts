import { describe, expect, it } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { by, RequestBench, wishKinds } from './bench.fixture.ts';
import { mailKey, place, someWishes, vaultFault } from './requests.fixture.ts';
import { perHour } from './requests.ts';

const hour = 3_600_000;
const forever = new AbortController().signal;

describe('what an agent asks for', () => {
  it.each(wishKinds)('waits for a human, who is told an id and nothing else: %s', async (kind) => {
    await using bench = await RequestBench.open();
    const view = await bench.ask(someWishes[kind]);
    expect(view).toMatchObject({
      state: 'waiting',
      wish: someWishes[kind],
      ...by,
      reason: 'the exporter cannot log in',
    });
    expect(view.version).toBe(kind === 'lease' ? undefined : 3);
    expect(Date.parse(view.expiresAt ?? '') - Date.parse(view.createdAt)).toBe(24 * hour);
    expect(bench.notices).toEqual([{ what: 'secret-request', id: view.id, urgent: false }]);
    expect(bench.table.audited).toEqual([`waiting ${view.id}`]);
    expect(await bench.keep.status(view.id, 0, forever)).toEqual(view);
    expect(await bench.keep.latest(5, true)).toEqual([view]);
    // Only names were looked at.
    expect(bench.vault.calls.filter((call) => !['mounts', 'metadata', 'keys'].includes(call))).toEqual([]);
  });

  it('is no value: what is kept of it holds none', async () => {
    await using bench = await RequestBench.open();
    for (const kind of wishKinds.slice(0, 3)) await bench.ask(someWishes[kind]);
    expect(bench.everythingKept()).not.toContain(bench.value);
  });

  it.each([
    ['no such mount', { ...mailKey, mount: 'nowhere' }, 'request-unknown-secret'],
    ['a mount without versions', { ...mailKey, mount: 'old' }, 'request-not-possible'],
    ['a mount of databases', { ...mailKey, mount: 'database' }, 'request-not-possible'],
    ['no such secret', { ...mailKey, path: 'apps/none' }, 'request-unknown-secret'],
    ['no such key', { ...mailKey, key: 'pass' }, 'request-unknown-secret'],
    ['no such version', { ...mailKey, version: 9 }, 'request-unknown-secret'],
    ['a key nobody can read', { ...mailKey, key: 'pass\u202eword' }, 'request-not-possible'],
  ])('is refused to show: %s', async (_, of, code) => {
    await using bench = await RequestBench.open();
    await expect(bench.ask({ kind: 'reveal', of })).rejects.toMatchObject({ code });
    expect(bench.table.rows.size).toBe(0);
    expect(bench.notices).toEqual([]);
  });

  it('is an older version where it is named, and none that is deleted or destroyed', async () => {
    await using bench = await RequestBench.open();
    const at = (version: number) => bench.ask({ kind: 'reveal', of: { ...mailKey, version } });
    const [first, second, third] = bench.vault.secrets.get(place.path) ?? [];
    expect(await at(1)).toMatchObject({ version: 1 });
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three');
    first.deletedAt = bench.people.now();
    second.destroyed = true;
    await expect(at(1)).rejects.toMatchObject({ code: 'request-unknown-secret' });
    await expect(at(2)).rejects.toMatchObject({ code: 'request-unknown-secret' });
    // It ends by itself, tomorrow.
    third.deletedAt = new Date(bench.people.clock + 24 * hour);
    expect(await at(3)).toMatchObject({ version: 3 });
  });

  it('may be written where nothing is yet, and not over keys that lie below or a version that is deleted', async () => {
    await using bench = await RequestBench.open();
    expect(await bench.ask({ kind: 'write', of: { ...mailKey, path: 'apps/new' } })).toMatchObject({ version: 0 });
    bench.vault.put('apps/deep', { 'login.user': 'x', 'login.password': 'y' });
    await expect(
      bench.ask({ kind: 'write', of: { mount: 'secret', path: 'apps/deep', key: 'login' } }),
    ).rejects.toMatchObject({ code: 'request-not-possible', message: expect.stringContaining('more keys below it') });
    await expect(bench.ask({ kind: 'write', of: { ...mailKey, version: 2 } })).rejects.toMatchObject({
      code: 'request-not-possible',
    });
    const last = bench.vault.secrets.get(place.path)?.at(-1);
    if (last !== undefined) last.deletedAt = bench.people.now();
    await expect(bench.ask(someWishes.generate)).rejects.toMatchObject({ code: 'request-not-possible' });
  });

  it('is lent only by a keep that has an engine', async () => {
    const config = { approval: { hours: 1, minutes: 1, twoPeople: [], pending: 3 }, kubernetes: undefined };
    await using without = await RequestBench.open({ config: { ...config, vault: undefined } });
    await expect(without.ask(someWishes.lease)).rejects.toMatchObject({ code: 'request-not-possible' });
  });

  it('is nothing at all where there is no Vault', async () => {
    await using bench = await RequestBench.open({ door: undefined });
    for (const kind of wishKinds) {
      await expect(bench.ask(someWishes[kind])).rejects.toMatchObject({
        code: 'request-not-possible',
        next: expect.stringContaining('vault:'),
      });
    }
  });

  it('needs a reason, and is told what Vault said', async () => {
    await using bench = await RequestBench.open();
    await expect(bench.ask(someWishes.reveal, ' \n')).rejects.toMatchObject({ code: 'request-not-possible' });
    bench.vault.before = (call) => {
      if (call === 'metadata') throw vaultFault('vault-sealed');
    };
    await expect(bench.ask(someWishes.reveal)).rejects.toMatchObject({ code: 'vault-sealed' });
  });

  it('has its words cut, and what looks like a secret taken out of them', async () => {
    const agentText = (text: string) => ({ text: text.replace('hunter2', '«redacted»'), counts: {} });
    await using bench = await RequestBench.open({ redactor: { agentText } });
    const { id } = await bench.ask(someWishes.reveal, `it is hunter2 ${'x'.repeat(5_000)}\u202e`);
    const { reason } = await bench.keep.status(id, 0, forever);
    expect(reason).toMatch(/^it is «redacted» x{10,}$/);
    expect(reason.length).toBeLessThan(1_100);
    const { words } = await bench.keep.reject(id, `hunter2 ${'y'.repeat(5_000)}`, 'alice');
    expect(words).toMatch(/^«redacted» y+$/);
  });
});

describe('how much is asked for', () => {
  it('is bounded: so many that wait, so many an hour, and a handful of that for all', async () => {
    await using bench = await RequestBench.open();
    for (let count = 0; count < 3; count += 1) await bench.ask(someWishes.reveal);
    bench.vault.calls.length = 0;
    await expect(bench.ask(someWishes.reveal)).rejects.toMatchObject({ code: 'request-quota' });
    // Whoever has spent theirs asks nothing of Vault either.
    expect(bench.vault.calls).toEqual([]);
    expect(await bench.ask(someWishes.reveal, 'why', { agent: 'codex', human: 'alice' })).toMatchObject({
      agent: 'codex',
    });
    for (let agent = 0; agent < 11; agent += 1)
      await bench.ask(someWishes.reveal, 'why', { agent: `a${agent}`, human: 'x' });
    await expect(bench.ask(someWishes.reveal, 'why', { agent: 'another', human: 'x' })).rejects.toMatchObject({
      code: 'request-quota',
    });
  });

  it('counts those that are over for an hour', async () => {
    await using bench = await RequestBench.open();
    for (let count = 0; count < perHour; count += 1) {
      const { id } = await bench.ask(someWishes.reveal);
      await bench.keep.withdraw(id, by);
    }
    await expect(bench.ask(someWishes.reveal)).rejects.toMatchObject({ code: 'request-quota' });
    bench.people.clock += hour;
    expect(await bench.ask(someWishes.reveal)).toMatchObject({ state: 'waiting' });
  });

  it('is counted one by one', async () => {
    await using bench = await RequestBench.open();
    const all = await Promise.allSettled(Array.from({ length: 9 }, () => bench.ask(someWishes.reveal)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });
});

describe('a request that waits', () => {
  it('is withdrawn by who made it alone', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    for (const other of [
      { agent: 'codex', human: 'alice' },
      { agent: 'claude', human: 'bob' },
    ]) {
      await expect(bench.keep.withdraw(id, other)).rejects.toMatchObject({ code: 'request-not-yours' });
    }
    expect(await bench.keep.withdraw(id, by)).toMatchObject({ state: 'withdrawn' });
    await expect(bench.keep.withdraw(id, by)).rejects.toMatchObject({ code: 'request-over' });
    await expect(bench.keep.reject(id, 'no', 'alice')).rejects.toMatchObject({ code: 'request-over' });
    await expect(bench.keep.bodyOf({ kind: 'reveal', request: id })).rejects.toMatchObject({ code: 'request-over' });
  });

  it('is rejected in words, which its agent hears at once', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    const waiting = bench.keep.status(id, 30_000, forever);
    await bench.keep.reject(id, 'use the other account', 'alice');
    expect(await waiting).toMatchObject({ state: 'rejected', words: 'use the other account', by: 'alice' });
  });

  it('ends when nobody came, also for who waits to hear of it', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    const signature = await bench.signed({ kind: 'reveal', request: id });
    bench.people.clock += 24 * hour;
    expect(await bench.keep.status(id, 0, forever)).toMatchObject({ state: 'expired' });
    await expect(bench.keep.reveal(signature)).rejects.toBeInstanceOf(CastellanError);
    expect(bench.vault.happened).toEqual([]);
    expect(await bench.keep.latest(5, true)).toEqual([]);
  });

  it('still waits after a restart', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    await bench.start();
    expect(await bench.keep.status(id, 0, forever)).toMatchObject({ state: 'waiting' });
    expect((await bench.reveal(id)).view).toMatchObject({ state: 'done' });
  });

  it('lets whoever waits go when they leave', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    expect(await bench.keep.status(id, 30_000, AbortSignal.abort())).toMatchObject({ state: 'waiting' });
    const unknown = `req_${'a'.repeat(26)}`;
    await expect(bench.keep.status(unknown, 0, forever)).rejects.toMatchObject({ code: 'request-not-found' });
  });
});
