import { parseHcl } from '../../iac/hcl/parse.ts';
import type { HclFile } from '../../iac/hcl/syntax.ts';
import type { OriginSources } from '../../iac/origin/origins.ts';
import { CastellanError } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import type { Tree } from '../runs/parts.ts';

/** What is known of a stack without running anything: its HCL, and which variables come from outside of the repository. */
export async function sourcesOf(tree: Tree, stack: string, profile: Profile): Promise<OriginSources> {
  const variables = [
    ...Object.keys(profile.env),
    ...Object.keys(profile.credentials),
    ...(profile.kubernetes?.variables ?? []),
  ];
  const given = variables.flatMap((name) => (name.startsWith('TF_VAR_') ? [name.slice('TF_VAR_'.length)] : []));
  return { stack, files: await hclFilesOf(tree, stack), given: new Set(given) };
}

/** Files of a tree that were parsed; modules are asked for by every stack that uses them. */
const parsed = new WeakMap<Tree, Map<string, Promise<HclFile | undefined>>>();

/**
 * The HCL of a stack's own folder and of the modules it uses: `.tf`, `.tfvars`, and its own terragrunt.hcl. What cannot be
 * parsed is left out: the scan has said so of a proposal, and the engine says so of the rest.
 */
async function hclFilesOf(tree: Tree, stack: string): Promise<readonly HclFile[]> {
  const known = parsed.get(tree) ?? new Map<string, Promise<HclFile | undefined>>();
  parsed.set(tree, known);
  const folders = new Set([stack, ...(tree.graph.stacks.get(stack)?.modules ?? [])]);
  const wanted = [...tree.source.files].filter(([path]) => {
    const at = path.lastIndexOf('/');
    const [folder, name] = [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
    return folders.has(folder) && (/\.(tf|tfvars)$/.test(name) || (name === 'terragrunt.hcl' && folder === stack));
  });
  const files = await Promise.all(
    wanted.map(([path, text]) => {
      const file = known.get(path) ?? parseOrNothing(path, text);
      known.set(path, file);
      return file;
    }),
  );
  return files.filter((file) => file !== undefined);
}

async function parseOrNothing(path: string, text: string): Promise<HclFile | undefined> {
  try {
    return await parseHcl(path, text);
  } catch (error) {
    if (error instanceof CastellanError) return undefined;
    throw error;
  }
}
