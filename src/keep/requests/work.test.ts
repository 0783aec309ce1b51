import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RequestBench, subjectOf, wishKinds } from './bench.fixture.ts';
import { mailKey, place, someWishes, typing, vaultFault } from './requests.fixture.ts';

const doing = ['wrap', 'unwrap', 'write', 'mint'] as const;

describe('what was signed', () => {
  it('is shown once: the value to who signed, and in nothing that is kept', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    const signature = await bench.signed({ kind: 'reveal', request: id });
    const { view, value } = await bench.keep.reveal(signature);
    expect(value.reveal()).toBe(`${bench.value}3`);
    expect(view).toMatchObject({ state: 'done', by: 'alice', version: 3 });
    await expect(bench.keep.reveal(signature)).rejects.toMatchObject({ code: 'approval-refused' });
    await expect(bench.keep.bodyOf({ kind: 'reveal', request: id })).rejects.toMatchObject({ code: 'request-over' });
    expect(bench.vault.happened).toEqual(['read secret/apps/mail@3']);
    expect(bench.everythingKept()).not.toContain(bench.value);
    expect(bench.table.audited).toEqual([`waiting ${id}`, `signed ${id}`, `done ${id}`]);
  });

  it('is the version that was named, though there are newer ones', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask({ kind: 'reveal', of: { ...mailKey, version: 2 } });
    bench.vault.put(place.path, { password: 'newer' });
    expect((await bench.reveal(id)).value.reveal()).toBe(`${bench.value}2`);
  });

  it('is written as the next version, and masked before anybody hears of it', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.write);
    const typed = typing();
    const view = await bench.write(id, typed);
    expect(view).toMatchObject({ state: 'done', madeVersion: 4, by: 'alice' });
    expect(view.why).toBeUndefined();
    expect(bench.vault.read(place.path)).toEqual({ password: typed.value.reveal(), user: 'mail' });
    expect(bench.refreshed).toEqual(['secret/apps/mail']);
    const kept = bench.everythingKept();
    for (const part of [typed.value.reveal(), typed.salt, bench.value]) expect(kept).not.toContain(part);
  });

  it('is drawn, and nobody sees it', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask({ ...someWishes.generate, length: 64, alphabet: 'hex' });
    expect(await bench.generate(id)).toMatchObject({ state: 'done', madeVersion: 4 });
    const { password = '' } = bench.vault.read(place.path);
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    expect(bench.refreshed).toEqual(['secret/apps/mail']);
    expect(bench.everythingKept()).not.toContain(password);
  });

  it('is lent as a kubeconfig that is whole, until when is told', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.lease);
    const { view, kubeconfig } = await bench.lease(id);
    expect(view).toMatchObject({ state: 'done', leaseUntil: '2026-03-01T10:30:00.000Z' });
    const text = kubeconfig.reveal();
    const { token } = parse(text).users[0].user;
    expect(parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'castellan-local-admin',
      contexts: [
        {
          name: 'castellan-local-admin',
          context: { cluster: 'castellan-local-admin', user: 'castellan-local-admin', namespace: 'mail' },
        },
      ],
      clusters: [
        {
          name: 'castellan-local-admin',
          cluster: {
            server: 'https://192.0.2.10:6443',
            'certificate-authority-data': Buffer.from('a certificate').toString('base64'),
          },
        },
      ],
      users: [{ name: 'castellan-local-admin', user: { token } }],
    });
    expect(bench.everythingKept()).not.toContain(token);
    expect(bench.everythingKept()).not.toContain('kubernetes/creds/');
    expect(bench.vault.revoked).toEqual([]);
  });

  it.each(wishKinds)('is done for one of two who hand it in at once: %s', async (kind) => {
    await using bench = await RequestBench.open();
    const view = await bench.ask(someWishes[kind]);
    const both = await Promise.allSettled([bench.fulfil(view), bench.fulfil(view)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(bench.vault.happened).toHaveLength(1);
    // The other was not spent for nothing either.
    expect(bench.people.spentLines()).toHaveLength(1);
  });
});

describe('what was typed', () => {
  it.each([
    ['another value', ({ salt }: ReturnType<typeof typing>) => ({ ...typing(), salt })],
    ['another salt', (typed: ReturnType<typeof typing>) => ({ ...typed, salt: typing().salt })],
    ['a salt that is cut', (typed: ReturnType<typeof typing>) => ({ ...typed, salt: typed.salt.slice(0, 40) })],
    ['a salt with more', (typed: ReturnType<typeof typing>) => ({ ...typed, salt: `${typed.salt}=` })],
  ])('is written only if it is what was signed: %s', async (_, other) => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.write);
    const typed = typing();
    const signature = await bench.signed({ kind: 'write', request: id, commitment: typed.commitment });
    await expect(bench.keep.write(signature, other(typed))).rejects.toMatchObject({ code: 'approval-refused' });
    expect(bench.vault.happened).toEqual([]);
    // A slip of the page spends nothing.
    expect(await bench.keep.write(signature, typed)).toMatchObject({ state: 'done' });
  });

  it.each(['', 'x'.repeat(65_537), 'a\ud800b'])('is a text that has bytes', async (value) => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.write);
    await expect(bench.write(id, typing(value))).rejects.toMatchObject({ code: 'approval-refused' });
    expect(bench.vault.happened).toEqual([]);
  });
});

describe('a secret that moved', () => {
  it.each(['reveal', 'write', 'generate'] as const)('before it is signed ends the request: %s', async (kind) => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes[kind]);
    bench.vault.put(place.path, { password: 'by somebody else' });
    const subject = subjectOf(kind, id, typing().commitment);
    await expect(bench.keep.bodyOf(subject)).rejects.toMatchObject({ code: 'request-moved' });
    expect(bench.table.rows.get(id)).toMatchObject({ state: 'failed', why: expect.stringContaining('version 4') });
  });

  it.each(['write', 'generate'] as const)('after it was signed is not written over: %s', async (kind) => {
    await using bench = await RequestBench.open();
    const view = await bench.ask(someWishes[kind]);
    bench.vault.before = (call) => {
      if (call === 'write') bench.vault.put(place.path, { password: 'by somebody else' });
    };
    await expect(bench.fulfil(view)).rejects.toMatchObject({ code: 'request-moved' });
    expect(bench.vault.read(place.path)).toEqual({ password: 'by somebody else' });
    expect(bench.state(view.id)).toBe('failed');
  });
});

describe('what stands between the keep and Vault', () => {
  it('opens the wrapping first: it is known, urgently, and nothing is shown', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    bench.vault.before = (call) => {
      if (call === 'unwrap') bench.vault.stealWrapped();
    };
    await expect(bench.reveal(id)).rejects.toMatchObject({ code: 'wrapping-used' });
    expect(bench.notices.at(-1)).toEqual({ what: 'wrapping-used', id, urgent: true });
    expect(bench.table.audited).toContain(`wrapping-used ${id}`);
    expect(bench.table.rows.get(id)).toMatchObject({ state: 'failed', why: expect.stringContaining('somebody else') });
  });

  it('hands out another secret: it is not opened', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    bench.vault.creationPath = 'secret/data/apps/bank';
    await expect(bench.reveal(id)).rejects.toMatchObject({ code: 'wrapping-wrong' });
    expect(bench.vault.calls).not.toContain('unwrap');
    expect(bench.notices.at(-1)).toMatchObject({ what: 'wrapping-used', urgent: true });
  });

  it('hands out another version: it is shown to nobody', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.reveal);
    bench.vault.version = 2;
    await expect(bench.reveal(id)).rejects.toMatchObject({ code: 'wrapping-wrong' });
  });

  it('lends for longer than was signed: it is taken back, and handed to nobody', async () => {
    await using bench = await RequestBench.open();
    const first = await bench.ask(someWishes.lease);
    bench.vault.longerBy = 120;
    await expect(bench.lease(first.id)).rejects.toThrow(/longer than the 30 minutes/);
    // The lease is as short as it should be, and the token in it is not.
    bench.vault.longerBy = 0;
    bench.vault.tokenEnds = bench.people.clock + 24 * 3_600_000;
    const second = await bench.ask(someWishes.lease);
    await expect(bench.lease(second.id)).rejects.toThrow(/longer than the 30 minutes/);
    // It does not say when it ends.
    bench.vault.tokenEnds = Number.NaN;
    const third = await bench.ask(someWishes.lease);
    await expect(bench.lease(third.id)).rejects.toThrow(/does not say how long/);
    expect(bench.vault.revoked).toHaveLength(3);
    expect([first, second, third].map(({ id }) => bench.state(id))).toEqual(['failed', 'failed', 'failed']);
  });

  it.each([
    ['vault-deadline', 3, 'still at version 3'],
    ['vault-unreachable', 4, 'at version 4 now, which may be this'],
  ])('loses the answer to a write: it is not sent again (%s)', async (code, version, words) => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.write);
    let writes = 0;
    bench.vault.before = (call) => {
      if (call !== 'write') return;
      writes += 1;
      if (version === 4) bench.vault.put(place.path, { password: 'x' });
      throw vaultFault(code);
    };
    await expect(bench.write(id)).rejects.toMatchObject({ code: 'request-not-done' });
    expect(writes).toBe(1);
    expect(bench.table.rows.get(id)).toMatchObject({ state: 'failed', why: expect.stringContaining(words) });
    // It may stand there: whatever does is masked.
    expect(bench.refreshed).toEqual(['secret/apps/mail']);
  });
});

describe('Vault that says no', () => {
  it.each(wishKinds)('is told in its own words, and nothing is tried again: %s', async (kind) => {
    await using bench = await RequestBench.open();
    const view = await bench.ask(someWishes[kind]);
    bench.vault.before = (call) => {
      if (doing.some((one) => one === call)) throw vaultFault('vault-refused', 'the token may not do this');
    };
    await expect(bench.fulfil(view)).rejects.toMatchObject({ code: 'vault-refused' });
    expect(bench.table.rows.get(view.id)).toMatchObject({ state: 'failed', why: 'the token may not do this' });
  });

  it.each(wishKinds)('by a fault of ours tells nothing of a driver’s words: %s', async (kind) => {
    await using bench = await RequestBench.open();
    const view = await bench.ask(someWishes[kind]);
    bench.vault.before = (call) => {
      if (doing.some((one) => one === call)) throw new Error(`bad body: ${bench.value}`);
    };
    const error: unknown = await bench.fulfil(view).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'request-not-done', message: expect.not.stringContaining(bench.value) });
    expect(bench.state(view.id)).toBe('failed');
    expect(bench.everythingKept()).not.toContain(bench.value);
  });
});

describe('a value that could not be masked', () => {
  it('stands all the same, which is told', async () => {
    await using bench = await RequestBench.open();
    const { id } = await bench.ask(someWishes.write);
    bench.unmasked = vaultFault('fingerprinter-away');
    const view = await bench.write(id);
    expect(view).toMatchObject({
      state: 'done',
      madeVersion: 4,
      why: "the new value is not masked until the fingerprinter's next pass (fingerprinter-away)",
    });
  });

  it('nowhere, where there is no fingerprinter', async () => {
    await using bench = await RequestBench.open({ fingerprinter: undefined });
    const { id } = await bench.ask(someWishes.generate);
    expect((await bench.generate(id)).why).toContain('no fingerprinter');
  });
});
