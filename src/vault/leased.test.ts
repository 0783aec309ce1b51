import { describe, expect, it } from 'vitest';
import { Secret } from '../kit/index.ts';
import { keptLog, word } from './hostile.fixture.ts';
import type { LentToken } from './kubernetes-tokens.ts';
import { type LeasedOptions, openLeased } from './leased.ts';

function lender(more: Partial<LeasedOptions> = {}) {
  let at = 1_000_000;
  const live = new Set<string>();
  const minted: LentToken[] = [];
  const log = keptLog();
  const mint = async (): Promise<LentToken> => {
    const lent = { token: new Secret(word()), lease: new Secret(word()), expiresAt: new Date(at + 100_000) };
    minted.push(lent);
    live.add(lent.lease.reveal());
    return lent;
  };
  const revoke = async (lease: Secret): Promise<void> => void live.delete(lease.reveal());
  const leased = openLeased({ mint, revoke, now: () => at, log, ...more });
  const pass = (ms: number): void => {
    at += ms;
  };
  return { leased, live, minted, log, pass, at: () => at };
}

describe('a leased credential', () => {
  it('is minted when it is needed, once for all who ask together', async () => {
    const { leased, minted } = lender();
    expect(leased.standing()).toEqual({ state: 'none', expiresAt: undefined, failure: undefined });
    expect(minted).toEqual([]);
    const all = await Promise.all([leased.current(), leased.current(), leased.current()]);
    expect(new Set(all).size).toBe(1);
    expect(minted).toHaveLength(1);
    expect(leased.standing()).toMatchObject({ state: 'lent', expiresAt: new Date(1_100_000) });
  });

  it('is replaced before four fifths of its time are over, and what it replaces is given back', async () => {
    const { leased, live, pass } = lender();
    const first = await leased.current();
    pass(60_000);
    expect(await leased.current()).toBe(first);
    pass(19_000);
    expect(await leased.current()).not.toBe(first);
    expect(live.size).toBe(1);
  });

  it('is prolonged where that is possible', async () => {
    let until = 0;
    const { leased, live, minted, pass, at } = lender({
      renew: async () => {
        until = at() + 100_000;
        return new Date(until);
      },
    });
    const first = await leased.current();
    for (let time = 0; time < 5; time += 1) {
      pass(79_000);
      expect(await leased.current()).toBe(first);
    }
    expect(leased.standing().expiresAt).toEqual(new Date(until));
    expect([minted.length, live.size]).toEqual([1, 1]);
  });

  it('is minted anew where it is not prolonged any more', async () => {
    const { leased, live, minted, pass } = lender({ renew: async () => Promise.reject(new Error('no longer')) });
    const first = await leased.current();
    pass(79_000);
    expect(await leased.current()).not.toBe(first);
    expect([minted.length, live.size]).toEqual([2, 1]);
  });

  it('is used to its end where no other can be had, and not a moment longer', async () => {
    let broken = false;
    const one = lender();
    const { leased, pass, at } = lender({
      mint: async () => {
        if (broken) throw new Error('away');
        return { token: new Secret(word()), lease: new Secret(word()), expiresAt: new Date(at() + 100_000) };
      },
    });
    const first = await leased.current();
    broken = true;
    pass(90_000);
    expect(await leased.current()).toBe(first);
    expect(leased.standing()).toMatchObject({ state: 'lent', failure: 'unexpected' });
    pass(10_000);
    await expect(leased.current()).rejects.toThrow('away');
    expect(leased.standing()).toMatchObject({ state: 'expired' });
    await one.leased[Symbol.asyncDispose]();
  });

  it('is replaced when it was refused, and not at every refusal', async () => {
    const { leased, live, minted, pass } = lender();
    const first = await leased.current();
    expect(await leased.current(undefined, first)).toBe(first);
    pass(10_000);
    const second = await leased.current(undefined, first);
    expect(second).not.toBe(first);
    expect(await leased.current(undefined, first)).toBe(second);
    expect([minted.length, live.size]).toEqual([2, 1]);
  });

  it('is given back at the end, also what was still being minted', async () => {
    const { leased, live } = lender();
    await leased.current();
    await leased[Symbol.asyncDispose]();
    expect(live.size).toBe(0);

    const slow = Promise.withResolvers<void>();
    const revoked: string[] = [];
    const lease = new Secret(word());
    const late = openLeased({
      mint: async () => {
        await slow.promise;
        return { token: new Secret(word()), lease, expiresAt: new Date(Date.now() + 60_000) };
      },
      revoke: async (one) => void revoked.push(one.reveal()),
      log: keptLog(),
    });
    const asking = late.current();
    const closing = late[Symbol.asyncDispose]();
    slow.resolve();
    await expect(asking).rejects.toThrow('not needed');
    await closing;
    expect(revoked).toEqual([lease.reveal()]);
  });

  it('is not minted again after the end', async () => {
    const { leased, live } = lender();
    await leased[Symbol.asyncDispose]();
    await expect(leased.current()).rejects.toThrow('not needed');
    expect(live.size).toBe(0);
  });

  it('says where a lease lives on, without the lease', async () => {
    const { leased, log, minted } = lender({ revoke: async () => Promise.reject(new Error('away')) });
    await leased.current();
    await leased[Symbol.asyncDispose]();
    expect(log.lines).toEqual([expect.stringContaining('vault-lease-not-revoked')]);
    expect(log.lines.join()).not.toContain(minted[0]?.lease.reveal());
  });

  it('does not keep a caller who has left', async () => {
    const { leased, minted } = lender();
    await expect(leased.current(AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
    await leased.current();
    expect(minted).toHaveLength(1);
  });
});
