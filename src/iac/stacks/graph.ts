/**
 * The stacks of a tree and what hangs on what, read from the files alone: nothing of Terragrunt is run.
 *
 *  dependency   a `dependency` or `dependencies` block: the other stack is applied first
 *  include      a parent file whose text becomes part of the stack's
 *  module       a folder that a `module` block of the stack, or of one of its modules, names by a relative path
 */
export interface StackGraph {
  /** By folder, sorted. */
  readonly stacks: ReadonlyMap<string, StackNode>;
  /** What could not be understood: computed paths, missing folders, cycles. */
  readonly problems: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  /** Stacks that depend on it, directly or not; sorted. */
  dependantsOf(stack: string): readonly string[];
  /** Stacks that use any of these files: through their own folder, a module or an include; sorted. */
  stacksUsing(paths: readonly string[]): readonly string[];
  /** Finds a stack by folder or by the last part of it. Undefined when none or several fit. */
  find(name: string): string | undefined;
}

export interface StackNode {
  readonly path: string;
  readonly includes: readonly string[];
  readonly dependsOn: readonly string[];
  /** Module folders, its own relative ones and theirs. */
  readonly modules: readonly string[];
  /** Files of its folder that Terraform reads. */
  readonly files: readonly string[];
}
