import { expect, test } from 'vitest';
import { sweepLines } from './sweep.ts';

const check = (id: string, status: 'fail' | 'unknown' | 'warn' | 'pass', items: readonly string[] = []) => ({
  id,
  title: id,
  status,
  detail: `${items.length} items`,
  items: [...items],
  next: `look_at ${id}`,
});
const swept = {
  at: '2026-11-20T12:00:00Z',
  worst: 'fail' as const,
  exit_code: 2,
  checks: [check('nodes', 'fail', ['Node node-3: does not report']), check('drift', 'unknown'), check('pods', 'pass')],
  failed: [{ source: 'keep', why: 'not configured' }],
  without: ['vault'],
  unknown_checks: ['nodse'],
};

test('a sweep is told worst first, with what is wrong, what to do, what was not seen, and the sum', () => {
  expect(sweepLines(swept, { terminal: { colour: false }, quiet: false })).toEqual([
    'FAIL    nodes: 1 items',
    '        Node node-3: does not report',
    '        next: look_at nodes',
    'UNKNOWN drift: 0 items',
    '        next: look_at drift',
    'PASS    pods: 0 items',
    'NOT SEEN keep: not configured',
    'NOT MADE nodse: there is no such check',
    'left out: vault',
    '1 FAIL, 1 UNKNOWN, 0 WARN, 1 PASS',
  ]);
});

test('quiet leaves out what passes, and still counts it', () => {
  const lines = sweepLines(swept, { terminal: { colour: false }, quiet: true });
  expect(lines.join('\n')).not.toContain('PASS    pods');
  expect(lines.at(-1)).toBe('1 FAIL, 1 UNKNOWN, 0 WARN, 1 PASS');
});

test('colours stand only where a person looks', () => {
  expect(sweepLines(swept, { terminal: { colour: true }, quiet: true })[0]).toContain('\u001b[31m');
  expect(sweepLines(swept, { terminal: { colour: false }, quiet: true }).join('')).not.toContain('\u001b');
});
