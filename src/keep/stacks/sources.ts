import { parseHcl } from '../../iac/hcl/parse.ts';
import type { HclFile } from '../../iac/hcl/syntax.ts';
import type { OriginSources } from '../../iac/origin/origins.ts';
import { CastellanError } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import type { Tree } from '../runs/parts.ts';

/** What is known of a stack without running anything: its HCL, texts that it may name, and which variables come from outside. */
export async function sourcesOf(tree: Tree, stack: string, profile: Profile | undefined): Promise<OriginSources> {
  return {
    stack,
    files: await hclFilesOf(tree, stack),
    given: givenVariables(profile),
    text: (path) => tree.source.files.get(path),
  };
}

/** Variables that a profile gives from outside of the repository; without one, none are known. */
export function givenVariables(profile: Profile | undefined): ReadonlySet<string> {
  if (profile === undefined) return new Set();
  const variables = [
    ...Object.keys(profile.env),
    ...Object.keys(profile.credentials),
    ...(profile.kubernetes?.variables ?? []),
  ];
  return new Set(variables.flatMap((name) => (name.startsWith('TF_VAR_') ? [name.slice('TF_VAR_'.length)] : [])));
}

/** Files of a tree that were parsed; modules are asked for by every stack that uses them. */
const parsed = new WeakMap<Tree, Map<string, Promise<HclFile | undefined>>>();

/**
 * The HCL of a stack's own folder, of the modules it uses and of what it includes: `.tf`, `.tfvars`, `.hcl` of Terragrunt. Any
 * file may give a value or override another's, so where one cannot be parsed, none counts.
 */
async function hclFilesOf(tree: Tree, stack: string): Promise<readonly HclFile[]> {
  const known = parsed.get(tree) ?? new Map<string, Promise<HclFile | undefined>>();
  parsed.set(tree, known);
  const node = tree.graph.stacks.get(stack);
  const folders = new Set([stack, ...(node?.modules ?? [])]);
  const terragrunt = new Set([`${stack}/terragrunt.hcl`, ...(node?.includes ?? [])]);
  const inFolders = [...tree.source.files].filter(([path]) =>
    folders.has(path.slice(0, Math.max(0, path.lastIndexOf('/')))),
  );
  if (inFolders.some(([path]) => otherSource.test(path))) return [];
  const wanted = [
    ...inFolders.filter(([path]) => /\.(tf|tfvars)$/.test(path)),
    ...[...tree.source.files].filter(([path]) => terragrunt.has(path)),
  ];
  const files = await Promise.all(
    wanted.map(([path, text]) => {
      const file = known.get(path) ?? parseOrNothing(path, text);
      known.set(path, file);
      return file;
    }),
  );
  return files.every((file) => file !== undefined) ? files : [];
}

/** What engines read and the parser does not. */
const otherSource = /\.(tofu|tofu\.json|tf\.json|tfvars\.json)$/;

async function parseOrNothing(path: string, text: string): Promise<HclFile | undefined> {
  try {
    return await parseHcl(path, text);
  } catch (error) {
    if (error instanceof CastellanError) return undefined;
    throw error;
  }
}
