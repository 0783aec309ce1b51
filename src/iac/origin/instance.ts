import type { HclBlock } from '../hcl/syntax.ts';
import { bodySymbol } from './blocks.ts';
import { evaluate, type Reading, type Scope } from './evaluate.ts';
import { type Defined, folderOfCall, isSensitive, type ModuleSource, makesSet } from './modules.ts';
import type { SourcePlace } from './port.ts';
import { computed, isWritten, type Symbolic } from './symbol.ts';

/** A module as one call of it makes it. Everything is worked out once, when it is first asked for. */
export interface Instance {
  readonly source: ModuleSource;
  variable(name: string): Symbolic | undefined;
  local(name: string): Symbolic | undefined;
  output(name: string): Symbolic | undefined;
  /** What a call makes, of one key where it has `for_each` or `count`. Undefined when its folder is not known. */
  child(name: string, key: string | number | undefined): Instance | undefined;
  /** Its blocks and attributes as one object: attributes by name, blocks as lists of objects. */
  resource(id: string, key: string | number | undefined, reading?: Reading): Symbolic | undefined;
  /** Undefined when it has neither `for_each` nor `count`. */
  repeats(block: Defined<HclBlock>): Symbolic | undefined;
  readonly scope: Scope;
}

/** Modules within each other; no homelab needs a quarter of it. */
const deepest = 20;

interface Making {
  readonly modules: ReadonlyMap<string, ModuleSource>;
  readonly budget: { steps: number };
  readonly depth: number;
}

export function openInstance(
  source: ModuleSource,
  argument: (name: string) => Symbolic | undefined,
  making: Making,
): Instance {
  const remembered = <Value>(work: (name: string) => Value): ((name: string) => Value | undefined) => {
    const known = new Map<string, Value | undefined>();
    return (name) => {
      // What is being worked out is found undefined by whoever asks again: a circle has no value.
      if (known.has(name)) return known.get(name);
      known.set(name, undefined);
      const value = work(name);
      known.set(name, value);
      return value;
    };
  };
  const scopeOf = (file: string, more: Partial<Scope> = {}): Scope => ({
    instance,
    file,
    bound: new Map(),
    budget: making.budget,
    ...more,
  });
  const attribute = ({ file, node }: Defined<HclBlock>, name: string, scope = scopeOf(file)): Symbolic | undefined => {
    const found = node.body.attributes.find((one) => one.name === name);
    return found === undefined ? undefined : evaluate(found.value, scope);
  };
  const repeats = (block: Defined<HclBlock>): Symbolic | undefined =>
    attribute(block, 'for_each') ?? attribute(block, 'count');

  /** What `each` and `count` mean inside of it. */
  const repeated = (block: Defined<HclBlock>, key: string | number | undefined): Partial<Scope> => {
    const all = attribute(block, 'for_each');
    if (all === undefined || key === undefined) return {};
    if (all.is === 'object') {
      const entry = all.entries.get(String(key));
      if (entry === undefined) return {};
      return { each: { key: { is: 'literal', value: String(key), place: entry.key }, value: entry.value } };
    }
    const item = all.is === 'list' ? all.items.find((one) => one.is === 'literal' && one.value === key) : undefined;
    return item === undefined ? {} : { each: { key: item, value: item } };
  };

  const countOf = ({ file, node }: Defined<HclBlock>, key: string | number | undefined): Partial<Scope> => {
    const count = node.body.attributes.find(({ name }) => name === 'count');
    if (count === undefined || typeof key !== 'number') return {};
    return { count: { is: 'literal', value: key, place: { file, range: count.value.range } } };
  };

  const children = new Map<string, Instance | undefined>();
  const instance: Instance = {
    source,
    repeats,
    variable: remembered((name) => {
      const declared = source.variables.get(name);
      if (declared === undefined) return undefined;
      if (isSensitive(declared.node)) return computed(placeOf(declared));
      const value = argument(name) ?? attribute(declared, 'default');
      // A set has its items once and in an order of its own, both of which a computed one decides.
      const isCertain = value === undefined || isWritten(value) || !makesSet(declared.node);
      return isCertain ? value : computed(value.place);
    }),
    local: remembered((name) => {
      const found = source.locals.get(name);
      return found === undefined ? undefined : evaluate(found.node.value, scopeOf(found.file));
    }),
    output: remembered((name) => {
      const found = source.outputs.get(name);
      if (found === undefined) return undefined;
      return isSensitive(found.node) ? computed(placeOf(found)) : attribute(found, 'value');
    }),
    child: (name, key) => {
      const id = `${name}[${JSON.stringify(key)}]`;
      if (children.has(id)) return children.get(id);
      const call = source.calls.get(name);
      const folder = call === undefined ? undefined : folderOfCall(call.node, source.folder);
      const inside = folder === undefined ? undefined : making.modules.get(folder);
      const child =
        call === undefined || inside === undefined || making.depth >= deepest
          ? undefined
          : openInstance(inside, (one) => attribute(call, one, scopeOf(call.file, repeated(call, key))), {
              ...making,
              depth: making.depth + 1,
            });
      children.set(id, child);
      return child;
    },
    resource: (id, key, reading) => {
      const found = source.resources.get(id);
      if (found === undefined) return undefined;
      const counted = reading === undefined ? undefined : countOf(found, key);
      return bodySymbol(found, scopeOf(found.file, { ...repeated(found, key), ...counted, reading }));
    },
    get scope() {
      return scopeOf('');
    },
  };
  return instance;
}

export function placeOf({ file, node }: Defined<{ readonly range: SourcePlace['range'] }>): SourcePlace {
  return { file, range: node.range };
}
