import type { HclFile } from '../hcl/syntax.ts';
import { type Address, parseAddress } from './address.ts';
import { type Instance, openInstance, placeOf } from './instance.ts';
import { type ModuleSource, readModules } from './modules.ts';
import { type Planned, planned, plannedAt } from './planned.ts';
import type { PlanOrigins, Scalar, SourcePlace } from './port.ts';
import { rootVariables } from './root-variables.ts';
import { type Symbolic, scalarOf } from './symbol.ts';
import { writtenTexts } from './written.ts';

export interface OriginSources {
  /** The folder of the stack. */
  readonly stack: string;
  /** `.tf` and `.tfvars` of the stack and of every module it uses, the stack's terragrunt.hcl and what that includes. */
  readonly files: readonly HclFile[];
  /** Variables of the stack that are given from outside of the repository: by the environment, by a file of the keep's. */
  readonly given: ReadonlySet<string>;
  /**
   * The text of another file of the repository, for `declaredIn` alone: values of Helm that lie in YAML. What a plan is compared
   * with is never read this way.
   */
  readonly text?: (path: string) => string | undefined;
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
  const resolved = new Map<string, Planned | undefined>();
  const symbolAt = (address: string): Planned | undefined => {
    if (!resolved.has(address)) resolved.set(address, resolve(instance, address));
    return resolved.get(address);
  };
  return {
    literal: (address, path, value) => {
      const found = plannedAt(symbolAt(address), path);
      return found?.is === 'literal' && isSame(found.value, value) ? found.place : undefined;
    },
    hasPath: (address, path) => plannedAt(symbolAt(address), path) !== undefined,
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
  sources: OriginSources,
): Instance {
  const opened: Instance = openInstance(root, (name) => value(name), {
    modules,
    budget: { steps: mostSteps },
    depth: 0,
  });
  const value = rootVariables(root, sources, () => opened.scope);
  return opened;
}

function instanceOf(root: Instance, { modules }: Address): Instance | undefined {
  let instance: Instance | undefined = root;
  for (const { name, key } of modules) instance = instance?.child(name, key);
  return instance;
}

function resolve(root: Instance, address: string): Planned | undefined {
  const [, output] = /^output\.([\w-]+)$/.exec(address) ?? [];
  if (output !== undefined) return planned(root.output(output), undefined);
  const parsed = parseAddress(address);
  const instance = parsed === undefined ? undefined : instanceOf(root, parsed);
  if (parsed === undefined || instance === undefined) return undefined;
  return planned(instance.resource(parsed.resource, parsed.key), instance.source.resources.get(parsed.resource)?.node);
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
  const count = scalarOf(repeats);
  return typeof count === 'number' && typeof key === 'number' && key < count;
}

/** Engines turn `1` into `"1"` where a type asks for it. */
function isSame(written: Scalar, value: Scalar): boolean {
  return written === value || (written !== null && value !== null && String(written) === String(value));
}
