import type { HclExpression, HclFile, HclStep } from '../hcl/syntax.ts';
import { literalOf, partsOf } from '../hcl/walk.ts';
import type { SourcePlace } from '../origin/port.ts';

/**
 * Where the files of one folder take something out of a data source of Vault.
 *
 *  selection   what an expression takes: which source, and the key, once one is named
 *  alias       a local that stands for a source as a whole: `local.mail["password"]` takes out of what `local.mail` is
 */
export interface SecretUse {
  /** `data.vault_kv_secret_v2.mail`. */
  readonly source: string;
  /** Undefined: all of it, or a key that is worked out. */
  readonly key: string | undefined;
  readonly place: SourcePlace;
}

export const vaultSources: ReadonlySet<string> = new Set([
  'vault_kv_secret_v2',
  'vault_kv_secret',
  'vault_generic_secret',
]);

interface Selection {
  readonly source: string;
  /** `json`: the text of a document, not yet read. */
  readonly at: 'source' | 'json' | 'keys' | 'value' | 'beside';
  readonly key: string | undefined;
}

export function usesIn(files: readonly HclFile[]): readonly SecretUse[] {
  const locals = new Map(
    files.flatMap(({ body }) =>
      body.blocks
        .filter(({ type }) => type === 'locals')
        .flatMap((block) => block.body.attributes.map(({ name, value }) => [name, value] as const)),
    ),
  );
  const aliases = new Map<string, Selection | undefined>();
  const aliasOf = (name: string): Selection | undefined => {
    if (aliases.has(name)) return aliases.get(name);
    // Asked for again while it is looked at, it is a circle and stands for nothing.
    aliases.set(name, undefined);
    const value = locals.get(name);
    const found = value === undefined ? undefined : selectionOf(value, aliasOf);
    aliases.set(name, found);
    return found;
  };
  return files.flatMap(({ path, body }) => {
    const uses: SecretUse[] = [];
    const look = (expression: HclExpression): void => {
      const found = selectionOf(expression, aliasOf);
      if (found !== undefined && found.at !== 'beside') {
        uses.push({ source: found.source, key: found.key, place: { file: path, range: expression.range } });
        return;
      }
      for (const child of childrenOf(expression)) look(child);
    };
    const lookIn = (inside: typeof body, isLocals: boolean): void => {
      for (const { name, value } of inside.attributes) {
        const alias = isLocals ? aliasOf(name) : undefined;
        // What stands for a whole source takes nothing out of it yet.
        if (alias === undefined || alias.at === 'value') look(value);
      }
      for (const block of inside.blocks) lookIn(block.body, block.type === 'locals');
    };
    lookIn(body, false);
    return uses;
  });
}

function childrenOf(expression: HclExpression): readonly HclExpression[] {
  if (expression.kind === 'operation') return expression.operands;
  if (expression.kind === 'call') return expression.arguments;
  if (expression.kind === 'template') return expression.parts.filter((part) => typeof part !== 'string');
  if (expression.kind === 'tuple') return expression.items;
  if (expression.kind === 'object') return expression.items.flatMap(({ key, value }) => [key, value]);
  if (expression.kind === 'conditional') return [expression.condition, expression.whenTrue, expression.whenFalse];
  // A `for` and the indexes of a reference: whatever is in them, in any order.
  const [, ...inside] = partsOf(expression);
  return inside;
}

/** Functions that give back what they are given. */
const passing: ReadonlySet<string> = new Set(['nonsensitive', 'sensitive', 'ephemeralasnull', 'tomap']);

function selectionOf(
  expression: HclExpression,
  aliasOf: (name: string) => Selection | undefined,
): Selection | undefined {
  if (expression.kind === 'template') {
    const [only, ...more] = expression.parts;
    return only !== undefined && typeof only !== 'string' && more.length === 0 ? selectionOf(only, aliasOf) : undefined;
  }
  if (expression.kind === 'reference') {
    const { root, steps } = expression;
    const [first, second, ...rest] = steps;
    if (root === 'local' && first?.kind === 'name') return follow(aliasOf(first.name), steps.slice(1));
    if ((root !== 'data' && root !== 'ephemeral') || first?.kind !== 'name' || second?.kind !== 'name')
      return undefined;
    if (!vaultSources.has(first.name)) return undefined;
    return follow({ source: `${root}.${first.name}.${second.name}`, at: 'source', key: undefined }, rest);
  }
  if (expression.kind === 'call') {
    const [first, second] = expression.arguments;
    const of = first === undefined ? undefined : selectionOf(first, aliasOf);
    if (of === undefined || expression.expands) return undefined;
    if (passing.has(expression.name)) return of;
    if (expression.name === 'jsondecode') return of.at === 'json' ? { ...of, at: 'keys' } : of;
    if (expression.name === 'lookup' && second !== undefined) return pick(of, literalOf(second)?.value);
    return undefined;
  }
  if (expression.kind !== 'operation' || (expression.operator !== '.' && expression.operator !== '[]'))
    return undefined;
  const [of, by] = expression.operands;
  const from = of === undefined ? undefined : selectionOf(of, aliasOf);
  return from === undefined || by === undefined ? undefined : pick(from, literalOf(by)?.value);
}

function follow(from: Selection | undefined, steps: readonly HclStep[]): Selection | undefined {
  let found = from;
  for (const step of steps) {
    if (found === undefined) return undefined;
    if (step.kind === 'name') found = pick(found, step.name);
    else if (step.kind !== 'index') return found;
    // One of several, by its key.
    else if (found.at === 'source' && !(step.index === 'data' || step.index === 'data_json')) continue;
    else found = pick(found, typeof step.index === 'object' ? undefined : step.index);
  }
  return found;
}

function pick(from: Selection, step: unknown): Selection {
  switch (from.at) {
    case 'source':
      if (step === 'data') return { ...from, at: 'keys' };
      if (step === 'data_json') return { ...from, at: 'json' };
      // Its version, its time, its path.
      return typeof step === 'string' && described.has(step) ? { ...from, at: 'beside' } : from;
    case 'keys':
      return { ...from, at: 'value', key: typeof step === 'string' ? step : undefined };
    case 'json':
    case 'value':
    case 'beside':
      return from;
  }
}

/** What a source says of a secret beside its keys. */
const described: ReadonlySet<string> = new Set(
  'id mount name path version created_time deletion_time destroyed custom_metadata lease_id lease_duration lease_renewable lease_start_time'.split(
    ' ',
  ),
);
