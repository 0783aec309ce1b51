import picomatch from 'picomatch';

/** What the keep's configuration says about edits. Globs are those of picomatch; a leading dot must be written out. */
export interface EditPolicy {
  /** Files an agent may touch without anybody's consent. */
  readonly agentMayEdit: readonly string[];
  /** Files or folders that cannot be changed through Castellan at all. */
  readonly never: readonly string[];
  /** Folders of shared modules. */
  readonly modules: readonly string[];
}

export interface PathRules {
  mayEdit(path: string): boolean;
  isNever(path: string): boolean;
  isShared(path: string): boolean;
}

export function pathRules(policy: EditPolicy): PathRules {
  // What opens a door reads `!` as a character: a negated glob would open everything else. What closes one may be negated.
  const mayEdit = matcher(policy.agentMayEdit, { nonegate: true });
  const isNever = matcher(policy.never, { dot: true, nocase: true });
  const isShared = matcher(policy.modules, { dot: true, nocase: true });
  return {
    mayEdit,
    isNever: (path) => selfAndFolders(path).some(isNever),
    isShared: (path) => selfAndFolders(path).some(isShared),
  };
}

function matcher(globs: readonly string[], options: picomatch.PicomatchOptions): (path: string) => boolean {
  const written = globs.map((glob) => glob.replace(/\/+$/, '')).filter((glob) => glob !== '');
  if (written.length === 0) return () => false;
  const matches = picomatch([...written], options);
  return (path) => matches(path);
}

/** `a/b/c`: itself, `a/b`, `a`. */
function selfAndFolders(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}
