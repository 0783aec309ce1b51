import { posix } from 'node:path';
import type { ObjectId, Repository, TreeFile } from '../../iac/repository.ts';
import { plannerError } from './errors.ts';

/**
 * Files that git-crypt encrypted and nobody decrypted: a plan that reads one sees noise where a value should be, and would
 * change what depends on it. Looked at are the files the profile names and those that the stack's and its modules' sources
 * name literally in a function that reads files, through the links of the tree.
 */
const magic = Buffer.from('\0GITCRYPT\0');

/** Errors: `encrypted-in-tree`. */
export async function assertPlainFiles(
  repository: Repository,
  tree: ObjectId,
  files: readonly TreeFile[],
  reads: { readonly stack: string; readonly varFiles: readonly string[] },
): Promise<void> {
  const links = new Map<string, string>();
  const linkBlobs = files.filter(({ mode }) => mode === '120000');
  const targets = await repository.read(linkBlobs.map(({ blob }) => blob));
  for (const { path, blob } of linkBlobs) links.set(path, targets.get(blob)?.toString('utf8') ?? '');
  const byPath = new Map(files.map((file) => [file.path, file]));
  const fileAt = (path: string): TreeFile | undefined => byPath.get(followed(path, links) ?? '');

  const named = [...reads.varFiles, ...(await literalReads(repository, files, reads.stack))];
  const candidates = new Map<string, TreeFile>();
  for (const path of named) {
    const file = fileAt(path);
    if (file !== undefined && file.mode !== '160000') candidates.set(path, file);
  }
  const contents = await repository.read([...candidates.values()].map(({ blob }) => blob));
  const encrypted = [...candidates].filter(([, { blob }]) =>
    contents.get(blob)?.subarray(0, magic.length).equals(magic),
  );
  if (encrypted.length === 0) return;
  throw plannerError('encrypted-in-tree', {
    message: `${encrypted.map(([path]) => JSON.stringify(path)).join(', ')} of tree ${tree.slice(0, 12)} is encrypted by git-crypt`,
    next: 'put the stack on the skip list of its profile, or keep what it reads where the keep may read it: the keep has no git-crypt key',
  });
}

const readers =
  /\b(?:file|filebase64|filemd5|filesha1|filesha256|filesha512|fileexists|templatefile)\s*\(\s*"([^"]*)"/g;
const sources = /^\s*source\s*=\s*"(\.\.?\/[^"]*)"/gm;

/** Paths from the root of the tree. `path.root` is the stack, `path.module` the folder the text is in. */
async function literalReads(
  repository: Repository,
  files: readonly TreeFile[],
  stack: string,
): Promise<readonly string[]> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const folders = [stack];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    const here = files.filter(
      ({ path, mode }) => posix.dirname(path) === folder && /\.(tf|tofu)$/.test(path) && mode.startsWith('100'),
    );
    for (const text of (await repository.read(here.map(({ blob }) => blob))).values()) {
      const source = text.toString('utf8');
      for (const [, path = ''] of source.matchAll(readers)) {
        const plain = path.replace(/^\$\{path\.(?:root|cwd)\}/, stack).replace(/^\$\{path\.module\}/, folder);
        found.add(posix.normalize(plain === path ? posix.join(stack, path) : plain));
      }
      for (const [, path = ''] of source.matchAll(sources)) folders.push(posix.join(folder, path));
    }
  }
  return [...found];
}

/** Where a path ends when the links of the tree are followed; undefined when it leaves the tree or never ends. */
function followed(path: string, links: ReadonlyMap<string, string>): string | undefined {
  let todo = posix.normalize(path).split('/');
  let done: string[] = [];
  for (let hops = 0; hops < 32; ) {
    const part = todo.shift();
    if (part === undefined) return done.join('/');
    if (part === '..') {
      if (done.pop() === undefined) return undefined;
      continue;
    }
    if (part === '' || part === '.') continue;
    const target = links.get([...done, part].join('/'));
    if (target === undefined) {
      done.push(part);
      continue;
    }
    hops += 1;
    if (target.startsWith('/')) return undefined;
    todo = [...target.split('/'), ...todo];
    done = [...done];
  }
  return undefined;
}
