import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { loadOrCreateKey } from './key-file.ts';

const home = mkdtempSync(join(tmpdir(), 'castellan-key-'));
afterAll(() => rmSync(home, { recursive: true }));

describe('a key file', () => {
  const file = join(home, 'keys', 'audit.key');

  it('is made once, for its owner only, and read ever after', () => {
    const key = loadOrCreateKey(file);
    expect(loadOrCreateKey(file).equals(key)).toBe(true);
    expect(key.symmetricKeySize).toBe(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'keys')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(home, 'keys'))).toEqual(['audit.key']);
    expect(inspect(key)).not.toContain(key.export().toString('hex'));
  });

  it('that others can read is refused', () => {
    chmodSync(file, 0o604);
    expect(() => loadOrCreateKey(file)).toThrow(expect.objectContaining({ code: 'key-file-exposed' }));
    chmodSync(file, 0o600);
  });

  it.each(['', 'short', 'g'.repeat(64)])('that holds %j instead of a key is refused, never replaced', (content) => {
    const broken = join(home, `broken-${content.length}`);
    writeFileSync(broken, content, { mode: 0o600 });
    expect(() => loadOrCreateKey(broken)).toThrow(expect.objectContaining({ code: 'key-file-unusable' }));
    expect(statSync(broken).size).toBe(content.length);
  });

  it('that cannot be made is refused', () => {
    expect(() => loadOrCreateKey(join(file, 'below-a-file'))).toThrow(
      expect.objectContaining({ code: 'key-file-unusable' }),
    );
  });
});
