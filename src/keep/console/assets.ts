import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/**
 * The built page, as it lay there when it was first asked for. A path is looked up among the files that were found and never
 * turned into one, so no spelling of it leads anywhere else.
 */
export interface Assets {
  /** Undefined: no such file; `missing`: the page was never built. */
  find(path: string): Asset | undefined | 'missing';
}

export interface Asset {
  readonly body: Buffer<ArrayBuffer>;
  readonly type: string;
  readonly cache: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** As Vite names them: `index-B3x_9aQz.js`. */
const hashed = /^\/assets\/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

export function openAssets(folder: string): Assets {
  let files: ReadonlyMap<string, Asset> | undefined;
  return {
    find: (path) => {
      files ??= readAll(folder);
      if (files === undefined) return 'missing';
      return files.get(path === '/' ? '/index.html' : path);
    },
  };
}

function readAll(folder: string): ReadonlyMap<string, Asset> | undefined {
  const files = new Map<string, Asset>();
  for (const entry of entriesOf(folder)) {
    const type = contentTypes[extname(entry.name)];
    // A link could lead out of the folder; a kind that is not known, and a map of the sources, is nobody's business.
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    const cache = hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-store';
    files.set(path, { body: readFileSync(file), type, cache });
  }
  return files.has('/index.html') ? files : undefined;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
