import { posix } from 'node:path';
import type { HclBlock, HclExpression } from '../hcl/syntax.ts';
import { expressionsIn } from '../hcl/walk.ts';
import type { OriginSources } from '../origin/origins.ts';
import { endingOf, readers } from './surroundings.ts';
import { indexText, keysOf, type OpenStack } from './world.ts';

/**
 * Who reads a file of values, in one stack: nobody; these resources, by one expression that names this very file; or it cannot be
 * told.
 */
type Reading =
  | { readonly is: 'no' }
  | { readonly is: 'resources'; readonly addresses: readonly string[] }
  | { readonly is: 'unclear' };

const unclear: Reading = { is: 'unclear' };

export function readingOf(stack: OpenStack, path: string): Reading {
  const named = namingOf(stack.sources, path);
  if (named.isUnclear || named.elsewhere > 0) return unclear;
  if (named.by.length === 0) return { is: 'no' };
  const addresses: string[] = [];
  for (const { path: module, instance } of stack.instances.values()) {
    for (const [id, defined] of instance.source.resources) {
      if (!named.by.includes(defined.node)) continue;
      const keys = keysOf(instance, defined);
      if (keys === undefined) return unclear;
      addresses.push(...keys.map((key) => `${module === '' ? '' : `${module}.`}${id}${indexText(key)}`));
    }
  }
  return addresses.length === 0 || stack.blind.size > 0 ? unclear : { is: 'resources', addresses };
}

interface Naming {
  /** Blocks at the top of a file that name it, once for each time they do. */
  readonly by: (HclBlock | undefined)[];
  /** Texts that have its name and are no part of a plain call. */
  elsewhere: number;
  /** Something is read whose name is computed, or all of a folder. */
  isUnclear: boolean;
}

function namingOf({ files }: OriginSources, path: string): Naming {
  const name = posix.basename(path);
  const named: Naming = { by: [], elsewhere: 0, isUnclear: false };
  /** What is plainly the name of one file, and so none of a folder. */
  const plain = new Set<HclExpression>();
  for (const { path: file, body } of files) {
    for (const { expression, attribute, blocks } of expressionsIn(body)) {
      if (expression.kind === 'call' && readers.has(expression.name)) {
        const [argument] = expression.arguments;
        const read = argument === undefined ? undefined : plainName(argument, posix.dirname(file));
        if (argument !== undefined && read !== undefined) plain.add(argument);
        if (read === path) named.by.push(blocks[0]);
        const isAny = expression.name === 'fileset' || expression.name === 'run_cmd';
        if (isAny || (read === undefined && mayEnd(path, endingOf(argument)))) named.isUnclear = true;
      }
      const isSource = attribute.name === 'source' && blocks.length === 1 && expression === attribute.value;
      const texts = isSource || plain.has(expression) ? [] : textsOf(expression);
      if (texts.some((text) => text.includes(name))) named.elsewhere += 1;
      if (texts.some((text) => isPattern(text) || (/^\.{1,2}\//.test(text) && endsInFolder(text, path))))
        named.isUnclear = true;
      if (expression.kind === 'template') for (const part of insideFolder(expression.parts, path)) plain.add(part);
      if (isFolder(expression) && !plain.has(expression)) named.isUnclear = true;
    }
  }
  return named;
}

/** `"${path.module}/values.yaml"`: the file it names. */
function plainName(argument: HclExpression, folder: string): string | undefined {
  if (argument.kind !== 'template') return undefined;
  const [first, second, ...more] = argument.parts;
  if (first === undefined || typeof first === 'string' || typeof second !== 'string' || more.length > 0)
    return undefined;
  const isModule =
    isFolder(first) && first.kind === 'reference' && first.steps.length === 1 && first.text === 'path.module';
  return isModule && second.startsWith('/') ? posix.normalize(posix.join(folder, second)) : undefined;
}

function textsOf(expression: HclExpression): readonly string[] {
  if (expression.kind === 'literal') return typeof expression.value === 'string' ? [expression.value] : [];
  return expression.kind === 'template' ? expression.parts.filter((part) => typeof part === 'string') : [];
}

function isPattern(text: string): boolean {
  return /[*?[\]{}]/.test(text) && /\.(ya?ml|\*)/.test(text);
}

/** `path.module`, `path.root`: without a name behind it, the folder itself. */
function isFolder(expression: HclExpression): boolean {
  return expression.kind === 'reference' && expression.root === 'path';
}

/** Of the folders in a text, those with a name behind them that is none of a folder around the file. */
function insideFolder(parts: readonly (string | HclExpression)[], path: string): readonly HclExpression[] {
  return parts.filter((part, index): part is HclExpression => {
    if (typeof part === 'string' || !isFolder(part)) return false;
    const [next, more] = parts.slice(index + 1);
    return typeof next === 'string' && (next === '/' ? more !== undefined : !endsInFolder(next, path));
  });
}

/** Whether this piece of a path ends at a folder that the file may lie in. */
function endsInFolder(text: string, path: string): boolean {
  const last = text.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return ['', '.', '..'].includes(last) || path.split('/').slice(0, -1).includes(last);
}

/** Whether a name of which only the last piece is known may be that of the file. */
function mayEnd(path: string, ending: string | undefined): boolean {
  if (ending === undefined) return true;
  const last = posix.basename(ending);
  return ending.includes('/') ? last === posix.basename(path) : posix.basename(path).endsWith(last);
}
