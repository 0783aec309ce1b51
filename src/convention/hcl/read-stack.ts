import { posix } from 'node:path';
import type { HclAttribute, HclBlock, HclBody, HclExpression, HclFile } from '../../iac/hcl/syntax.ts';
import { expressionsIn } from '../../iac/hcl/walk.ts';
import { type Manifest, manifestOf } from '../manifest/manifest.ts';
import { nodeOfYaml } from '../node/from-yaml.ts';
import { list, map, type Node, type Place, textOf, unknown } from '../node/node.ts';
import { evaluate, holes, type Scope, textWithHoles } from './evaluate.ts';
import { ignoredPaths } from './ignored.ts';

/** A resource, a data source or a module call of a stack, its modules' own among them. */
export interface Written {
  readonly form: 'resource' | 'module';
  /** Without instance keys: `module.web.kubectl_manifest.deployment`. */
  readonly address: string;
  /** `kubectl_manifest`, `data.http`; of a module call the folder it names. */
  readonly type: string;
  readonly attributes: Node;
  readonly manifest: Manifest | undefined;
  readonly place: Place;
  /** Fields Terraform is told to leave alone, as paths of the manifest; `*` is all of them. */
  readonly ignored: readonly string[];
  /** Whether it is there at all hangs on what is not known. */
  readonly isCertain: boolean;
}

export interface WrittenStack {
  readonly written: readonly Written[];
  /** Every text of the stack's own files and of the modules it uses, with where it stands. */
  readonly literals: readonly { readonly node: Node; readonly address: string }[];
}

const mostWritten = 20_000;
const deepestModule = 8;

interface Folder {
  readonly files: readonly HclFile[];
  readonly blocks: readonly { readonly block: HclBlock; readonly file: string }[];
}

interface Call {
  readonly path: string;
  /** `module.web.` */
  readonly prefix: string;
  readonly given: ReadonlyMap<string, Node>;
  readonly depth: number;
}

/** What the files of a stack's folder, and of the modules it calls by relative paths, write down. */
export function readStack(files: readonly HclFile[], stack: string): WrittenStack {
  const folders = new Map<string, Folder>();
  for (const file of files) {
    if (!file.path.endsWith('.tf')) continue;
    const path = posix.dirname(file.path);
    const { files: others = [], blocks = [] } = folders.get(path) ?? {};
    const own = file.body.blocks.map((block) => ({ block, file: file.path }));
    folders.set(path, { files: [...others, file], blocks: [...blocks, ...own] });
  }
  const written: Written[] = [];
  const used = new Set<string>();
  readFolder({ path: stack, prefix: '', given: new Map(), depth: 0 });
  const beside = files.filter(({ path }) => path.endsWith('.hcl') && posix.dirname(path) === stack);
  const reached = [...used].flatMap((path) => folders.get(path)?.files ?? []);
  return { written, literals: [...beside, ...reached].flatMap((file) => literalsOf(file)) };

  function readFolder({ path, prefix, given, depth }: Call): ReadonlyMap<string, Node> {
    const { blocks = [] } = folders.get(path) ?? {};
    used.add(path);
    const scope = scopeOf(blocks, given, (name) => outputsOf(name));
    const modules = new Map(
      blocks.filter(({ block }) => block.type === 'module').map((one) => [one.block.labels[0] ?? '', one]),
    );
    const outputs = new Map<string, ReadonlyMap<string, Node>>();
    function outputsOf(name: string): ReadonlyMap<string, Node> {
      const known = outputs.get(name);
      const call = modules.get(name);
      if (known !== undefined || call === undefined) return known ?? new Map();
      // A module whose arguments hang on its own outputs finds them unknown.
      outputs.set(name, new Map());
      const read = readCall(call.block, call.file);
      outputs.set(name, read);
      return read;
    }
    function readCall(block: HclBlock, file: string): ReadonlyMap<string, Node> {
      const attributes = attributesOf(block.body, scope, file, { file, line: block.range.line });
      const source = textOf(attributes.kind === 'map' ? attributes.entries.get('source') : undefined);
      const address = `${prefix}module.${block.labels[0] ?? ''}`;
      const isRelative = source !== undefined && /^\.\.?\//.test(source);
      const folder = isRelative ? posix.join(posix.dirname(file), source.replaceAll('//', '/')) : undefined;
      const place = { file, line: block.range.line };
      const there = isThere(block.body, scope, file);
      if (there === false) return new Map();
      const common = { address, place, ignored: [], isCertain: there === true, manifest: undefined };
      written.push({
        ...common,
        form: 'module',
        type: folder ?? source ?? '',
        attributes: withDefaults(attributes, folder),
      });
      if (folder === undefined || !folders.has(folder) || depth >= deepestModule || written.length > mostWritten) {
        return new Map();
      }
      const arguments_ = attributes.kind === 'map' ? attributes.entries : new Map<string, Node>();
      return readFolder({ path: folder, prefix: `${address}.`, given: arguments_, depth: depth + 1 });
    }
    /** What the module gets, its own defaults among it. */
    function withDefaults(attributes: Node, folder: string | undefined): Node {
      const { blocks: inner = [] } = folders.get(folder ?? '') ?? {};
      const defaults = inner.flatMap(({ block, file }): readonly (readonly [string, Node])[] => {
        const node = block.type === 'variable' ? valueIn(block.body, 'default', scope, file) : undefined;
        return node === undefined ? [] : [[block.labels[0] ?? '', node]];
      });
      return map([...defaults, ...(attributes.kind === 'map' ? attributes.entries : [])], { place: attributes.place });
    }
    for (const name of modules.keys()) outputsOf(name);
    for (const { block, file } of blocks) {
      if (block.type !== 'resource' && block.type !== 'data') continue;
      const made = resourceOf(block, { scope, file, prefix });
      if (made !== undefined) written.push(made);
    }
    return new Map(
      blocks
        .filter(({ block }) => block.type === 'output')
        .map(
          ({ block, file }) => [block.labels[0] ?? '', valueIn(block.body, 'value', scope, file) ?? unknown()] as const,
        ),
    );
  }
}

function resourceOf(
  block: HclBlock,
  { scope, file, prefix }: { readonly scope: Scope; readonly file: string; readonly prefix: string },
): Written | undefined {
  const there = isThere(block.body, scope, file);
  const [label = '', name = ''] = block.labels;
  if (there === false) return undefined;
  const type = block.type === 'data' ? `data.${label}` : label;
  const attributes = withYaml(
    label,
    block.body,
    attributesOf(block.body, scope, file, { file, line: block.range.line }),
    scope,
    file,
  );
  return {
    form: 'resource',
    address: `${prefix}${type}.${name}`,
    type,
    attributes,
    manifest: block.type === 'data' ? undefined : manifestOf(label, attributes),
    place: { file, line: block.range.line },
    ignored: ignoredPaths(block.body),
    isCertain: there === true,
  };
}

/** False when it is counted out, undefined when that hangs on what is not known. */
function isThere(body: HclBody, scope: Scope, file: string): boolean | undefined {
  const count = valueIn(body, 'count', scope, file);
  if (count !== undefined) return count.kind === 'scalar' ? textOf(count) !== '0' : undefined;
  const each = valueIn(body, 'for_each', scope, file);
  if (each === undefined) return true;
  if (each.kind === 'map') return each.entries.size > 0 ? true : each.open ? undefined : false;
  if (each.kind === 'list') return each.items.length > 0 ? true : each.open ? undefined : false;
  return undefined;
}

type Blocks = Folder['blocks'];

function scopeOf(
  blocks: Blocks,
  given: ReadonlyMap<string, Node>,
  outputsOf: (module: string) => ReadonlyMap<string, Node>,
): Scope {
  const defaults = new Map<string, Node>();
  const locals = new Map<string, { readonly value: HclExpression; readonly file: string }>();
  const known = new Map<string, Node>();
  const scope: Scope = {
    variable: (name) => given.get(name) ?? defaults.get(name),
    output: (module, name) => outputsOf(module).get(name),
    local(name) {
      const found = known.get(name);
      const written = locals.get(name);
      if (found !== undefined || written === undefined) return found;
      // One that hangs on itself is unknown.
      known.set(name, unknown());
      const node = evaluate(written.value, scope, written.file);
      known.set(name, node);
      return node;
    },
  };
  for (const { block, file } of blocks) {
    if (block.type === 'locals') for (const { name, value } of block.body.attributes) locals.set(name, { value, file });
    if (block.type !== 'variable') continue;
    const node = valueIn(block.body, 'default', scope, file);
    if (node !== undefined) defaults.set(block.labels[0] ?? '', node);
  }
  return scope;
}

const aboutItself = ['lifecycle', 'provisioner', 'connection', 'timeouts'];

/** A body as a plan has it: blocks are lists of maps. */
function attributesOf(body: HclBody, scope: Scope, file: string, place?: Place): Node {
  const entries = new Map<string, Node>();
  for (const { name, value } of body.attributes) entries.set(name, evaluate(value, scope, file));
  for (const block of body.blocks) {
    if (aboutItself.includes(block.type)) continue;
    const name = block.type === 'dynamic' ? (block.labels[0] ?? '') : block.type;
    const before = entries.get(name);
    const { items, open } = before?.kind === 'list' ? before : { items: [], open: false };
    const here = { file, line: block.range.line };
    const made = block.type === 'dynamic' ? [] : [attributesOf(block.body, scope, file, here)];
    const options = { open: open || block.type === 'dynamic', place: here };
    entries.set(name, list([...items, ...made], options));
  }
  return map(entries, { place });
}

/** YAML in a heredoc keeps its lines, and is read around what is not known of it. */
function withYaml(type: string, body: HclBody, attributes: Node, scope: Scope, file: string): Node {
  const written = attributeNamed(body, 'yaml_body');
  if (type !== 'kubectl_manifest' || written === undefined || attributes.kind !== 'map') return attributes;
  const { value } = written;
  if (value.kind !== 'literal' && value.kind !== 'template') return attributes;
  const text = textWithHoles(value, scope, file);
  const line = value.range.line + (value.text.startsWith('<<') ? 1 : 0);
  const node = text === undefined ? undefined : nodeOfYaml(text, { start: { file, line }, holes });
  return map([...attributes.entries, ['yaml_body', node ?? unknown({ file, line })]], { place: attributes.place });
}

function attributeNamed(body: HclBody, name: string): HclAttribute | undefined {
  return body.attributes.find((attribute) => attribute.name === name);
}

function valueIn(body: HclBody, name: string, scope: Scope, file: string): Node | undefined {
  const found = attributeNamed(body, name);
  return found && evaluate(found.value, scope, file);
}

function literalsOf({ path, body }: HclFile): WrittenStack['literals'] {
  return [...expressionsIn(body)].flatMap(({ expression }) =>
    textsOf(expression).map((value) => ({
      node: { kind: 'scalar' as const, value, place: { file: path, line: expression.range.line } },
      address: path,
    })),
  );
}

function textsOf(expression: HclExpression): readonly string[] {
  if (expression.kind === 'literal') return typeof expression.value === 'string' ? [expression.value] : [];
  return expression.kind === 'template' ? expression.parts.filter((part) => typeof part === 'string') : [];
}
