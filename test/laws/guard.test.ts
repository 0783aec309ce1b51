import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundleGuard, guardFile } from '../../scripts/build-guard.ts';
import { locate } from '../../src/config/locate.ts';
import { dataDirectory } from '../../src/guard/places.ts';
import { importsOf, isTestOnly, readSources, repository } from './sources.ts';

const sources = readSources().filter(({ path }) => path.startsWith('src/guard/') && !isTestOnly(path));
const bundled = readFileSync(guardFile, 'utf8');

describe('the guard', () => {
  test('imports nothing but node: and its own folder', () => {
    const others = sources.flatMap((source) =>
      importsOf(source)
        .filter((name) => !/^(?:node:[a-z/]+|\.\/[a-z-]+\.ts)$/.test(name))
        .map((name) => `${source.path} imports ${name}`),
    );
    expect(sources.length).toBeGreaterThan(20);
    expect(others).toEqual([]);
  });

  test('is of files that can be reviewed', () => {
    const long = sources.filter(({ text }) => text.trimEnd().split('\n').length >= 250);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('as one file imports nothing but node:', () => {
    const loaded = [...bundled.matchAll(/\bgetBuiltinModule\(([^)]*)\)/g)].map(([, name]) => name);
    expect(new Set(loaded)).toEqual(new Set(['"node:fs"', '"node:net"', '"node:os"', '"node:path"']));
    expect(importsOf({ path: 'hooks/guard.mjs', text: bundled })).toEqual([]);
    expect(bundled).not.toMatch(/\brequire\(|\bimport\s*\(/);
  });

  test('as one file says what it is made of, and is what its sources give', async () => {
    expect(bundled.split('\n').slice(0, 2).join('\n')).toContain('src/guard');
    expect(await bundleGuard()).toBe(bundled);
  });

  test('is the same wherever it is made', () => {
    const script = fileURLToPath(new URL('scripts/build-guard.ts', repository));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { cwd: tmpdir(), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('as one file tells nothing of the machine it was made on, and has no character that cannot be seen', () => {
    expect(bundled).not.toContain(process.cwd());
    expect(bundled.match(/(?![\n\t])[\p{Cc}\p{Cf}\p{Co}]/gu)).toBeNull();
  });

  test('looks for the daemon where the daemon says its data directory is', () => {
    const path = fc.constantFrom('', '/a', 'relative', '../up', '/x/../y');
    const environment = fc.record({ CASTELLAN_HOME: path, XDG_STATE_HOME: path, HOME: path }, { requiredKeys: [] });
    fc.assert(
      fc.property(environment, (given) => {
        const cwd = '/srv/work';
        expect(dataDirectory(given, cwd)).toBe(locate({ flags: {}, environment: given, cwd }).home);
      }),
    );
  });
});
