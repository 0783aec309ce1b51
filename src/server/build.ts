import { readFileSync } from 'node:fs';
import type { Build } from './handshake.ts';

/**
 * Which build this process is. `dist/build.json` is written by the build; run from source there is none, and the version
 * comes from package.json with an empty stamp.
 */
export function readBuild(): Build {
  const built = readJson(new URL('../../build.json', import.meta.url));
  const source = built ?? readJson(new URL('../../package.json', import.meta.url));
  const version = source?.['version'];
  const stamp = source?.['stamp'];
  if (typeof version !== 'string') throw new Error('neither build.json nor package.json names a version');
  return { version, stamp: typeof stamp === 'string' ? stamp : '' };
}

function readJson(url: URL): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = readFileSync(url, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
