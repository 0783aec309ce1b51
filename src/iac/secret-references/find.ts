import { posix } from 'node:path';
import { CastellanError } from '../../kit/index.ts';
import { parseHcl } from '../hcl/parse.ts';
import type { HclFile } from '../hcl/syntax.ts';
import { evaluate } from '../origin/evaluate.ts';
import { placeOf as placeOfBlock } from '../origin/instance.ts';
import { readModules } from '../origin/modules.ts';
import { openStack } from '../origin/origins.ts';
import type { SourcePlace } from '../origin/port.ts';
import { at, type Symbolic, scalarOf } from '../origin/symbol.ts';
import type { SourceTree } from '../repository.ts';
import type { StackGraph, StackNode } from '../stacks/graph.ts';
import { everythingOf, type ForeignCall, type MadeResource } from './instances.ts';
import { referencesOfManifests, type Stores, storesIn } from './manifests.ts';
import { placeOf, reference, type SecretSourceReference, trimmed, type VaultPlace } from './reference.ts';
import { type SecretUse, usesIn, vaultSources } from './uses.ts';
import { readYamlDocuments } from './yaml.ts';

export interface ReferenceOptions {
  /** Engines of Vault, where they are known: a path in one piece begins with one. Without: it begins with one segment. */
  readonly mounts?: readonly string[];
  /** Variables of a stack that are given from outside of the repository: what the source says of them does not count. */
  readonly given?: (stack: string) => ReadonlySet<string>;
}

/** Resources and module calls of one stack. */
const mostMade = 10_000;

/** Most that are told of one tree; no homelab has a tenth of it. */
const most = 20_000;

/**
 * Where the source refers to secrets of Vault: data sources with the keys that are taken out of them, and what the External
 * Secrets operator is told, in HCL and in YAML. Nothing is run. What cannot be told is among them as `unresolved`, never left out.
 */
export async function secretReferences(
  { files }: SourceTree,
  graph: Pick<StackGraph, 'stacks'>,
  { mounts = [], given = () => new Set() }: ReferenceOptions = {},
): Promise<readonly SecretSourceReference[]> {
  const unread: SecretSourceReference[] = [];
  const parsed = new Map<string, HclFile>();
  const stacks: Opened[] = [];
  for (const node of graph.stacks.values()) {
    const paths = filesOf(node, files);
    const missed = overlooked(node, files);
    const speaks = (path: string): boolean => speaksOfSecrets.test(files.get(path) ?? '');
    if (![...paths, ...missed].some(speaks)) continue;
    for (const path of paths) {
      if (parsed.has(path) || unread.some(({ file }) => file === path)) continue;
      const file = await readHcl(path, files.get(path) ?? '');
      if (file !== undefined) parsed.set(path, file);
      // Only what may say something of a secret is missed.
      else if (speaks(path)) unread.push(unresolved(path, node.path));
    }
    unread.push(...missed.map((path) => unresolved(path, node.path)));
    stacks.push(
      open(
        node.path,
        paths.flatMap((path) => parsed.get(path) ?? []),
        given(node.path),
      ),
    );
  }
  const yaml = [...files].flatMap(([path, text]) => {
    if (!/\.ya?ml$/.test(path) || !operators.test(text)) return [];
    const documents = readYamlDocuments(path, text);
    if (documents === undefined) unread.push(unresolved(path, stackOf(path, graph)));
    return documents === undefined ? [] : [{ documents, stack: stackOf(path, graph) }];
  });
  const stores = storesIn(
    [
      ...stacks.flatMap(({ resources }) => resources.map(({ body }) => body)),
      ...yaml.flatMap(({ documents }) => documents),
    ],
    mounts,
  );
  const found = [
    ...stacks.flatMap((stack) => [...ofSources(stack, mounts), ...ofObjects(stack, stores), ...stack.unfinished]),
    ...yaml.flatMap(({ documents, stack }) =>
      documents.flatMap((symbol) => referencesOfManifests(symbol, { stores, stack, how: 'yaml' })),
    ),
    ...unread,
  ];
  const inOrder = found
    .map((one) => ({ one, text: JSON.stringify(one) }))
    .sort((a, b) => compare(a.one.file, b.one.file) || a.one.line - b.one.line || compare(a.text, b.text));
  return [...new Map(inOrder.map(({ one, text }) => [text, one])).values()].slice(0, most);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const speaksOfSecrets = /vault_(?:kv_secret|generic_secret)|ExternalSecret|SecretStore|remoteRef/;
const operators = /ExternalSecret|SecretStore|remoteRef/;

interface Opened {
  readonly stack: string;
  readonly resources: readonly MadeResource[];
  readonly calls: readonly ForeignCall[];
  readonly uses: ReadonlyMap<string, readonly SecretUse[]>;
  /** It was more than is worked out. */
  readonly unfinished: readonly SecretSourceReference[];
}

function open(stack: string, files: readonly HclFile[], given: ReadonlySet<string>): Opened {
  const modules = readModules(files);
  const root = modules.get(stack);
  const byFolder = Map.groupBy(files, ({ path }) => posix.dirname(path));
  const uses = new Map([...byFolder].map(([folder, inside]) => [folder, usesIn(inside)]));
  const nothing = { stack, resources: [], calls: [], uses };
  if (root === undefined) return { ...nothing, unfinished: [] };
  const instance = openStack(root, modules, { stack, files, given });
  const room = { left: mostMade };
  const all = [...everythingOf(instance, room)];
  return {
    stack,
    uses,
    resources: all.flatMap(({ resource }) => resource ?? []),
    calls: all.flatMap(({ call }) => call ?? []),
    unfinished: instance.scope.budget.steps < 0 || room.left < 0 ? [unresolved(`${stack}/main.tf`, stack)] : [],
  };
}

function ofSources({ stack, resources, uses }: Opened, mounts: readonly string[]): readonly SecretSourceReference[] {
  return resources.flatMap(({ instance, id, block, body }) => {
    const type = block.node.labels[0] ?? '';
    if (block.node.type === 'resource' || !vaultSources.has(type)) return [];
    const place = placeOfSource(type, body, mounts);
    const own = (uses.get(instance.source.folder) ?? []).filter(({ source }) => source === id);
    const context = { how: type, stack };
    if (own.length === 0) return [reference(place, undefined, placeOfBlock(block), context)];
    return own.map(({ key, place: at }) => reference(place, key, at, context));
  });
}

function placeOfSource(type: string, body: Symbolic, mounts: readonly string[]): VaultPlace | undefined {
  const said = (name: string): string | undefined => {
    const value = scalarOf(at(body, [name]));
    return typeof value === 'string' && trimmed(value) !== '' ? trimmed(value) : undefined;
  };
  if (type !== 'vault_kv_secret_v2') {
    const path = said('path');
    return path === undefined ? undefined : placeOf(path, mounts);
  }
  const [mount, path] = [said('mount'), said('name')];
  return mount === undefined || path === undefined ? undefined : { mount, path };
}

function ofObjects({ stack, resources, calls }: Opened, stores: Stores): readonly SecretSourceReference[] {
  return [
    ...resources.flatMap(({ block, body }) =>
      referencesOfManifests(body, { stores, stack, how: block.node.labels[0] ?? block.node.type }),
    ),
    ...calls.flatMap(({ instance, name, block }) =>
      block.node.body.attributes.flatMap(({ value }) =>
        referencesOfManifests(evaluate(value, { ...instance.scope, file: block.file }), {
          stores,
          stack,
          how: `module ${name}`,
        }),
      ),
    ),
  ];
}

function filesOf({ path: stack, modules, includes }: StackNode, files: SourceTree['files']): readonly string[] {
  const folders = new Set([stack, ...modules]);
  const terragrunt = new Set([`${stack}/terragrunt.hcl`, ...includes]);
  return [...files.keys()].filter(
    (path) => terragrunt.has(path) || (folders.has(posix.dirname(path)) && /\.(tf|tfvars)$/.test(path)),
  );
}

/** What engines read and the parser does not; and what changes the meaning of every other file of its folder. */
const unreadable = /\.(?:tofu|tofu\.json|tf\.json|tfvars\.json)$|(?:^|[/_])override\.tf$/;

function overlooked({ path: stack, modules }: StackNode, files: SourceTree['files']): readonly string[] {
  const folders = new Set([stack, ...modules]);
  return [...files.keys()].filter((path) => folders.has(posix.dirname(path)) && unreadable.test(path));
}

function stackOf(path: string, { stacks }: Pick<StackGraph, 'stacks'>): string | undefined {
  return [...stacks.keys()].find((stack) => path.startsWith(`${stack}/`));
}

async function readHcl(path: string, text: string): Promise<HclFile | undefined> {
  try {
    return await parseHcl(path, text);
  } catch (error) {
    if (error instanceof CastellanError) return undefined;
    throw error;
  }
}

function unresolved(file: string, stack: string | undefined): SecretSourceReference {
  const range: SourcePlace['range'] = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return reference(undefined, undefined, { file, range }, { how: 'unresolved', stack });
}
