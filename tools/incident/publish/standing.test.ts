import { describe, expect, it } from 'vitest';
import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { KeepClient } from '../../../src/change/wire/keep-port.ts';
import { incidentError } from '../../../src/incident/errors.ts';
import { CastellanError } from '../../../src/kit/index.ts';
import { standingOf } from './standing.ts';

const id = `chg_${'a2'.repeat(13)}`;
const never = new AbortController().signal;
const keepWith = (view: Partial<ChangeView> | undefined) => async (): Promise<KeepClient> => ({
  ask: async () => ({
    keep: { version: '1', boundary: 'separate user', problems: [] },
    changes: view === undefined ? [] : [{ id, ...view } as ChangeView],
  }),
});
const away = async (): Promise<KeepClient> => {
  throw incidentError('publish-refused', { message: 'away', next: 'wait' });
};
const forgetful = async (): Promise<KeepClient> => ({
  ask: () => Promise.reject(new CastellanError('change-unknown', 'agent', { message: 'no such', next: 'x' })),
});

describe('a version that was proposed as a change', () => {
  it.each([
    ['landed', { state: 'landed', landedAs: 'c'.repeat(40) }, 'landed', 'on the branch', undefined],
    ['rejected', { state: 'rejected', words: 'not so' }, 'not-there', 'REJECTED by a human', 'not so'],
    ['withdrawn', { state: 'withdrawn' }, 'not-there', 'WITHDRAWN: not in the repository', undefined],
    ['expired', { state: 'expired' }, 'not-there', 'EXPIRED: not in the repository', undefined],
    ['never planned', { state: 'plan-failed', why: 'no room' }, 'not-there', 'PLAN-FAILED', 'no room'],
    ['without an effect', { state: 'no-changes' }, 'not-there', 'NO-CHANGES', undefined],
    ['waiting', { state: 'awaiting-approval' }, 'on-its-way', 'not in the repository yet', undefined],
    ['applied and not landed', { state: 'landing-failed' }, 'on-its-way', 'not in the repository yet', undefined],
    ['forgotten', undefined, 'unknown', 'NOT KNOWN', undefined],
  ] as const)('is told where it is: %s', async (_, view, where, text, words) => {
    const standing = await standingOf(id, keepWith(view), never);
    expect(standing).toMatchObject({ where, text: expect.stringContaining(text), words });
  });

  it.each([
    ['is away', away],
    ['does not know it', forgetful],
    ['is not configured', undefined],
  ] as const)('is not known to be there where the keep %s', async (_, keep) => {
    expect(await standingOf(id, keep, never)).toMatchObject({
      where: 'unknown',
      text: expect.stringContaining('NOT KNOWN'),
    });
  });

  it.each([undefined, '/srv/reports/x.md', 'chg_x'])('is not what was published as %j', async (published) => {
    expect(await standingOf(published, away, never)).toBeUndefined();
  });
});
