import { isUtf8 } from 'node:buffer';
import type { Commit, FileMode, TreeChange, TreeFile } from '../repository.ts';
import { gitError } from './errors.ts';

/** What Git lists, read: fields end with NUL, so no name in a tree can be taken for something else. */

/** `ls-tree -r -z --long` */
export function readTree(output: Buffer): readonly TreeFile[] {
  return fieldsOf(output).map((line) => {
    const [, mode, type, blob, size, path] =
      /^(\d{6}) (blob|commit) ([0-9a-f]{40}) +(\d+|-)\t(.+)$/s.exec(line) ?? unreadable();
    if (mode === undefined || blob === undefined || path === undefined) return unreadable();
    return { path, mode: modeOf(mode), blob, size: type === 'blob' ? Number(size) : undefined };
  });
}

/** `diff-tree -r -z --raw --no-renames` */
export function readChanges(output: Buffer): readonly TreeChange[] {
  const fields = fieldsOf(output);
  const changes: TreeChange[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const [, before, after, was, is] =
      /^:(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) [ADMT]$/.exec(fields[index] ?? '') ?? unreadable();
    const path = fields[index + 1];
    if (path === undefined) return unreadable();
    changes.push({ path, before: sideOf(before, was), after: sideOf(after, is) });
  }
  return changes;
}

export const commitFormat = '%H%x00%T%x00%P%x00%an <%ae>%x00%ct%x00%s';

/** `log -z` in `commitFormat` */
export function readCommits(output: Buffer): readonly Commit[] {
  // What a commit says of itself may be in any encoding; Git makes UTF-8 of it as well as it can.
  const fields = output.toString('utf8').split('\0');
  if (fields.at(-1) === '') fields.pop();
  if (fields.length % 6 !== 0) return unreadable();
  return Array.from({ length: fields.length / 6 }, (_, index) => {
    const at = index * 6;
    const [id = '', tree = '', parents = '', author = '', seconds = '', subject = ''] = fields.slice(at, at + 6);
    return {
      id,
      tree,
      parents: parents.split(' ').filter((each) => each !== ''),
      author,
      at: new Date(Number(seconds) * 1_000),
      subject,
    };
  });
}

function fieldsOf(output: Buffer): string[] {
  // Read as anything else, two names could become one.
  if (!isUtf8(output)) {
    throw gitError('git-failed', {
      message: 'a file name in the repository is not UTF-8',
      next: 'rename it in the repository',
    });
  }
  const fields = output.toString('utf8').split('\0');
  if (fields.pop() !== '') return unreadable();
  return fields;
}

function sideOf(mode: string | undefined, blob: string | undefined): TreeChange['before'] {
  if (mode === undefined || blob === undefined) return unreadable();
  return mode === '000000' ? undefined : { mode: modeOf(mode), blob };
}

function modeOf(mode: string): FileMode {
  switch (mode) {
    case '100644':
    case '100755':
    case '120000':
    case '160000':
      return mode;
    // Written by very old versions of Git, which meant the first.
    case '100664':
      return '100644';
    default:
      return unreadable();
  }
}

function unreadable(): never {
  throw gitError('git-failed', {
    message: 'git listed something in a shape that is not known',
    next: 'check that the git program is Git 2.39 or later',
  });
}
