import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeView } from '../../src/change/wire/change.ts';
import { changeId, changeOf, setId } from './change.fixture.ts';
import { callTool } from './keep.fixture.ts';
import { calm, type ScriptedKeep, scriptedKeep } from './scripted-keep.fixture.ts';
import { status } from './status.ts';

let keep: ScriptedKeep;
beforeEach(async () => {
  keep = await scriptedKeep(() => ({ changes: [changeOf()] }));
});
afterEach(() => keep[Symbol.asyncDispose]());

const call = (asked: Readonly<Record<string, unknown>>) => callTool(status, keep, asked);

describe('where a change is', () => {
  it('is told at once unless it is waited for', async () => {
    const { text } = await call({ id: changeId });
    expect(text).toContain("WAITS FOR A HUMAN'S SIGNATURE");
    expect(keep.asked).toEqual([{ verb: 'status', of: 'change', id: changeId, waitMs: 0 }]);
  });

  it('is waited for until it moves no more', async () => {
    const states: ChangeView['state'][] = ['approved', 'applying', 'applied', 'verified', 'landed'];
    keep.script = () => ({ changes: [changeOf({ state: states.shift() ?? 'landed', approvedBy: ['ada'] })] });
    const { text, progress } = await call({ id: setId, wait: 40 });
    expect(text).toContain('landed: applied, verified and on the branch');
    expect(progress).toHaveLength(5);
  });

  it('says what was expected and does not hold, first what is worst', async () => {
    keep.script = () => ({
      changes: [
        changeOf({
          state: 'failed-expectation',
          revertedBy: `chg_${'e'.repeat(26)}`,
          expected: [
            {
              what: 'rollout deployment mail/server',
              result: 'pass',
              detail: '1 of 1 ready',
              at: '2026-03-01T10:00:00.000Z',
            },
            {
              what: 'alert HighMemory quiet',
              result: 'unknown',
              detail: 'Alertmanager did not answer',
              at: '2026-03-01T10:00:00.000Z',
            },
          ],
        }),
      ],
    });
    const { text } = await call({ id: changeId });
    expect(text.indexOf('UNKNOWN')).toBeLessThan(text.indexOf('PASS'));
    expect(text).toContain('NOT SEEN: part of what was expected (1 could not be measured)');
    expect(text).toContain(`its revert chg_${'e'.repeat(26)} is planned and waits`);
  });

  it('without an id is a list: what is in trouble, what waits, what is under way, what is over', async () => {
    const one = (id: string, more: Partial<ChangeView>) => changeOf({ id: `chg_${id.repeat(26)}`, ...more });
    keep.script = () => ({
      changes: [
        one('a', { state: 'landed' }),
        one('b', { state: 'planning', summary: undefined }),
        one('c', { state: 'awaiting-approval' }),
        one('d', { state: 'interrupted' }),
      ],
      keep: { ...calm, foreign: [{ stack: 'stacks/dns', at: '2026-03-01T09:00:00.000Z', what: 'serial 4 to 6' }] },
    });
    const { text } = await call({});
    expect(text.split('\n')[0]).toBe('1 in trouble, 1 wait for a human, 1 under way');
    expect([...text.matchAll(/^chg_(\w)/gm)].map(([, id]) => id)).toEqual(['d', 'c', 'b', 'a']);
    expect(text).toContain('FOREIGN APPLY on stacks/dns, seen 60m ago');
    expect(keep.asked).toEqual([{ verb: 'status', of: 'changes', limit: 50 }]);
  });

  it('of none is said', async () => {
    keep.script = () => ({ changes: [] });
    expect((await call({})).text).toContain('no change was ever proposed');
    await expect(call({ id: changeId })).rejects.toMatchObject({ code: 'keep-reply-invalid' });
  });
});
