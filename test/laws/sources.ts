import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A source file as the laws see it. Paths are relative to the repository and use `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

export const repository = new URL('../../', import.meta.url);

const folders = ['src', 'tools', 'memory', 'web', 'scripts', 'test', 'bench'];

/** Every TypeScript file of the house. */
export function readSources(): readonly Source[] {
  return listFiles(folders)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(new URL(path, repository), 'utf8') }));
}

/** Every file below the folders that exist, sorted. */
export function listFiles(below: readonly string[]): readonly string[] {
  const existing = readdirSync(repository);
  return below
    .filter((folder) => existing.includes(folder.split('/')[0] ?? ''))
    .flatMap((folder) =>
      readdirSync(new URL(`${folder}/`, repository), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(fileURLToPath(repository), join(entry.parentPath, entry.name)).replaceAll(sep, '/')),
    )
    .sort();
}

/** Tests, the suites they share, and what they are fed: not shipped, and free to look anywhere. */
export function isTestOnly(path: string): boolean {
  return /\.(test|contract|fixture)\.ts$/.test(path);
}

/** The text without comments that have lines to themselves, so that prose may name what code may not use. */
export function codeOf(source: Source): string {
  return source.text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '').replace(/^[ \t]*\/\/.*$/gm, '');
}

/** What a file imports, by any way of importing: static, type, re-export, dynamic, a worker's URL. */
export function importsOf(source: Source): readonly string[] {
  const found = codeOf(source).matchAll(
    /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|\bnew Worker\(\s*new URL\(\s*)(['"`])([^'"`\n]+)\1/g,
  );
  return [...found].flatMap(([, , specifier]) => (specifier === undefined ? [] : [specifier]));
}

/** The repository path a relative specifier means. */
export function resolveImport(from: Source, specifier: string): string {
  return new URL(specifier, `file:///${from.path}`).pathname.slice(1);
}
