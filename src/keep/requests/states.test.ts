import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RequestState, requestStates } from '../../change/wire/secret.ts';
import { isOver, mayFollow, openStates, type RequestEvent } from './states.ts';

/** Which events each state takes: everything else is refused. */
const table: Readonly<Record<RequestState, Readonly<Record<RequestEvent, boolean>>>> = {
  waiting: { signed: true, done: false, rejected: true, expired: true, withdrawn: true, failed: true },
  signed: { signed: false, done: true, rejected: false, expired: false, withdrawn: false, failed: true },
  done: { signed: false, done: false, rejected: false, expired: false, withdrawn: false, failed: false },
  rejected: { signed: false, done: false, rejected: false, expired: false, withdrawn: false, failed: false },
  expired: { signed: false, done: false, rejected: false, expired: false, withdrawn: false, failed: false },
  withdrawn: { signed: false, done: false, rejected: false, expired: false, withdrawn: false, failed: false },
  failed: { signed: false, done: false, rejected: false, expired: false, withdrawn: false, failed: false },
};
const events = requestStates.filter((state): state is RequestEvent => state !== 'waiting');

describe('a request', () => {
  it.each(requestStates.flatMap((state) => events.map((event) => [state, event] as const)))(
    'that is %s takes exactly the steps there are: %s',
    (state, event) => {
      expect(mayFollow(state, event)).toBe(table[state][event]);
      expect(mayFollow(state, 'waiting')).toBe(false);
    },
  );

  it('is done only after it was signed, is signed once, and moves no more once it is over', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...requestStates), { maxLength: 30 }), (tries) => {
        const path: RequestState[] = ['waiting'];
        for (const next of tries) {
          const at = path.at(-1) ?? 'waiting';
          if (mayFollow(at, next)) path.push(next);
        }
        expect(path.filter((state) => state === 'signed').length).toBeLessThan(2);
        if (path.includes('done')) expect(path).toEqual(['waiting', 'signed', 'done']);
        expect(path.slice(0, -1).some(isOver)).toBe(false);
      }),
    );
    expect(openStates).toEqual(['waiting', 'signed']);
  });
});
