import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { renderDocuments, snapshotFolder } from './documents/documents.ts';

/**
 * Writes every page and snapshot that is made from the code. With --check writes nothing, names what is stale and ends
 * with 1.
 */
const repository = new URL('../', import.meta.url);
const checking = process.argv.includes('--check');

const documents = await renderDocuments();
const stale = [...documents].filter(([path, text]) => readIfThere(path) !== text);
const orphans = snapshotsThere().filter((path) => !documents.has(path));

if (checking) {
  for (const [path] of stale) console.error(`${path} is stale`);
  for (const path of orphans) console.error(`${path} belongs to no tool`);
  if (stale.length + orphans.length > 0) {
    console.error('run npm run docs');
    process.exitCode = 1;
  }
} else {
  for (const [path, text] of stale) {
    mkdirSync(new URL('./', new URL(path, repository)), { recursive: true });
    writeFileSync(new URL(path, repository), text);
    console.log(`wrote ${path}`);
  }
  for (const path of orphans) {
    rmSync(new URL(path, repository));
    console.log(`removed ${path}`);
  }
}

function snapshotsThere(): readonly string[] {
  const folder = new URL(`${snapshotFolder}/`, repository);
  return readdirSync(new URL('../', folder)).includes('catalogue')
    ? readdirSync(folder).map((name) => `${snapshotFolder}/${name}`)
    : [];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, repository), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
