import { posix } from 'node:path';

/** Folders of the repository: no slash at either end, the root is the empty string. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at === -1 ? '' : path.slice(0, at);
}

/** Where `../../modules/app` leads from a folder. Undefined when it leaves the repository or is no relative path. */
export function relativeFolder(from: string, source: string): string | undefined {
  if (!/^\.\.?(\/|$)/.test(source)) return undefined;
  const plain = source.replace('//', '/');
  const resolved = posix.normalize(posix.join(from === '' ? '.' : from, plain)).replace(/\/+$/, '');
  if (resolved === '..' || resolved.startsWith('../')) return undefined;
  return resolved === '.' ? '' : resolved;
}

export function isInside(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

export const isSource = (path: string): boolean => /\.(tf|tofu)$/.test(path);
export const isJsonSource = (path: string): boolean => /\.(tf|tofu)\.json$/.test(path);
export const isTerragrunt = (path: string): boolean =>
  /\.hcl$/.test(path) && !/(^|\/)\.terraform\.lock\.hcl$/.test(path);
export const isVariables = (path: string): boolean => /\.tfvars(\.json)?$/.test(path);
/** What file functions read, and nothing parses. */
export const isData = (path: string): boolean =>
  !isSource(path) && !isJsonSource(path) && !isTerragrunt(path) && !isVariables(path);
