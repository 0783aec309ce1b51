import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { execa } from 'execa';

/**
 * Programs that are only met in tests and benchmarks and are far too big to depend on. Each is installed once, from the
 * registry, into a cache outside the repository: `${CASTELLAN_CACHE}/castellan-e2e/<name>@<version>`.
 */
export async function cachedPackage(name: string, version: string): Promise<string> {
  const root = join(cacheRoot(), 'castellan-e2e');
  const place = join(root, `${name.replace('/', '+')}@${version}`);
  if (!existsSync(place)) {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    // Another run may be installing too: whoever is done first is used by both.
    const draft = mkdtempSync(join(root, '.draft-'));
    try {
      const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
      await execa('npm', ['install', '--prefix', draft, ...flags, `${name}@${version}`], {
        stdin: 'ignore',
        timeout: 280_000,
      });
      if (!existsSync(place)) renameSync(draft, place);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return join(place, 'node_modules');
}

/** The binary of Claude Code; npm brings it in a package of its own for this system. */
export async function claudeCode(): Promise<string> {
  const scope = join(await cachedPackage('@anthropic-ai/claude-code', '2.1.330'), '@anthropic-ai');
  const native = readdirSync(scope).find((name) => name.startsWith(`claude-code-${process.platform}-${process.arch}`));
  if (native === undefined) throw new Error(`Claude Code has no binary for ${process.platform} ${process.arch}`);
  return join(scope, native, 'claude');
}

function cacheRoot(): string {
  const { CASTELLAN_CACHE: named, XDG_CACHE_HOME: xdg } = process.env;
  const root = named || xdg || join(homedir(), '.cache');
  if (!isAbsolute(root)) throw new Error(`the cache must be an absolute path, not ${root}`);
  return root;
}
