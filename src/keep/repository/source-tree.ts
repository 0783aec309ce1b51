import type { Repository, SourceTree, TreeFile } from '../../iac/repository.ts';
import { defineErrors } from '../../kit/index.ts';

const sourceError = defineErrors({
  'repository-too-large': {
    audience: 'operator',
    meaning: 'The text files of the infra repository are more than the keep reads.',
  },
});

const largestFile = 1_048_576;
const largestTree = 67_108_864;

/** The text files of a tree: regular, at most 1 MB, UTF-8, 64 MB together. Links and binaries are left out. */
export async function readSourceTree(git: Pick<Repository, 'read'>, files: readonly TreeFile[]): Promise<SourceTree> {
  const wanted = files.filter(
    ({ mode, size }) => (mode === '100644' || mode === '100755') && size !== undefined && size <= largestFile,
  );
  const total = wanted.reduce((sum, { size }) => sum + (size ?? 0), 0);
  if (total > largestTree) {
    throw sourceError('repository-too-large', {
      message: `the text files of the repository have ${total} bytes, and the keep reads ${largestTree}`,
      next: 'keep large data files out of the infra repository',
    });
  }
  const blobs = await git.read([...new Set(wanted.map(({ blob }) => blob))]);
  const texts = new Map<string, string>();
  for (const { path, blob } of wanted) {
    const bytes = blobs.get(blob);
    const text = bytes === undefined ? undefined : textOf(bytes);
    if (text !== undefined) texts.set(path, text);
  }
  return { files: texts };
}

function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: a binary, which nobody parses.
    return undefined;
  }
}
