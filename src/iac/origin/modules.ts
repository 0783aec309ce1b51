import { posix } from 'node:path';
import type { HclAttribute, HclBlock, HclFile } from '../hcl/syntax.ts';
import { callsOf, literalOf, textAttribute } from '../hcl/walk.ts';

/** What the `.tf` files of one folder define, by name. The first of a name counts, as it does for the engine's error. */
export interface ModuleSource {
  readonly folder: string;
  readonly variables: ReadonlyMap<string, Defined<HclBlock>>;
  readonly locals: ReadonlyMap<string, Defined<HclAttribute>>;
  readonly outputs: ReadonlyMap<string, Defined<HclBlock>>;
  readonly calls: ReadonlyMap<string, Defined<HclBlock>>;
  /** `kubectl_manifest.deployment`, `data.kubectl_path_documents.all`. */
  readonly resources: ReadonlyMap<string, Defined<HclBlock>>;
  /** Of the `.tfvars` that lie there. */
  readonly values: ReadonlyMap<string, Defined<HclAttribute>>;
}

export interface Defined<Node> {
  readonly file: string;
  readonly node: Node;
}

export function isSensitive(block: HclBlock): boolean {
  const marked = ['sensitive', 'ephemeral'].map(
    (name) => block.body.attributes.find((one) => one.name === name)?.value,
  );
  // Whatever is not plainly false might be true.
  return marked.some((value) => value !== undefined && literalOf(value)?.value !== false);
}

/** Whether the type of a variable has a set anywhere in it. */
export function makesSet(variable: HclBlock): boolean {
  const type = variable.body.attributes.find(({ name }) => name === 'type');
  return type !== undefined && !callsOf(type.value, new Set(['set'])).next().done;
}

/** The folder that a module block names; undefined unless it is a relative path inside the repository. */
export function folderOfCall(call: HclBlock, folder: string): string | undefined {
  const source = textAttribute(call.body, 'source');
  if (source === undefined || !/^\.\.?\//.test(source)) return undefined;
  const target = posix.normalize(posix.join(folder, source)).replace(/\/$/, '');
  return target.startsWith('..') ? undefined : target;
}

/** Every folder that has files, by its path; none that has a file that may change what the others say. */
export function readModules(files: readonly HclFile[]): ReadonlyMap<string, ModuleSource> {
  const folders = Map.groupBy(files, ({ path }) => posix.dirname(path));
  return new Map(
    [...folders]
      .filter(([, inside]) => !inside.some(({ path }) => /[/_]override\.tf$/.test(path)))
      .map(([folder, inside]) => [folder, readModule(folder, inside)]),
  );
}

function readModule(folder: string, files: readonly HclFile[]): ModuleSource {
  const source = files.filter(({ path }) => path.endsWith('.tf'));
  const blocks = source.flatMap(({ path, body }) => body.blocks.map((node) => ({ file: path, node })));
  const named = (type: string): ReadonlyMap<string, Defined<HclBlock>> =>
    first(blocks.filter(({ node }) => node.type === type).map((one) => [one.node.labels[0] ?? '', one]));
  const attributes = (of: readonly { file: string; attributes: readonly HclAttribute[] }[]) =>
    first(of.flatMap(({ file, attributes: all }) => all.map((node) => [node.name, { file, node }] as const)));
  return {
    folder,
    variables: named('variable'),
    outputs: named('output'),
    calls: named('module'),
    locals: attributes(
      blocks
        .filter(({ node }) => node.type === 'locals')
        .map(({ file, node }) => ({ file, attributes: node.body.attributes })),
    ),
    resources: first(
      blocks
        .filter(({ node }) => ['resource', 'data', 'ephemeral'].includes(node.type))
        .map((one) => [`${prefixes[one.node.type] ?? ''}${one.node.labels.join('.')}`, one]),
    ),
    values: attributes(
      files
        .filter(({ path }) => path.endsWith('.tfvars'))
        .map(({ path, body }) => ({ file: path, attributes: body.attributes })),
    ),
  };
}

const prefixes: Readonly<Record<string, string>> = { data: 'data.', ephemeral: 'ephemeral.' };

function first<Value>(entries: readonly (readonly [string, Value])[]): ReadonlyMap<string, Value> {
  return new Map([...entries].reverse());
}
