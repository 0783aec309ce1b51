import { describe, expect, it } from 'vitest';
import type { RequestView } from '../../change/wire/secret.ts';
import { silent } from '../runs/runs.fixture.ts';
import { createMasking } from './masking.ts';
import { place, someWishes, vaultFault, waitingFor } from './requests.fixture.ts';

const id = `req_${'a'.repeat(26)}`;

function open(faults: number, waitsMs: readonly number[]) {
  let left = faults;
  let tries = 0;
  let view: RequestView = waitingFor(id, someWishes.write, new Date(0), { state: 'done' });
  const masking = createMasking({
    fingerprinter: {
      refresh: async () => {
        tries += 1;
        if (left-- > 0) throw vaultFault('fingerprinter-away');
      },
    },
    board: {
      note: async (_, edit) => {
        view = edit(view);
      },
    },
    log: silent,
    waitsMs,
  });
  return {
    masking,
    view: () => view,
    tries: () => tries,
    tell: (why: string) => {
      view = { ...view, why };
    },
  };
}

describe('a value that was not masked at once', () => {
  it('is tried again until it is, and then it is not told any more', async () => {
    const { masking, view, tries, tell } = open(3, [1, 1, 1, 1]);
    await using _ = masking;
    const why = await masking.mask(place);
    if (why === undefined) throw new Error('it is away');
    tell(why);
    masking.goOn(place, id, why);
    await expect.poll(() => view().why).toBeUndefined();
    expect(tries()).toBe(4);
  });

  it('leaves other words alone', async () => {
    const { masking, view, tries, tell } = open(0, [1]);
    await using _ = masking;
    tell('something else');
    masking.goOn(place, id, 'it was away');
    await expect.poll(tries).toBe(1);
    await masking[Symbol.asyncDispose]();
    expect(view().why).toBe('something else');
  });

  it('is left to the next pass in the end, and at the keep’s own', async () => {
    const { masking, tries } = open(99, [1, 1]);
    await using _ = masking;
    masking.goOn(place, id, 'it was away');
    await expect.poll(tries).toBe(2);
    const waiting = open(0, [3_600_000]);
    waiting.masking.goOn(place, id, 'it was away');
    await waiting.masking[Symbol.asyncDispose]();
    expect(waiting.tries()).toBe(0);
  });
});
