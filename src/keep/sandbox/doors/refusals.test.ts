import { describe, expect, it } from 'vitest';
import { collectRefusals } from './refusals.ts';

describe('what a door refused', () => {
  it('is counted, without its query and without signs that draw', () => {
    const refusals = collectRefusals();
    refusals.note('GET', '/api/v1/secrets?token=abc#d', 'no');
    refusals.note('GET', '/api/v1/secrets?token=def', 'no');
    refusals.note('GET', '/a\u001b[31m b', 'no');
    expect(refusals.list()).toEqual([
      { method: 'GET', path: '/api/v1/secrets', why: 'no', times: 2 },
      { method: 'GET', path: '/a?[31m?b', why: 'no', times: 1 },
    ]);
  });

  it('stays small however much it is', () => {
    const refusals = collectRefusals();
    for (let index = 0; index < 1_000; index += 1) refusals.note('GET', `/${index}${'x'.repeat(5_000)}`, 'no');
    expect(refusals.list().length + refusals.unlisted).toBe(1_000);
    expect(JSON.stringify(refusals.list()).length).toBeLessThan(20_000);
  });
});
