import { posix } from 'node:path';
import type { HclBlock, HclExpression, HclFile } from '../hcl/syntax.ts';
import { expressionsIn, literalOf, partsOf } from '../hcl/walk.ts';
import type { OriginSources } from '../origin/origins.ts';

/** What may read an edited file, or be given what it says, beside the Terraform that is worked out. */

export const readers: ReadonlySet<string> = new Set(
  'file fileset filebase64 filemd5 filesha1 filesha256 filesha512 filebase64sha256 filebase64sha512 templatefile read_terragrunt_config read_tfvars_file sops_decrypt_file run_cmd'.split(
    ' ',
  ),
);

/** Whether something in the stack takes the file as a text, so that any edit of it says something else. */
export function readsAsText({ files }: OriginSources, path: string): boolean {
  const extension = posix.extname(path);
  return files.some(({ body }) =>
    [...expressionsIn(body)].some(({ expression }) => {
      if (expression.kind !== 'call' || !readers.has(expression.name)) return false;
      if (['fileset', 'read_terragrunt_config', 'run_cmd'].includes(expression.name)) {
        return expression.name === 'read_terragrunt_config' ? extension === '.hcl' : true;
      }
      const ending = endingOf(expression.arguments[0]);
      return ending === undefined || posix.extname(ending) === '' || posix.extname(ending) === extension;
    }),
  );
}

/** The last piece of the name that is written down. */
export function endingOf(name: HclExpression | undefined): string | undefined {
  if (name === undefined) return undefined;
  const whole = literalOf(name)?.value;
  if (typeof whole === 'string') return whole;
  const last = name.kind === 'template' ? name.parts.at(-1) : undefined;
  return typeof last === 'string' ? last : undefined;
}

/**
 * Whether Terragrunt writes a file into the stack that may use one of these names, or takes the place of the edited one. What
 * such a file says is seen only where it is written down.
 */
export function generatesOver(sources: OriginSources, path: string, names: ReadonlySet<string>): boolean {
  const inStack = posix.dirname(path) === sources.stack;
  return sources.files
    .filter((file) => file.path.endsWith('.hcl'))
    .flatMap(({ body }) => [...body.blocks, ...body.attributes])
    .some((part) => {
      if (!('body' in part)) return part.name === 'generate' && (inStack || names.size > 0);
      if (part.type === 'remote_state')
        return part.body.attributes.some((one) => one.name === 'generate' && isTaken(one.value, path, inStack));
      return part.type === 'generate' && generates(part, path, inStack, names);
    });
}

function generates({ body }: HclBlock, path: string, inStack: boolean, names: ReadonlySet<string>): boolean {
  const given = (name: string): HclExpression | undefined => body.attributes.find((one) => one.name === name)?.value;
  const contents = given('contents');
  const target = given('path');
  if (target === undefined || isName(target, path, inStack)) return true;
  if (names.size === 0) return false;
  if (contents?.kind !== 'literal' && contents?.kind !== 'template') return true;
  return [...names].some((name) => !name.startsWith('each:') && contents.text.includes(name.replace(/\.\*$/, '.')));
}

function isTaken(value: HclExpression, path: string, inStack: boolean): boolean {
  const items = [...partsOf(value)].flatMap((part) => (part.kind === 'object' ? part.items : []));
  const target = items.find(({ key }) => literalOf(key)?.value === 'path');
  return target === undefined || isName(target.value, path, inStack);
}

/** A name that is computed may be any. */
function isName(target: HclExpression, path: string, inStack: boolean): boolean {
  if (!inStack) return false;
  const name = literalOf(target)?.value;
  return (
    typeof name !== 'string' || posix.basename(name) === posix.basename(path) || /(^|[/_])override\.tf$/.test(name)
  );
}

/** Whether the engine reads values from this file by itself, and from no other that gives one of the same name. */
export function isReadByItself({ files, stack }: OriginSources, path: string, names: readonly string[]): boolean {
  const own = files.filter((file) => posix.dirname(file.path) === stack && file.path.endsWith('.tfvars'));
  const others = own.filter((file) => file.path !== path);
  const isAutomatic = /(^|\/)terraform\.tfvars$|\.auto\.tfvars$/.test(path) || path.endsWith('.hcl');
  return isAutomatic && !others.some(({ body }) => body.attributes.some(({ name }) => names.includes(name)));
}

/** Variables of the stack that a file outside of Terraform's own gives a value, at that line. */
export function variablesGivenBy(file: HclFile, line: number, all: readonly string[]): readonly string[] {
  const attribute = file.body.attributes.find(({ range }) => range.line <= line && range.endLine >= line);
  if (attribute === undefined) return [];
  if (file.path.endsWith('.tfvars')) return [attribute.name];
  if (attribute.value.kind !== 'object') return all;
  const items = attribute.value.items.filter(({ key, value }) => key.range.line <= line && value.range.endLine >= line);
  const names = items.map(({ key }) => literalOf(key)?.value);
  return names.length > 0 && names.every((name) => typeof name === 'string') ? names : all;
}
