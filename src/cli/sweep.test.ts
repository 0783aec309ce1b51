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
const keepAway = { ...check('drift', 'unknown'), detail: 'keep: not configured' };
const swept = {
  at: '2026-11-20T12:00:00Z',
  worst: 'fail' as const,
  exit_code: 2,
  checks: [
    check('nodes', 'fail', ['Node node-3: does not report']),
    check('clocks', 'unknown'),
    keepAway,
    { ...keepAway, id: 'keep-works' },
    check('pods', 'pass'),
  ],
  failed: [{ source: 'keep', why: 'not configured' }],
  without: ['vault'],
  unknown_checks: ['nodse'],
};

test('a sweep is told worst first, with what is wrong, what to do, what was not seen once, and the sum', () => {
  expect(sweepLines(swept, { terminal: { colour: false }, quiet: false })).toEqual([
    'FAIL    nodes: 1 items',
    '        Node node-3: does not report',
    '        next: look_at nodes',
    'UNKNOWN clocks: 0 items',
    '        next: look_at clocks',
    'UNKNOWN keep: not configured',
    '        not made: drift, keep-works',
    'PASS    pods: 0 items',
    'UNKNOWN nodse: there is no such check',
    'left out: vault',
    '1 FAIL, 3 UNKNOWN, 0 WARN, 1 PASS',
  ]);
});

test('quiet leaves out what passes, still counts it, and says nothing where everything does', () => {
  const lines = sweepLines(swept, { terminal: { colour: false }, quiet: true });
  expect(lines.join('\n')).not.toContain('PASS    pods');
  expect(lines.at(-1)).toBe('1 FAIL, 3 UNKNOWN, 0 WARN, 1 PASS');
  const well = { ...swept, worst: 'pass' as const, checks: [check('pods', 'pass')], failed: [], unknown_checks: [] };
  expect(sweepLines(well, { terminal: { colour: false }, quiet: true })).toEqual([]);
});

test('colours stand only where a person looks', () => {
  expect(sweepLines(swept, { terminal: { colour: true }, quiet: true })[0]).toContain('\u001b[31m');
  expect(sweepLines(swept, { terminal: { colour: false }, quiet: true }).join('')).not.toContain('\u001b');
});
