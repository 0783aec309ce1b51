import { blockAddress } from './address.ts';
import {
  isList,
  isObject,
  member,
  objectAt,
  objectsAt,
  optionalFlagAt,
  optionalStringAt,
  type PlanObject,
  stringAt,
  stringsAt,
} from './plan-json.ts';
import type { PlanValue } from './reading.ts';

/**
 * What the configuration in a plan says: which resource refers to which, what an apply would run, and which values its authors
 * call sensitive. References go through module variables and outputs to the resources behind them; through locals they cannot
 * be followed, the format leaves those out.
 */
export interface PlanConfiguration {
  readonly references: ReadonlyMap<string, readonly string[]>;
  readonly provisioners: readonly { readonly address: string; readonly type: string }[];
  /** What the provisioners run, as the configuration has it. */
  readonly executes: readonly PlanValue[];
  /** Defaults of sensitive variables and constants of sensitive outputs. */
  readonly sensitive: readonly PlanValue[];
}

interface Module {
  /** `module.app.` or nothing. */
  readonly prefix: string;
  readonly content: PlanObject;
  readonly call: PlanObject;
  readonly parent: Module | undefined;
  readonly children: ReadonlyMap<string, Module>;
}

export function readConfiguration(configuration: PlanObject): PlanConfiguration {
  const root = moduleOf(objectAt(configuration, 'root_module'), {}, undefined, '');
  const references = new Map<string, readonly string[]>();
  const provisioners: { address: string; type: string }[] = [];
  const executes: PlanValue[] = [];
  const sensitive: PlanValue[] = [];
  const resolve = createResolver();
  for (const module of everyModule(root)) {
    for (const resource of objectsAt(module.content, 'resources')) {
      const address = module.prefix + blockAddress(stringAt(resource, 'address'));
      const targets = new Set(wordsOf(resource).flatMap((words) => resolve(module, words)));
      targets.delete(address);
      if (targets.size > 0) references.set(address, [...targets].sort());
      for (const provisioner of objectsAt(resource, 'provisioners')) {
        provisioners.push({ address, type: stringAt(provisioner, 'type') });
        executes.push({ address, provisioner });
      }
    }
    for (const variable of Object.values(objectAt(module.content, 'variables'))) {
      if (isObject(variable) && optionalFlagAt(variable, 'sensitive'))
        sensitive.push(member(variable, 'default') ?? null);
    }
    for (const output of Object.values(objectAt(module.content, 'outputs'))) {
      if (isObject(output) && optionalFlagAt(output, 'sensitive'))
        sensitive.push(member(objectAt(output, 'expression'), 'constant_value') ?? null);
    }
  }
  return { references, provisioners, executes, sensitive };
}

function moduleOf(content: PlanObject, call: PlanObject, parent: Module | undefined, prefix: string): Module {
  const children = new Map<string, Module>();
  const module: Module = { prefix, content, call, parent, children };
  for (const [name, one] of Object.entries(objectAt(content, 'module_calls'))) {
    if (!isObject(one)) continue;
    children.set(name, moduleOf(objectAt(one, 'module'), one, module, `${prefix}module.${name}.`));
  }
  return module;
}

function* everyModule(module: Module): Iterable<Module> {
  yield module;
  for (const child of module.children.values()) yield* everyModule(child);
}

/** Everything a resource refers to, one list an expression, the more precise words first as the format has them. */
function wordsOf(resource: PlanObject): readonly (readonly string[])[] {
  const lists = [stringsAt(resource, 'depends_on')];
  for (const key of ['expressions', 'count_expression', 'for_each_expression'])
    collectReferences(member(resource, key), lists);
  for (const provisioner of objectsAt(resource, 'provisioners')) collectReferences(provisioner, lists);
  return lists;
}

function collectReferences(value: PlanValue | undefined, lists: (readonly string[])[]): void {
  if (isList(value)) for (const item of value) collectReferences(item, lists);
  else if (isObject(value)) {
    const references = member(value, 'references');
    if (isList(references)) lists.push(references.filter((one) => typeof one === 'string'));
    else for (const item of Object.values(value)) collectReferences(item, lists);
  }
}

type Resolve = (module: Module, words: readonly string[]) => readonly string[];

/** From words of one module to the resources behind them; each variable and output is followed once. */
function createResolver(): Resolve {
  const known = new Map<Module, Map<string, readonly string[]>>();
  const once = (module: Module, name: string, find: () => readonly string[]): readonly string[] => {
    const ofModule = known.get(module) ?? new Map<string, readonly string[]>();
    known.set(module, ofModule);
    const before = ofModule.get(name);
    if (before !== undefined) return before;
    // Configuration that refers to itself is not valid; should it be written all the same, it ends here.
    ofModule.set(name, []);
    const found = find();
    ofModule.set(name, found);
    return found;
  };
  const listsIn = (value: PlanValue | undefined): (readonly string[])[] => {
    const lists: (readonly string[])[] = [];
    collectReferences(value, lists);
    return lists;
  };
  const resolve: Resolve = (module, words) => words.flatMap((word) => resolveWord(module, word, words));
  const resolveWord = (module: Module, word: string, words: readonly string[]): readonly string[] => {
    const steps = blockAddress(word).split('.');
    const [root = '', first = '', second = ''] = steps;
    if (['local', 'each', 'count', 'path', 'self', 'terraform', 'tofu', ''].includes(root)) return [];
    if (root === 'var') {
      const { parent } = module;
      if (parent === undefined) return [];
      const given = member(objectAt(module.call, 'expressions'), first);
      return once(module, `var.${first}`, () => listsIn(given).flatMap((list) => resolve(parent, list)));
    }
    if (root === 'module') {
      const child = module.children.get(first);
      if (child === undefined) return [];
      if (second !== '') {
        const output = member(objectAt(child.content, 'outputs'), second);
        return once(child, `output.${second}`, () => listsIn(output).flatMap((list) => resolve(child, list)));
      }
      const hasMorePrecise = words.some((other) => blockAddress(other).startsWith(`module.${first}.`));
      return hasMorePrecise ? [] : once(child, 'everything', () => [...everyModule(child)].flatMap(resourcesOf));
    }
    if (root === 'data') return second === '' ? [] : [`${module.prefix}data.${first}.${second}`];
    return first === '' ? [] : [`${module.prefix}${root}.${first}`];
  };
  return resolve;
}

function resourcesOf(module: Module): readonly string[] {
  return objectsAt(module.content, 'resources').map(
    (resource) => module.prefix + blockAddress(optionalStringAt(resource, 'address') ?? ''),
  );
}
