import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { brokenPackages, type Lock, lockShape, type Manifest, manifestShape } from './packages.ts';
import { repository } from './sources.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, repository), 'utf8'));
const manifest = manifestShape.parse(read('package.json'));
const lock = lockShape.parse(read('package-lock.json'));

describe('packages', () => {
  test('are pinned, hashed, and run nothing when installed', () => {
    expect(brokenPackages(manifest, lock)).toEqual([]);
  });

  const entry = { version: '1.0.0', integrity: 'sha512-x' };
  const withDependency = (version: string): Manifest => ({ ...manifest, dependencies: { tower: version } });
  const withPackage = (path: string, added: Lock['packages'][string]): Lock => ({
    packages: { ...lock.packages, [path]: added },
  });
  test.each<[string, Manifest, Lock]>([
    ['a range', withDependency('^1.0.0'), lock],
    ['a tag', withDependency('latest'), lock],
    ['a repository', withDependency('github:tower/tower'), lock],
    [
      'an install script nobody answered for',
      manifest,
      withPackage('node_modules/a', { ...entry, hasInstallScript: true }),
    ],
    [
      'a shipped install script',
      manifest,
      withPackage('node_modules/b/node_modules/node', {
        ...entry,
        version: manifest.devDependencies['node'] ?? '',
        hasInstallScript: true,
      }),
    ],
    [
      'an install script allowed against the list',
      {
        ...manifest,
        allowScripts: Object.fromEntries(
          Object.keys(manifest.allowScripts).map((name) => [name, !name.startsWith('node@')]),
        ),
      },
      lock,
    ],
    ['a package without a hash', manifest, withPackage('node_modules/a', { version: '1.0.0' })],
    ['a link', manifest, withPackage('node_modules/a', { ...entry, link: true })],
    ['a script of our own at installation', { ...manifest, scripts: { postinstall: 'node x.js' } }, lock],
  ])('%s is noticed', (_, badManifest, badLock) => {
    expect(brokenPackages(badManifest, badLock)).not.toEqual([]);
  });
});
