import type { HclFile } from '../hcl/syntax.ts';
import { type Address, parseAddress } from './address.ts';
import { evaluate } from './evaluate.ts';
import { type Instance, openInstance, placeOf } from './instance.ts';
import { type ModuleSource, readModules } from './modules.ts';
import type { PlanOrigins, Scalar, SourcePlace } from './port.ts';
import { at, computed, type Symbolic, scalarOf } from './symbol.ts';
import { writtenTexts } from './written.ts';

export interface OriginSources {
  /** The folder of the stack. */
  readonly stack: string;
  /** `.tf` and `.tfvars` of the stack and of every module it uses, and the stack's own terragrunt.hcl. */
  readonly files: readonly HclFile[];
  /** Variables of the stack that are given from outside of the repository: by the environment, by a file of the keep's. */
  readonly given: ReadonlySet<string>;
}

/** Expressions that are worked out at most for one stack. */
const mostSteps = 500_000;

/** Where what a plan of this stack says is written down. Nothing is run, nothing is read beside these files. */
export function createOrigins(sources: OriginSources): PlanOrigins {
  const { stack, files } = sources;
  const modules = readModules(files);
  const root = modules.get(stack);
  if (root === undefined) return nothingIsWritten;
  const instance = openStack(root, modules, sources);
  const texts = writtenTexts(files, modules);
  const resolved = new Map<string, Symbolic | undefined>();
  const symbolAt = (address: string): Symbolic | undefined => {
    if (!resolved.has(address)) resolved.set(address, resolve(instance, address));
    return resolved.get(address);
  };
  return {
    literal: (address, path, value) => {
      const symbol = symbolAt(address);
      const found = symbol === undefined ? undefined : at(symbol, path);
      return found?.is === 'literal' && isSame(found.value, value) ? found.place : undefined;
    },
    hasPath: (address, path) => {
      const symbol = symbolAt(address);
      return symbol !== undefined && at(symbol, path) !== undefined;
    },
    places: (address) => placesOf(instance, address),
    hasLiteralKeys: (address) => hasLiteralKeys(instance, address),
    isWritten: (text) => texts.has(text.trim()),
  };
}

const nothingIsWritten: PlanOrigins = {
  literal: () => undefined,
  hasPath: () => false,
  places: () => [],
  hasLiteralKeys: () => false,
  isWritten: () => false,
};

/** The stack's own module, with what its variables are given. */
export function openStack(
  root: ModuleSource,
  modules: ReadonlyMap<string, ModuleSource>,
  { stack, files, given }: OriginSources,
): Instance {
  const inputs = files
    .find(({ path }) => path === `${stack}/terragrunt.hcl`)
    ?.body.attributes.find(({ name }) => name === 'inputs');
  const opened: Instance = openInstance(
    root,
    (name) => {
      const declared = root.variables.get(name);
      const unknown = computed(declared === undefined ? noPlace : placeOf(declared));
      if (given.has(name)) return unknown;
      if (inputs !== undefined) {
        const scope = { ...opened.scope, file: `${stack}/terragrunt.hcl` };
        // What Terragrunt's own names mean is known to Terragrunt alone: `local.x` in it is none of the stack's.
        const value = inputs.value.kind === 'object' ? evaluateAlone(inputs.value, scope) : unknown;
        if (value.is !== 'object') return unknown;
        const entry = value.entries.get(name);
        if (entry !== undefined) return entry.value;
      }
      const set = root.values.get(name);
      return set === undefined ? undefined : evaluate(set.node.value, { ...opened.scope, file: set.file });
    },
    { modules, budget: { steps: mostSteps }, depth: 0 },
  );
  return opened;
}

const noPlace: SourcePlace = { file: '', range: { line: 1, column: 1, endLine: 1, endColumn: 1 } };

/** With nothing that a name could mean. */
function evaluateAlone(...[expression, scope]: Parameters<typeof evaluate>): Symbolic {
  const empty: Instance = {
    ...scope.instance,
    variable: () => undefined,
    local: () => undefined,
    child: () => undefined,
  };
  return evaluate(expression, { ...scope, instance: empty });
}

function instanceOf(root: Instance, { modules }: Address): Instance | undefined {
  let instance: Instance | undefined = root;
  for (const { name, key } of modules) instance = instance?.child(name, key);
  return instance;
}

function resolve(root: Instance, address: string): Symbolic | undefined {
  const [, output] = /^output\.([\w-]+)$/.exec(address) ?? [];
  if (output !== undefined) return root.output(output);
  const parsed = parseAddress(address);
  return parsed === undefined ? undefined : instanceOf(root, parsed)?.resource(parsed.resource, parsed.key);
}

function placesOf(root: Instance, address: string): readonly SourcePlace[] {
  const parsed = parseAddress(address);
  if (parsed === undefined) return [];
  const places: SourcePlace[] = [];
  let instance: Instance | undefined = root;
  for (const { name, key } of parsed.modules) {
    const call = instance?.source.calls.get(name);
    if (call !== undefined) places.push(placeOf(call));
    instance = instance?.child(name, key);
  }
  const block = instance?.source.resources.get(parsed.resource);
  if (block !== undefined) places.push(placeOf(block));
  return places;
}

function hasLiteralKeys(root: Instance, address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined) return false;
  let instance: Instance | undefined = root;
  for (const { name, key } of parsed.modules) {
    const call = instance?.source.calls.get(name);
    if (call === undefined || !areLiteral(instance?.repeats(call), key)) return false;
    instance = instance?.child(name, key);
  }
  const block = instance?.source.resources.get(parsed.resource);
  return block !== undefined && areLiteral(instance?.repeats(block), parsed.key);
}

/** Of one that is not repeated there is one, without a key. */
function areLiteral(repeats: Symbolic | undefined, key: string | number | undefined): boolean {
  if (repeats === undefined) return key === undefined;
  if (repeats.is === 'object') return repeats.entries.has(String(key));
  if (repeats.is === 'list') {
    const items = repeats.items.map(scalarOf);
    return !items.includes(undefined) && items.includes(key);
  }
  return repeats.is === 'literal' && typeof repeats.value === 'number';
}

/** Engines turn `1` into `"1"` where a type asks for it. */
function isSame(written: Scalar, value: Scalar): boolean {
  return written === value || (written !== null && value !== null && String(written) === String(value));
}
