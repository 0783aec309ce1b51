import { parseHcl } from '../hcl/parse.ts';
import { type Declared, declaredIn } from './declared.ts';
import { fieldText } from './ignored.ts';
import type { OriginSources } from './origins.ts';
import { leavesOf, scalarOf } from './symbol.ts';

export interface SourceOptions {
  readonly stack?: string;
  readonly given?: readonly string[];
  /** Whether YAML beside the HCL may be read. */
  readonly reads?: boolean;
}

/** Of files by their path: those of Terragrunt and Terraform are parsed. */
export async function sourcesOf(
  files: Readonly<Record<string, string>>,
  { stack = 'stacks/app', given = [], reads = true }: SourceOptions = {},
): Promise<OriginSources> {
  const hcl = Object.entries(files).filter(([path]) => /\.(tf|tfvars|hcl)$/.test(path));
  return {
    stack,
    files: await Promise.all(hcl.map(([path, text]) => parseHcl(path, text))),
    given: new Set(given),
    ...(reads ? { text: (path: string) => files[path] } : {}),
  };
}

/** Of one file, or of several by their path. */
export async function declaredOf(
  source: string | Readonly<Record<string, string>>,
  options?: SourceOptions,
): Promise<readonly Declared[]> {
  const files = typeof source === 'string' ? { 'stacks/app/main.tf': source } : source;
  return [...declaredIn(await sourcesOf(files, options))];
}

/** What each field says: `?` is computed. */
export function fieldsOf({ body }: Pick<Declared, 'body'>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...leavesOf(body)].map(({ path, leaf }) => {
      const value = scalarOf(leaf);
      return [fieldText(path), value === undefined ? '?' : value];
    }),
  );
}

/** Where each field stands: `file:line:column`. */
export function placesOf({ body }: Pick<Declared, 'body'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...leavesOf(body)].map(({ path, leaf: { place } }) => [
      fieldText(path),
      `${place.file}:${place.range.line}:${place.range.column}`,
    ]),
  );
}
