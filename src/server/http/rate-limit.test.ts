import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

describe('the rate limit', () => {
  it('lets a burst of a minute pass, then says how long to wait', () => {
    const limit = createRateLimit(60);
    for (let i = 0; i < 60; i += 1) expect(limit.take('a', 0)).toBe(0);
    expect(limit.take('a', 0)).toBe(1);
    expect(limit.take('a', 1_000)).toBe(0);
    expect(limit.take('a', 1_000)).toBe(1);
  });

  it('counts each principal alone', () => {
    const limit = createRateLimit(1);
    expect(limit.take('a', 0)).toBe(0);
    expect(limit.take('a', 0)).toBeGreaterThan(0);
    expect(limit.take('b', 0)).toBe(0);
  });
});
