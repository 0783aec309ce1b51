import { parseHcl } from '../../iac/hcl/parse.ts';
import type { HclFile } from '../../iac/hcl/syntax.ts';
import type { Instance } from '../../iac/origin/instance.ts';
import { readModules } from '../../iac/origin/modules.ts';
import { openStack } from '../../iac/origin/origins.ts';
import { manifestOf, resourcesOf } from '../../iac/origin/resources.ts';
import { at, type Symbolic, scalarOf } from '../../iac/origin/symbol.ts';
import { readStackGraph, type StackOptions } from '../../iac/stacks/read.ts';

/**
 * Which stack holds what, by what the HCL makes of its variables and modules. Several stacks may hold one namespace, and each is
 * told; what cannot be worked out is not guessed from the name of a folder.
 */
export interface Held {
  readonly stack: string;
  readonly namespace: string;
  /** Of a workload, a release or any other object; the namespace's own name for the namespace itself. */
  readonly name: string;
}

/** Every object of a namespace that the stacks of these files make, as far as it is written down. */
export async function heldBy(files: ReadonlyMap<string, string>, options: StackOptions): Promise<readonly Held[]> {
  const graph = await readStackGraph({ files }, options);
  const called = new Set([...graph.stacks.values()].flatMap(({ modules }) => modules));
  const held: Held[] = [];
  for (const { path, includes, modules } of graph.stacks.values()) {
    // A folder that others call and that nothing runs by itself is a module, wherever it lies.
    if (called.has(path) && !files.has(`${path}/terragrunt.hcl`)) continue;
    const folders = new Set([path, ...modules]);
    const own = [...files].filter(([file]) => folders.has(folderOf(file)) || includes.includes(file));
    const parsed = (await Promise.all(own.map(([file, text]) => parsedOr(file, text)))).filter(
      (one) => one !== undefined,
    );
    const sources = readModules(parsed);
    const root = sources.get(path);
    if (root === undefined) continue;
    const instance = openStack(root, sources, { stack: path, files: parsed, given: new Set() });
    for (const one of objectsOf(instance)) held.push({ stack: path, ...one });
  }
  return held;
}

/** One that is no HCL hides nothing of the others. */
async function parsedOr(file: string, text: string): Promise<HclFile | undefined> {
  try {
    return await parseHcl(file, text);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

type Named = Omit<Held, 'stack'>;

function* objectsOf(stack: Instance): Generator<Named> {
  for (const { instance, id, key } of resourcesOf(stack)) {
    if (/^(?:data|ephemeral)\./.test(id)) continue;
    const body = instance.resource(id, key);
    const found = body === undefined ? undefined : namedBy(id.split('.')[0] ?? '', body);
    if (found !== undefined) yield found;
  }
}

function namedBy(type: string, body: Symbolic): Named | undefined {
  if (type === 'helm_release') return named(at(body, ['namespace']), at(body, ['name']));
  if (type.startsWith('kubernetes_') && type !== 'kubernetes_manifest') {
    const metadata = at(body, ['metadata', 0]);
    if (metadata === undefined) return undefined;
    const isNamespace = /^kubernetes_namespace(?:_v\d+)?$/.test(type);
    return named(at(metadata, [isNamespace ? 'name' : 'namespace']), at(metadata, ['name']));
  }
  const manifest = manifestOf(body);
  if (manifest?.is !== 'object') return undefined;
  const isNamespace = scalarOf(at(manifest, ['kind'])) === 'Namespace';
  return named(at(manifest, ['metadata', isNamespace ? 'name' : 'namespace']), at(manifest, ['metadata', 'name']));
}

/** A name that is computed still says whose namespace it is. */
function named(namespace: Symbolic | undefined, name: Symbolic | undefined): Named | undefined {
  const [where, what] = [scalarOf(namespace), scalarOf(name)];
  return typeof where === 'string' && where !== ''
    ? { namespace: where, name: typeof what === 'string' ? what : '' }
    : undefined;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
