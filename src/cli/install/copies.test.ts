import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCopies } from './copies.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-copies-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const text = 'a token, as it were';
const wanted = { name: 'token', bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };

describe('copies of a credential', () => {
  it('are found by content, whatever they are called, and not by size', () => {
    mkdirSync(join(home, 'a/b'), { recursive: true });
    writeFileSync(join(home, 'a/b/c'), text);
    writeFileSync(join(home, 'same-size'), 'x'.repeat(text.length));
    expect(findCopies(home, [wanted])).toEqual({
      found: [{ path: join(home, 'a/b/c'), name: 'token' }],
      looked: 4,
      incomplete: false,
    });
  });

  it('are not looked for behind links, nor in what programs fill', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'castellan-elsewhere-'));
    try {
      writeFileSync(join(elsewhere, 'copy'), text);
      symlinkSync(elsewhere, join(home, 'link'));
      symlinkSync(join(elsewhere, 'copy'), join(home, 'file'));
      mkdirSync(join(home, 'node_modules'));
      writeFileSync(join(home, 'node_modules/copy'), text);
      symlinkSync(home, join(home, 'circle'));
      expect(findCopies(home, [wanted]).found).toEqual([]);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('are looked for in so many entries and so deep, and no more; that is said', () => {
    for (let index = 0; index < 30; index += 1) writeFileSync(join(home, `f${index}`), '');
    expect(findCopies(home, [wanted], 10)).toEqual({ found: [], looked: 10, incomplete: true });
    mkdirSync(join(home, ...Array.from({ length: 15 }, () => 'd')), { recursive: true });
    expect(findCopies(home, [wanted]).incomplete).toBe(true);
    expect(findCopies(join(home, 'none'), [wanted]).incomplete).toBe(true);
  });
});
