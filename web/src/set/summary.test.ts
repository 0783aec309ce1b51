import { describe, expect, it } from 'vitest';
import { groupBySet } from './group.ts';
import { changeOf, pageOf, planned, viewOf } from './shown.fixture.ts';
import { progressOf, standingOf } from './standing.ts';
import { digestsOf, sameState, summarise } from './summary.ts';

const reason = (level: 'low' | 'high' | 'critical', text: string) => ({ rule: text, level, text });
const resource = (action: 'delete' | 'update' | 'replace' | 'forget', address: string) => ({
  address,
  action,
  notes: [],
  leaves: [],
  more: 0,
});

describe('the one screen of a set', () => {
  it('is as risky as its riskiest stack, with the worst reasons first and each said once', () => {
    const mail = viewOf('mail', { summary: planned({ risk: { level: 'high', reasons: [reason('high', 'b')] } }) });
    const blog = viewOf('blog', {
      summary: planned({ risk: { level: 'critical', reasons: [reason('high', 'b'), reason('critical', 'a')] } }),
    });
    const { level, reasons } = summarise([changeOf(mail), changeOf(blog)]);
    expect(level).toBe('critical');
    expect(reasons.map(({ text, stacks }) => [text, stacks])).toEqual([
      ['a', ['stacks/blog']],
      ['b', ['stacks/mail', 'stacks/blog']],
    ]);
  });

  it('lists everything that is deleted, replaced or forgotten, of every stack', () => {
    const mail = viewOf('mail', {
      summary: planned({ changes: [resource('delete', 'a'), resource('update', 'b'), resource('forget', 'c')] }),
    });
    const blog = viewOf('blog', { summary: planned({ changes: [resource('replace', 'd')] }) });
    expect(summarise([changeOf(mail), changeOf(blog)]).dangerous.map(({ address, stack }) => [address, stack])).toEqual(
      [
        ['a', 'stacks/mail'],
        ['c', 'stacks/mail'],
        ['d', 'stacks/blog'],
      ],
    );
  });

  it('says what it does not know: never planned, planned without a page, not complete', () => {
    const waits = changeOf(viewOf('dns', { state: 'needs-consent' }), {});
    const { summary: _, ...unplanned } = waits.view;
    expect(summarise([changeOf(unplanned)]).level).toBeUndefined();
    const { page: __, ...noPage } = changeOf(
      viewOf('mail', { summary: planned({ complete: false, executes: ['x'] }) }),
    );
    const summary = summarise([noPage]);
    expect(summary.unknown).toEqual(['stacks/mail']);
    expect(summary.incomplete).toEqual(['stacks/mail']);
    expect(summary.executes).toEqual([{ stack: 'stacks/mail', what: 'x', text: '' }]);
  });

  it('ends with the first of its stacks that expires, and not with one that is over', () => {
    const expiring = (id: string, state: 'awaiting-approval' | 'landed', hour: number) =>
      changeOf(viewOf(id, { state, expiresAt: `2026-11-26T0${hour}:00:00.000Z` }));
    const changes = [
      expiring('a', 'awaiting-approval', 8),
      expiring('b', 'awaiting-approval', 7),
      expiring('c', 'landed', 5),
    ];
    expect(summarise(changes).expiresAt).toBe('2026-11-26T07:00:00.000Z');
  });

  it('names a commit of others once, and who asks once', () => {
    const other = { commit: 'c'.repeat(40), author: 'bea', at: '2026-11-26T05:00:00.000Z', subject: 's' };
    const page = { files: [], others: [other], executes: [], fetches: ['chart x'], reaches: [] };
    const summary = summarise([changeOf(viewOf('a'), { page }), changeOf(viewOf('b'), { page })]);
    expect([summary.others, summary.fetches, summary.asks]).toEqual([[other], ['chart x'], [expect.anything()]]);
  });
});

it('tells another plan from the one that was read', () => {
  const read = pageOf([changeOf(viewOf('mail'))]);
  expect(digestsOf(read)).toBe(digestsOf(pageOf([changeOf(viewOf('mail', { changedAt: 'later' }))])));
  expect(digestsOf(read)).not.toBe(digestsOf(pageOf([changeOf(viewOf('mail'), { documentSha256: 'f'.repeat(64) })])));
});

it('has a state of the set only where all of it is in it', () => {
  expect(sameState(pageOf([changeOf(viewOf('a')), changeOf(viewOf('b'))]))).toBe('awaiting-approval');
  expect(sameState(pageOf([changeOf(viewOf('a')), changeOf(viewOf('b', { state: 'applying' }))]))).toBeUndefined();
});

it('never leaves out what is unknown of an apply', () => {
  const apply = { startedAt: '', done: ['a', 'b'], failed: [], unknown: ['c'], lines: [] };
  expect(progressOf({ apply })).toBe('2 done, 1 unknown');
  const page = pageOf([
    changeOf(viewOf('a', { state: 'interrupted', apply, why: 'the keep ended' })),
    changeOf(viewOf('b')),
  ]);
  expect(standingOf(page)).toMatchObject([{ progress: '2 done, 1 unknown', why: 'the keep ended' }]);
});

it('lists a set once, in its own order', () => {
  const [b, a] = [viewOf('b', { order: 2, state: 'approved' }), viewOf('a', { order: 1 })];
  const other = viewOf('c', { set: `set_${'t'.repeat(26)}` });
  expect(groupBySet([b, other, a]).map(({ changes }) => changes.map(({ stack }) => stack))).toEqual([
    ['stacks/a', 'stacks/b'],
    ['stacks/c'],
  ]);
});
