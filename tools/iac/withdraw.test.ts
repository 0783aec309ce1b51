import { expect, it } from 'vitest';
import { changeId, changeOf, requestIdOfTests, requestOf } from './change.fixture.ts';
import { callTool } from './keep.fixture.ts';
import { scriptedKeep } from './scripted-keep.fixture.ts';
import { withdraw } from './withdraw.ts';

it('takes a change back in the name of whoever called, and says that it is over', async () => {
  await using keep = await scriptedKeep(() => ({ changes: [changeOf({ state: 'withdrawn' })] }));
  const { text } = await callTool(withdraw, keep, { id: changeId });
  expect(text).toContain('WITHDRAWN');
  expect(text).toContain('next: nothing, it is over');
  expect(keep.asked).toEqual([{ verb: 'withdraw', by: { agent: 'agent:claude', human: 'human:robin' }, id: changeId }]);
});

it.each(['run_aaaaaaaaaaaaaaaaaaaaaaaaaa', 'chg_', '*', ''])('takes no other id: %j', (id) => {
  expect(withdraw.input.safeParse({ id }).success).toBe(false);
});

it("is refused with the keep's words once it is being applied", async () => {
  await using keep = await scriptedKeep(() => ({
    error: { code: 'change-past-recall', audience: 'agent', message: 'it is being applied', next: 'wait for its end' },
  }));
  await expect(callTool(withdraw, keep, { id: changeId })).rejects.toMatchObject({ code: 'change-past-recall' });
});

it('takes a request back', async () => {
  await using keep = await scriptedKeep(() => ({ requests: [requestOf({ state: 'withdrawn' })] }));
  const { text } = await callTool(withdraw, keep, { id: requestIdOfTests });
  expect(text).toMatch(/withdrawn .*reveal secret\/apps\/mail#password$/m);
  expect(keep.asked).toMatchObject([{ verb: 'withdraw', id: requestIdOfTests }]);
});
