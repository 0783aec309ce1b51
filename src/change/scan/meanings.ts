import type { HclBlock, HclExpression, HclStep } from '../../iac/hcl/syntax.ts';
import { definitionsOf } from './definitions.ts';
import { type Instance, type Place, placeInside } from './instances.ts';
import { type Call, createWriter, digestOf, type Following, type Meaning } from './meaning.ts';
import { attributeOf, type PlacedBlock, saysTrue } from './module-source.ts';
import { partOf, pickedFrom, withoutInstance } from './parts.ts';
import { comesBackAsGiven, isSecretArgument, isSecretType, isSecretVariable } from './secret-sources.ts';
import { bind } from './walk.ts';

/** What a tree's expressions and blocks mean where they stand. */
export interface Meanings {
  expression(expression: HclExpression, place: Place): Meaning;
  /** Of something that is repeated over: its keys alone. */
  keys(expression: HclExpression, place: Place): Meaning;
  block(block: HclBlock, place: Place): Meaning;
  /** Digest of the words alone. */
  written(node: HclBlock | HclExpression): string;
  /** Whether something refers to itself: then what was found may lack a part. */
  readonly cyclic: boolean;
}

export interface Surroundings {
  /** What sets a variable of the root from outside the blocks: variable files, Terragrunt. */
  outside(name: string): string;
  /** What a file function reads: its content by digest, and the name of it when it cannot be seen. */
  file(call: Call, place: Place): { readonly content: string; readonly secret: string | undefined };
  /** `folder variable.name`: sensitive on either side. */
  readonly sensitive: ReadonlySet<string>;
}

export function createMeanings(surroundings: Surroundings): Meanings {
  const known = new Map<string, Meaning>();
  const running = new Set<string>();
  let cyclic = false;

  /** Works an entity out once for each instance and each part of it that is asked for. */
  const entity = (key: string, secrets: Set<string>, write: (own: Set<string>) => string): string => {
    const before = known.get(key);
    if (before === undefined && running.has(key)) {
      cyclic = true;
      return 'cycle';
    }
    let meaning = before;
    if (meaning === undefined) {
      running.add(key);
      const own = new Set<string>();
      meaning = { digest: digestOf(write(own)), secrets: own };
      running.delete(key);
      known.set(key, meaning);
    }
    for (const secret of meaning.secrets) secrets.add(secret);
    return meaning.digest;
  };

  const writer = createWriter(() => following);
  const { expression, block } = writer;

  /** A part of a value: into literal objects and lists, and through references, as far as they go. */
  const part = (value: HclExpression, steps: readonly HclStep[], place: Place, secrets: Set<string>): string => {
    if (value.kind === 'reference') {
      return following.reference({ ...value, steps: [...value.steps, ...steps] }, place, secrets);
    }
    const [step, ...rest] = steps;
    if (step === undefined) return expression(value, place, secrets);
    const inner = partOf(value, step);
    if (inner !== undefined) return part(inner, rest, place, secrets);
    return `${expression(value, place, secrets)}${writer.steps(steps, place, secrets)}`;
  };

  /** What can be repeated over has keys that tell, and values that do not. */
  const keys = (value: HclExpression, place: Place, secrets: Set<string>): string => {
    const of = (inner: HclExpression, where = place): string => keys(inner, where, secrets);
    switch (value.kind) {
      case 'object':
        return `k{${value.items
          .map((item) => expression(item.key, place, secrets))
          .sort()
          .join()}}`;
      case 'tuple':
        return `k[${value.items.length}]`;
      case 'conditional':
        return `k(${expression(value.condition, place, secrets)},${of(value.whenTrue)},${of(value.whenFalse)})`;
      case 'call':
        if (!/^(core::)?(merge|tomap)$/.test(value.name) || value.expands) break;
        return `k(${value.arguments.map((argument) => of(argument)).join()})`;
      case 'for': {
        if (value.key === undefined) break;
        const inner = bind(place, value.variables, value.collection);
        const test = value.condition === undefined ? '' : expression(value.condition, inner, secrets);
        return `k(${of(value.collection)},${expression(value.key, inner, secrets)},${test})`;
      }
      case 'reference': {
        if (place.bound.has(value.root)) break;
        const definitions = definitionsOf(value, place);
        const [step] = value.steps;
        const isVariable = value.root === 'var';
        const name = step?.kind === 'name' ? step.name : '';
        const isMarked = surroundings.sensitive.has(`${place.instance.module.folder} variable.${name}`);
        const isWhole = isVariable && (isMarked || place.instance.parent === undefined);
        if (definitions.length === 0 || isWhole) break;
        return entity(key(place.instance, `keys of ${value.root}`, value.steps), secrets, (own) =>
          definitions.map((definition) => keys(definition.value, definition.where, own)).join(),
        );
      }
    }
    return expression(value, place, secrets);
  };

  const variable = (instance: Instance, name: string, steps: readonly HclStep[], secrets: Set<string>): string => {
    const blocks = instance.module.variables.get(name) ?? [];
    const here: Place = { instance, bound: new Map() };
    const texts = blocks.flatMap(({ block: declared }) => {
      const standard = attributeOf(declared, 'default');
      // A type can hold values too: `optional(string, "a")`.
      const shape = ['type', 'nullable'].flatMap((word) => attributeOf(declared, word) ?? []);
      return [
        ...(standard === undefined ? [] : [part(standard.value, steps, here, secrets)]),
        ...shape.map(({ value }) => expression(value, undefined, secrets)),
      ];
    });
    if (surroundings.sensitive.has(`${instance.module.folder} variable.${name}`)) secrets.add(`var.${name}`);
    const { parent } = instance;
    if (parent === undefined) {
      if (isSecretVariable(name)) secrets.add(`var.${name}`);
      texts.push(surroundings.outside(name));
      return `var(${texts.join()})`;
    }
    for (const call of instance.calls) {
      const given = attributeOf(call.block, name);
      if (given !== undefined) texts.push(part(given.value, steps, placeInside(parent, call), secrets));
    }
    return `var(${texts.join()})`;
  };

  const local = (instance: Instance, name: string, steps: readonly HclStep[], secrets: Set<string>): string => {
    const here: Place = { instance, bound: new Map() };
    const values = instance.module.locals.get(name) ?? [];
    return `local(${values.map(({ attribute }) => part(attribute.value, steps, here, secrets)).join()})`;
  };

  const output = (child: Instance, name: string, steps: readonly HclStep[], secrets: Set<string>): string => {
    const here: Place = { instance: child, bound: new Map() };
    const blocks = child.module.outputs.get(name) ?? [];
    if (surroundings.sensitive.has(`${child.module.folder} output.${name}`)) secrets.add(`${child.path}.${name}`);
    const values = blocks.flatMap(({ block: declared }) => attributeOf(declared, 'value') ?? []);
    return `output(${values.map(({ value }) => part(value, steps, here, secrets)).join()})`;
  };

  const moduleOutput = (instance: Instance, name: string, steps: readonly HclStep[], secrets: Set<string>): string => {
    const calls = instance.module.calls.get(name) ?? [];
    const children = instance.children.get(name) ?? [];
    if (children.length === 0) {
      // Its sources are not here: it may give anything, made of whatever it was given.
      secrets.add(`module.${name}`);
      return `opaque(${calls.map((call) => block(call.block, placeInside(instance, call), secrets)).join()})`;
    }
    const [picked, ...rest] = withoutInstance(steps, calls);
    if (picked?.kind === 'name') {
      return children
        .map((child) =>
          entity(key(child, `output.${picked.name}`, rest), secrets, (own) => output(child, picked.name, rest, own)),
        )
        .join();
    }
    const repetition = calls.flatMap((call) =>
      ['count', 'for_each'].flatMap((word) => {
        const attribute = attributeOf(call.block, word);
        return attribute === undefined ? [] : [expression(attribute.value, { instance, bound: new Map() }, secrets)];
      }),
    );
    const all = children.flatMap((child) =>
      [...child.module.outputs.keys()].sort().map((each) => `${each}=${output(child, each, [], secrets)}`),
    );
    return `module(${[...repetition, ...all].join()})`;
  };

  /** What was given to a resource or a data source is read as it was given; whatever else is read is what it computed. */
  const ofBlocks = (
    name: string,
    blocks: readonly PlacedBlock[],
    instance: Instance,
    steps: readonly HclStep[],
    secrets: Set<string>,
  ): string => {
    const isData = name.startsWith('data.');
    const isSecret = isData || blocks.some(({ block: declared }) => isSecretType(declared.labels[0] ?? ''));
    const picked = blocks.length === 1 ? pickedFrom(blocks, withoutInstance(steps, blocks)) : undefined;
    if (picked !== undefined && (!isData || comesBackAsGiven(picked.name))) {
      if (isSecret && !isData && isSecretArgument(picked.name)) secrets.add(name);
      return part(picked.value, picked.rest, placeInside(instance, picked.owner), secrets);
    }
    if (isSecret) secrets.add(name);
    return blocks.map((placed) => block(placed.block, placeInside(instance, placed), secrets)).join();
  };

  const following: Following = {
    keys,
    reference({ root, steps }, place, secrets) {
      const { instance } = place;
      const bound = place.bound.get(root);
      if (bound !== undefined) {
        const [step] = steps;
        const picksKey = step?.kind === 'name' && step.name === 'key';
        const isKey = bound.role === 'key' || (bound.role === 'iterator' && picksKey);
        const over = `${isKey ? 'keys of ' : ''}bound ${boundKey(bound)}`;
        const value = entity(over, secrets, (own) =>
          isKey ? keys(bound.expression, bound.place, own) : expression(bound.expression, bound.place, own),
        );
        return `b(${value}${writer.steps(steps, place, secrets)})`;
      }
      const [first, ...rest] = steps;
      const name = first?.kind === 'name' ? first.name : undefined;
      const indices = writer.steps(steps.filter(isComputed), place, secrets);
      const of = (what: string, all: readonly HclStep[], write: (own: Set<string>) => string): string =>
        `${entity(key(instance, what, all), secrets, write)}${indices}`;
      if (name === undefined) return `r(${root}${writer.steps(steps, place, secrets)})`;
      switch (root) {
        case 'var':
          return of(`var.${name}`, rest, (own) => variable(instance, name, rest, own));
        case 'local':
          return of(`local.${name}`, rest, (own) => local(instance, name, rest, own));
        case 'module':
          return of(`module.${name}`, rest, (own) => moduleOutput(instance, name, rest, own));
        case 'each':
        case 'count':
        case 'self':
        case 'terraform':
          return `r(${root}${writer.steps(steps, place, secrets)})`;
        case 'path':
          return `r(path.${name} of ${name === 'module' ? instance.module.folder : ''})`;
        case 'data':
        case 'ephemeral': {
          const [second, ...further] = rest;
          const address = `${root}.${name}.${second?.kind === 'name' ? second.name : '*'}`;
          const blocks = instance.module.data.get(`${name}.${second?.kind === 'name' ? second.name : ''}`) ?? [];
          const isKnown = root === 'data' && blocks.length > 0;
          if (!isKnown) secrets.add(address);
          return of(
            address,
            further,
            (own) => `${address}(${isKnown ? ofBlocks(address, blocks, instance, further, own) : ''})`,
          );
        }
        default: {
          const address = `${root}.${name}`;
          const blocks = instance.module.resources.get(address);
          if (blocks === undefined) return `r(${root}${writer.steps(steps, place, secrets)})`;
          return of(address, rest, (own) => `${address}(${ofBlocks(address, blocks, instance, rest, own)})`);
        }
      }
    },
    call(call, place, secrets) {
      const read = surroundings.file(call, place);
      if (read.secret !== undefined) secrets.add(read.secret);
      return read.content;
    },
  };

  const key = (instance: Instance, what: string, steps: readonly HclStep[]): string =>
    `${instance.module.folder} ${instance.root.folder} ${instance.path} ${what}${writer.steps(steps, undefined, new Set())}`;

  const boundKeys = new WeakMap<object, number>();
  let bounds = 0;
  const boundKey = (bound: object): number => {
    const before = boundKeys.get(bound);
    if (before !== undefined) return before;
    bounds += 1;
    boundKeys.set(bound, bounds);
    return bounds;
  };

  const meaningOf = (write: (secrets: Set<string>) => string): Meaning => {
    const secrets = new Set<string>();
    return { digest: digestOf(write(secrets)), secrets };
  };
  return {
    expression: (node, place) => meaningOf((secrets) => expression(node, place, secrets)),
    keys: (node, place) => meaningOf((secrets) => keys(node, place, secrets)),
    block: (node, place) => meaningOf((secrets) => block(node, place, secrets)),
    written: (node) =>
      digestOf('kind' in node ? expression(node, undefined, new Set()) : block(node, undefined, new Set())),
    get cyclic() {
      return cyclic;
    },
  };
}

const isComputed = (step: HclStep): boolean => step.kind === 'index' && typeof step.index === 'object';

/** `folder variable.name` and `folder output.name` of whatever says `sensitive` or `ephemeral`. */
export function sensitiveNames(blocks: readonly PlacedBlock[], folder: string): readonly string[] {
  return blocks
    .filter(({ block: { type } }) => type === 'variable' || type === 'output')
    .filter(({ block }) => saysTrue(block, 'sensitive') || saysTrue(block, 'ephemeral'))
    .map(({ block }) => `${folder} ${block.type}.${block.labels[0] ?? ''}`);
}
