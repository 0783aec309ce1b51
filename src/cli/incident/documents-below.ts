import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';

export interface FoundDocuments {
  /** By path below the folder that was named, in its order. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly skipped: readonly { readonly path: string; readonly what: string; readonly why: string }[];
}

const documents = /\.(?:md|markdown|html?|ya?ml)$/i;
const largest = 1_048_576;

/** Documents of folders and single files; nothing hidden, nothing behind a link. Throws for what is not there. */
export function documentsBelow(named: readonly string[], cwd: string): FoundDocuments {
  const files: { path: string; text: string }[] = [];
  const skipped: { path: string; what: string; why: string }[] = [];
  for (const name of named) {
    const root = resolve(cwd, name);
    const paths = statSync(root).isDirectory() ? below(root) : [root];
    for (const file of paths) {
      const path = file === root ? basename(root) : join(basename(root), relative(root, file));
      const bytes = statSync(file).size > largest ? undefined : readFileSync(file);
      const text = bytes?.toString('utf8');
      if (bytes === undefined) skipped.push({ path, what: 'the whole file', why: 'it is larger than 1 MB' });
      else if (text === undefined || !Buffer.from(text, 'utf8').equals(bytes))
        skipped.push({ path, what: 'the whole file', why: 'it is no text' });
      else files.push({ path, text });
    }
  }
  return { files, skipped };
}

/** Folder by folder: reading one recursively would follow links to folders. */
function below(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return below(path);
      return entry.isFile() && documents.test(entry.name) ? [path] : [];
    })
    .sort();
}
