import { expect } from 'vitest';
import type { EvidenceDraft } from '../evidence.ts';
import type { GatherRequest } from './port.ts';

export interface Asked {
  readonly request: GatherRequest;
  readonly now: Date;
  /** What must not be in it. */
  readonly secrets: readonly string[];
}

/** What holds of any evidence of any source, whatever it was asked and however that ended. */
export function expectEvidence(draft: EvidenceDraft, { request, now, secrets }: Asked): void {
  const { payload, rows, status, problem, from, to } = draft;
  expect(Buffer.byteLength(payload, 'utf8')).toBeLessThanOrEqual(64 * 1024);
  expect(rows.length).toBeLessThanOrEqual(Math.min(500, request.limit));
  expect(from <= to).toBe(true);
  expect(to <= now).toBe(true);
  expect(draft.collectedAt).toEqual(now);
  expect(draft.query).not.toBe('');
  expect(draft.query).not.toContain('\n');
  expect(draft.params).toMatchObject({ limit: request.limit, from: request.window.from.toISOString() });
  for (const [index, row] of rows.entries()) {
    expect(
      row.at >= from && row.at <= to,
      `${row.at.toISOString()} in ${from.toISOString()} to ${to.toISOString()}`,
    ).toBe(true);
    expect(row.at >= (rows[index - 1]?.at ?? from)).toBe(true);
    expect(row.text).not.toMatch(/\n|^$/);
    if (row.quote !== undefined) expect(payload).toContain(row.quote);
    if (row.until !== undefined) expect(row.until >= row.at).toBe(true);
  }
  // What could not be asked is never taken for nothing, and nothing is never taken for something.
  if (status === 'error') expect([problem, payload, rows]).toEqual([expect.stringMatching(/\w/), '', []]);
  else expect(problem).toBeUndefined();
  if (status === 'empty') expect(rows).toEqual([]);
  if (status === 'ok') expect(payload).not.toBe('');
  for (const [stamp] of payload.matchAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d[^\s,)]*/g))
    expect(stamp).toMatch(/\d\d:\d\d:\d\d(\.\d+)?Z/);
  const everything = JSON.stringify(draft);
  for (const secret of secrets) expect(everything.includes(secret), 'a planted secret shows').toBe(false);
}
