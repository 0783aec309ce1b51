import type { HclBody, HclExpression } from '../hcl/syntax.ts';
import { literalOf } from '../hcl/walk.ts';
import { folderOf, nameOf, resolveIn } from './folder.ts';

/**
 * Paths as Terragrunt files write them, worked out without running anything: literals, locals of the same file, and the few
 * functions that depend on where a file lies. Everything else is computed, and undefined.
 */
export interface PathContext {
  /** The stack's folder. */
  readonly stack: string;
  /** The folder of the file that is read: the stack's own, or that of an include. */
  readonly folder: string;
  readonly body: HclBody;
  readonly exists: (path: string) => boolean;
}

/** Stands for the folder the repository lies in; no path in a file begins with it. */
const root = '\0';

/** A path in the repository, of a file or a folder; undefined when it is computed or leads out of it. */
export function pathIn(context: PathContext, expression: HclExpression): string | undefined {
  const text = textOf(context, expression, 0);
  if (text === undefined || text.includes('://')) return undefined;
  if (text.startsWith(root)) return resolveIn('', text.slice(root.length));
  // Relative paths count from the stack, in an include too.
  return text.startsWith('/') ? undefined : resolveIn(context.stack, text);
}

const deepest = 10;

function textOf(context: PathContext, expression: HclExpression, depth: number): string | undefined {
  if (depth > deepest) return undefined;
  const literal = literalOf(expression);
  if (literal !== undefined) return typeof literal.value === 'string' ? literal.value : undefined;
  if (expression.kind === 'template') {
    const parts = expression.parts.map((part) => (typeof part === 'string' ? part : textOf(context, part, depth + 1)));
    return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
  }
  if (expression.kind === 'reference') {
    const [step, ...more] = expression.steps;
    if (expression.root !== 'local' || step?.kind !== 'name' || more.length > 0) return undefined;
    const local = context.body.blocks
      .filter(({ type }) => type === 'locals')
      .flatMap(({ body }) => body.attributes)
      .find(({ name }) => name === step.name);
    return local === undefined ? undefined : textOf(context, local.value, depth + 1);
  }
  if (expression.kind !== 'call' || expression.expands) return undefined;
  const given = expression.arguments.map((each) => textOf(context, each, depth + 1));
  return given.every((each) => each !== undefined) ? callOf(context, expression.name, given) : undefined;
}

function callOf({ stack, folder, exists }: PathContext, name: string, given: readonly string[]): string | undefined {
  const [first] = given;
  switch (name) {
    case 'get_terragrunt_dir':
    case 'get_original_terragrunt_dir':
      return `${root}/${stack}`;
    case 'get_parent_terragrunt_dir':
      return `${root}/${folder}`;
    case 'get_repo_root':
      return root;
    case 'path_relative_to_include':
      return stack.startsWith(`${folder}/`) || folder === ''
        ? stack.slice(folder === '' ? 0 : folder.length + 1)
        : undefined;
    case 'basename':
      return first === undefined ? undefined : nameOf(first);
    case 'dirname':
      return first?.includes('/') ? folderOf(first) : undefined;
    case 'find_in_parent_folders':
      return foundAbove(stack, first ?? 'terragrunt.hcl', exists);
    default:
      return undefined;
  }
}

function foundAbove(stack: string, name: string, exists: (path: string) => boolean): string | undefined {
  for (let folder = stack; folder !== ''; ) {
    folder = folderOf(folder);
    const candidate = resolveIn(folder, name);
    if (candidate !== undefined && exists(candidate)) return `${root}/${candidate}`;
  }
  return undefined;
}
