import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeView } from '../../src/change/wire/change.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { changeId, changeOf, requestIdOfTests, requestOf, setId } from './change.fixture.ts';
import { callTool, unfenced } from './keep.fixture.ts';
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
    expect([...text.matchAll(/^\| chg_(\w)/gm)].map(([, id]) => id)).toEqual(['d', 'c', 'b', 'a']);
    expect(text).toContain('FOREIGN APPLY on stacks/dns, seen 60m ago');
    expect(keep.asked).toEqual([
      { verb: 'status', of: 'changes', limit: 50 },
      { verb: 'status', of: 'requests', limit: 50 },
    ]);
  });

  it('of none is said', async () => {
    keep.script = () => ({ changes: [] });
    expect((await call({})).text).toContain('no change was ever proposed');
    await expect(call({ id: changeId })).rejects.toMatchObject({ code: 'keep-reply-invalid' });
  });
});

describe('where a request for a secret is', () => {
  it('is told by its id, with where a human answers it', async () => {
    keep.script = () => ({ requests: [requestOf()] });
    const { text } = await call({ id: requestIdOfTests });
    expect(text.split('\n')[0]).toBe(
      `${requestIdOfTests} WAITS FOR A HUMAN until 2026-03-01T10:14:40.000Z; nothing was done · reveal secret/apps/mail#password`,
    );
    expect(text).toContain(`http://castellan.localhost:8790/#/${requestIdOfTests}`);
    expect(keep.asked).toEqual([{ verb: 'status', of: 'request', id: requestIdOfTests, waitMs: 0 }]);
  });

  it('is waited for until a human moved it', async () => {
    const states = ['waiting', 'signed', 'done'] as const;
    let looked = 0;
    keep.script = () => ({ requests: [requestOf({ state: states[looked++] ?? 'done', by: 'ada' })] });
    const { text, progress } = await call({ id: requestIdOfTests, wait: 40 });
    expect(text).toContain('done by ada');
    expect(progress).toEqual([`${requestIdOfTests}: waiting`, `${requestIdOfTests}: signed`]);
  });

  it.each([
    ['write', { madeVersion: 4 }, 'made version 4'],
    ['lease', { leaseUntil: '2026-03-01T11:00:00.000Z' }, 'the lease ends 2026-03-01T11:00:00.000Z'],
  ])('of a %s tells what came of it, and no more', async (_kind, made, said) => {
    keep.script = () => ({ requests: [requestOf({ state: 'done', by: 'ada', ...made })] });
    expect((await call({ id: requestIdOfTests })).text).toContain(said);
  });

  it('stands among the changes: those that wait with what waits', async () => {
    keep.script = (request) =>
      'of' in request && request.of === 'requests'
        ? { requests: [requestOf(), requestOf({ id: `req_${'e'.repeat(26)}`, state: 'done' })] }
        : { changes: [changeOf({ state: 'landed' })] };
    const { text } = await call({});
    expect(text.split('\n')[0]).toBe('0 in trouble, 1 wait for a human, 0 under way');
    expect(text).toMatch(/\| req_d5.*waiting.*reveal secret\/apps\/mail#password.*\n(?:.*\n)*\| chg_/);
    expect(createRedactor().text(text).text).toBe(text);
  });

  it('is not needed to tell of changes, and its absence is said', async () => {
    keep.script = (request) =>
      'of' in request && request.of === 'requests'
        ? { error: { code: 'keep-verb-unknown', audience: 'operator', message: 'm', next: 'n' } }
        : { changes: [changeOf()] };
    expect((await call({})).text).toContain('NOT SEEN: requests for secrets (keep-verb-unknown)');
  });
});

it("shows an agent's words of earlier as an agent's, not in our own name", async () => {
  const planted = 'hunter-planted by-an-agent';
  keep.script = (request) =>
    'of' in request && request.of === 'requests'
      ? {
          requests: [
            requestOf({ agent: planted, wish: { kind: 'write', of: { mount: 'secret', path: 'a', key: 'guess' } } }),
          ],
        }
      : { changes: [changeOf({ agent: planted })] };
  expect(unfenced((await call({})).text)).not.toContain('hunter-planted');
  keep.script = () => ({ requests: [requestOf({ reason: planted, words: planted, state: 'rejected' })] });
  expect(unfenced((await call({ id: requestIdOfTests })).text)).not.toContain('hunter-planted');
});
