import type { HclBlock, HclFile } from '../hcl/syntax.ts';
import { type Declared, declaredIn } from '../origin/declared.ts';
import type { Instance } from '../origin/instance.ts';
import { type Defined, folderOfCall, readModules } from '../origin/modules.ts';
import { type OriginSources, openStack } from '../origin/origins.ts';
import { leavesOf, type Symbolic, scalarOf } from '../origin/symbol.ts';
import type { EditSources } from './port.ts';
import type { Work } from './work.ts';

/** A tree as it is, or as an edit makes it; each stack is worked out once, when it is first asked for. */
export interface World {
  readonly work: Work;
  readonly stacks: ReadonlyMap<string, OriginSources>;
  text(path: string): string | undefined;
  open(stack: string): OpenStack | undefined;
  /** The same tree with another text of one file. */
  with(file: HclFile, text: string): World;
  /** The same with another text of a file that is no HCL, which this stack alone reads. */
  withText(path: string, text: string, reader: string): World;
}

export interface OpenStack {
  readonly sources: OriginSources;
  readonly declared: readonly Declared[];
  /** Empty where there is no such stack, or far too much of it. By address: `` is the stack, `module.web`, `module.web["a"].module.side`. */
  readonly instances: ReadonlyMap<string, Placed>;
  /** Folders of modules that are called, and how often is not known, with all that these call. */
  readonly blind: ReadonlySet<string>;
}

export interface Placed {
  readonly instance: Instance;
  readonly path: string;
  readonly parent: { readonly path: string; readonly call: string } | undefined;
}

export type Key = string | number | undefined;

const mostInstances = 3_000;

export function openWorld({ stacks, text }: EditSources, work: Work): World {
  return worldOf(stacks, new Map(), { original: (path) => text(path), work }, new Map());
}

function worldOf(
  stacks: ReadonlyMap<string, OriginSources>,
  texts: ReadonlyMap<string, string>,
  fixed: { readonly original: (path: string) => string | undefined; readonly work: Work },
  known: Map<string, OpenStack | undefined>,
): World {
  const { original, work } = fixed;
  return {
    stacks,
    work,
    text: (path) => texts.get(path) ?? original(path),
    open: (stack) => {
      if (!known.has(stack)) known.set(stack, openOne(stacks.get(stack), work));
      return known.get(stack);
    },
    with: (file, text) => {
      const changed = new Map(stacks);
      const kept = new Map(known);
      for (const [stack, sources] of stacks) {
        if (!sources.files.some(({ path }) => path === file.path)) continue;
        const files = sources.files.map((one) => (one.path === file.path ? file : one));
        changed.set(stack, { ...sources, files });
        kept.delete(stack);
      }
      return worldOf(changed, new Map([...texts, [file.path, text]]), fixed, kept);
    },
    withText: (path, text, reader) => {
      const changed = new Map(stacks);
      const kept = new Map(known);
      const edited = new Map([...texts, [path, text]]);
      const sources = stacks.get(reader);
      if (sources !== undefined) {
        changed.set(reader, { ...sources, text: (name) => edited.get(name) ?? original(name) });
      }
      kept.delete(reader);
      return worldOf(changed, edited, fixed, kept);
    },
  };
}

/** The objects are all that most stacks are asked for; the rest is worked out where an edit reaches. */
function openOne(sources: OriginSources | undefined, work: Work): OpenStack | undefined {
  if (sources === undefined) return undefined;
  const cost = 20 * sources.files.reduce((lines, file) => lines + linesOf(file), 1);
  let declared: readonly Declared[] | undefined;
  let opened: Opened | undefined;
  const once = (): Opened => {
    if (opened === undefined) work.spend(cost);
    opened ??= openInstances(sources);
    return opened;
  };
  return {
    sources,
    get declared() {
      if (declared === undefined) work.spend(cost);
      declared ??= [...counted(declaredIn(sources), work)];
      return declared;
    },
    get instances() {
      return once().instances;
    },
    get blind() {
      return once().blind;
    },
  };
}

function linesOf({ body }: HclFile): number {
  return Math.max(0, ...[body.blocks.at(-1), body.attributes.at(-1)].map((last) => last?.range.endLine ?? 0));
}

function* counted<Item>(items: Iterable<Item>, work: Work): Generator<Item> {
  for (const item of items) {
    work.spend(10);
    yield item;
  }
}

/** Every end of it; each is a step. */
export function leavesWithin(symbol: Symbolic, work: Work): ReturnType<typeof leavesOf> {
  return counted(leavesOf(symbol), work);
}

type Opened = Pick<OpenStack, 'instances' | 'blind'>;

/** None where there are more than anybody has. */
function openInstances(sources: OriginSources): Opened {
  const modules = readModules(sources.files);
  const source = modules.get(sources.stack);
  const instances = new Map<string, Placed>();
  const blind = new Set<string>();
  const waiting: Placed[] = [];
  if (source !== undefined) {
    waiting.push({ instance: openStack(source, modules, sources), path: '', parent: undefined });
  }
  for (let placed = waiting.pop(); placed !== undefined; placed = waiting.pop()) {
    if (instances.size >= mostInstances) return { instances: new Map(), blind };
    instances.set(placed.path, placed);
    for (const [name, call] of placed.instance.source.calls) {
      const keys = keysOf(placed.instance, call);
      for (const key of keys ?? []) {
        const child = placed.instance.child(name, key);
        const path = `${placed.path === '' ? '' : `${placed.path}.`}module.${name}${indexText(key)}`;
        if (child !== undefined) waiting.push({ instance: child, path, parent: { path: placed.path, call: name } });
      }
      if (keys === undefined) for (const folder of foldersBelow(modules, placed, call.node)) blind.add(folder);
    }
  }
  return { instances, blind };
}

/** Which keys a block is repeated by; one that is undefined where it is not repeated. Undefined: it is not known. */
export function keysOf(instance: Instance, block: Defined<HclBlock>): readonly Key[] | undefined {
  const isRepeated = block.node.body.attributes.some(({ name }) => name === 'for_each' || name === 'count');
  const repeats = instance.repeats(block);
  if (repeats === undefined) return isRepeated ? undefined : [undefined];
  if (repeats.is === 'object') return [...repeats.entries.keys()];
  if (repeats.is === 'list') return scalarsOf(repeats.items);
  const count = scalarOf(repeats);
  return typeof count === 'number' && count <= 1_000 ? Array.from({ length: count }, (_, index) => index) : undefined;
}

function scalarsOf(items: readonly Symbolic[]): readonly Key[] | undefined {
  const keys = items.map(scalarOf).filter((key) => typeof key === 'string' || typeof key === 'number');
  return keys.length === items.length ? keys : undefined;
}

export function indexText(key: Key): string {
  return key === undefined ? '' : `[${JSON.stringify(key)}]`;
}

/** The module that a call names and whatever could be below it: by name, not by what its calls are given. */
function foldersBelow(
  modules: ReturnType<typeof readModules>,
  { instance }: Placed,
  call: HclBlock,
): readonly string[] {
  const first = folderOfCall(call, instance.source.folder);
  const found = new Set<string>();
  const waiting = first === undefined ? [] : [first];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    for (const { node } of modules.get(folder)?.calls.values() ?? []) {
      const next = folderOfCall(node, folder);
      if (next !== undefined) waiting.push(next);
    }
  }
  return [...found];
}
