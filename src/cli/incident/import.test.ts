import { expect, test } from 'vitest';
import { importLines } from './import.ts';

const none = { added: 0, changed: 0, unchanged: 0 };
const part = (more: object) => ({
  reports: { ...none, own: 0 },
  actions: none,
  issues: none,
  runbooks: none,
  gone: [],
  unread: [],
  missing: [],
  ...more,
});

test('an import is told as one, however many requests it took', () => {
  const lines = importLines(
    70,
    [
      part({ reports: { added: 2, changed: 1, unchanged: 4, own: 1 }, gone: ['a.md', 'b.md'] }),
      part({ reports: { added: 1, changed: 0, unchanged: 0, own: 1 }, gone: ['b.md', 'c.md'] }),
    ],
    [],
  );
  expect(lines[0]).toBe(
    '70 files: 8 reports (3 new, 1 changed), 0 actions (0 new, 0 changed), 0 issues (0 new, 0 changed), 0 runbooks (0 new, 0 changed)',
  );
  expect(lines.slice(1)).toEqual([
    'OURS     2 reports of incidents that the record has: they stay as they are',
    'GONE     b.md: imported before, and not among these files; what it held stays',
  ]);
});

test('what could not be read is told with its place', () => {
  const lines = importLines(
    1,
    [
      part({
        unread: [{ path: 'a.md', line: 7, what: 'an action', why: 'it has no words' }],
        missing: [{ report: 'r', title: 'alert', parts: ['owner', 'due'] }],
      }),
    ],
    [{ path: 'b.md', what: 'the whole file', why: 'it is no text' }],
  );
  expect(lines.slice(1)).toEqual([
    'LACKS    r: “alert” has no owner, due',
    'NOT READ b.md: the whole file: it is no text',
    'NOT READ a.md:7: an action: it has no words',
  ]);
});
