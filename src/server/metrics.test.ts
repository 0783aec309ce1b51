import { describe, expect, it } from 'vitest';
import type { KnownValuesStanding } from './known-standing.ts';
import { createMetrics } from './metrics.ts';

const coverage = {
  at: '2026-03-01T10:00:00Z',
  mounts: ['secret'],
  secrets: 2,
  values: 7,
  byClass: { a: 3, b: 2, c: 1, public: 1 },
  skipped: { count: 0, some: [] },
  unread: [],
  inRepository: [],
};

describe('the metrics of known values', () => {
  it('tell how many there are, and whether they are current, as it is when they are asked for', async () => {
    const metrics = createMetrics();
    let standing: KnownValuesStanding = { mode: 'required', state: 'missing' };
    metrics.showKnownValues(() => standing);
    const before = await metrics.registry.metrics();
    expect(before).toContain('castellan_known_values{class="a"} 0');
    expect(before).toContain('castellan_known_values_current 0');
    expect(before).toContain('castellan_known_values_age_seconds Nan');
    standing = { mode: 'required', state: 'current', generation: 'g1', coverage };
    const after = await metrics.registry.metrics();
    expect(after).toContain('castellan_known_values{class="a"} 3');
    expect(after).toContain('castellan_known_values{class="public"} 1');
    expect(after).toContain('castellan_known_values_current 1');
    expect(after).toMatch(/castellan_known_values_age_seconds \d/);
  });

  it('are not there where no Vault is configured', async () => {
    expect(await createMetrics().registry.metrics()).not.toContain('castellan_known_values');
  });
});
