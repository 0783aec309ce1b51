import { type Symbolic, scalarOf } from '../origin/symbol.ts';
import type { FieldPath, FieldStep } from './port.ts';

/** Paths of fields. Items of a list that all have a name are told by it, so that one more moves none of the others. */

type ListSymbol = Extract<Symbolic, { is: 'list' }>;

/** The names of a list's items, when each has one of its own. */
export function namesOf(list: ListSymbol): readonly string[] | undefined {
  const names = list.items.map((item) =>
    item.is === 'object' ? scalarOf(item.entries.get('name')?.value) : undefined,
  );
  const known = names.filter((name) => typeof name === 'string');
  return known.length === list.items.length && new Set(known).size === known.length && known.length > 0
    ? known
    : undefined;
}

/** What lies one step further. Texts that are documents themselves are one field. */
function stepInto(symbol: Symbolic, step: FieldStep): Symbolic | undefined {
  if (typeof step === 'string') return symbol.is === 'object' ? symbol.entries.get(step)?.value : undefined;
  if (symbol.is !== 'list') return undefined;
  if (typeof step === 'number') return symbol.items[step];
  if ('name' in step) return symbol.items[itemNamed(symbol, step.name)];
  return symbol.items.length === 1 ? symbol.items[0] : undefined;
}

/** -1 when there is none, or more than one. */
function itemNamed(list: ListSymbol, name: string): number {
  const found = list.items.flatMap((item, index) =>
    item.is === 'object' && scalarOf(item.entries.get('name')?.value) === name ? [index] : [],
  );
  return found.length === 1 ? (found[0] ?? -1) : -1;
}

export interface Resolved {
  /** As far as the path is there, with what lies at each step; the first is the object itself. */
  readonly chain: readonly Symbolic[];
  /** What is left of the path behind the last of them. */
  readonly rest: FieldPath;
  /** `spec.template.spec.containers[0].image`, as far as it is there, and then the steps as they were wished. */
  readonly field: string;
  /** The same in steps that do not move. */
  readonly key: readonly string[];
}

export function resolvePath(body: Symbolic, path: FieldPath): Resolved {
  const chain = [body];
  const key: string[] = [];
  const field: FieldStep[] = [];
  let rest = path;
  let here: Symbolic | undefined = body;
  for (const step of path) {
    if (here === undefined) {
      key.push(keyOfStep(step));
      field.push(step);
      continue;
    }
    const isOnly = typeof step === 'object' && 'only' in step;
    const next: Symbolic | undefined =
      isOnly && hasSidecars(chain, path, key.length) ? undefined : stepInto(here, step);
    const names = here.is === 'list' ? namesOf(here) : undefined;
    const index = here.is === 'list' && next !== undefined ? here.items.indexOf(next) : undefined;
    const name = index === undefined ? undefined : names?.[index];
    key.push(name !== undefined ? keyOfStep({ name }) : keyOfStep(index ?? step));
    field.push(index ?? step);
    if (next !== undefined) {
      chain.push(next);
      rest = rest.slice(1);
    }
    here = next;
  }
  return { chain, rest, field: fieldText(field), key };
}

/** Whether `initContainers` stand beside the `containers` that the step at this index goes into. */
function hasSidecars(chain: readonly Symbolic[], path: FieldPath, index: number): boolean {
  const above = chain[index - 1];
  return path[index - 1] === 'containers' && above?.is === 'object' && above.entries.has('initContainers');
}

export function keyOfStep(step: FieldStep): string {
  if (typeof step === 'string') return `.${step}`;
  if (typeof step === 'number') return `[${step}]`;
  return 'name' in step ? `[=${step.name}]` : '[only]';
}

/** `spec.template.spec.containers[0].image` */
export function fieldText(path: FieldPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'string') return `${index === 0 ? '' : '.'}${step}`;
      if (typeof step === 'number') return `[${step}]`;
      return 'name' in step ? `[${step.name}]` : '[0]';
    })
    .join('');
}

export function isBelow(key: readonly string[], above: readonly string[]): boolean {
  return above.every((step, index) => key[index] === step);
}

/** Words of a resource for its object as a whole. */
const wholes: ReadonlySet<string> = new Set(['yamlbody', 'manifest', 'all', 'values', 'set']);

/**
 * Whether the source has the engine leave the field, or what it is a part of, alone. Resources name fields in their own way:
 * `spec[0].template[0].spec[0].container[0].image`, `manifest.spec.replicas`, `spec.replicas`.
 */
export function isIgnored(ignored: readonly string[], path: FieldPath): boolean {
  const wished = path.filter((step) => typeof step === 'string').flatMap(wordsOf);
  return ignored.some((text) => {
    const words = wordsOf(text);
    const [first] = words;
    // What cannot be read may mean anything.
    if (first === undefined || /[(){}?*]/.test(text)) return true;
    const rest = wholes.has(first) ? words.slice(1) : words;
    return rest.every((word, index) => index >= wished.length || word === wished[index]);
  });
}

function wordsOf(text: string): readonly string[] {
  return text
    .split(/[.[\]"/]+/)
    .filter((word) => word !== '' && !/^\d+$/.test(word))
    .map((word) => word.toLowerCase().replaceAll('_', '').replace(/s$/, ''))
    .map((word) => (word === 'value' ? 'values' : word));
}
