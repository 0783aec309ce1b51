import type { HclBody, HclFile } from '../hcl/syntax.ts';
import { literalOf } from '../hcl/walk.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { type Instance, placeOf } from './instance.ts';
import type { ModuleSource } from './modules.ts';
import type { OriginSources } from './origins.ts';
import { computed, type Symbolic } from './symbol.ts';

/**
 * What the variables of a stack are given: by the keep, by Terragrunt's `inputs` and arguments, by `.tfvars`. Undefined: none of
 * these gives it anything, and its default counts. Where it cannot be told who gives it what, it is computed.
 */
export function rootVariables(
  root: ModuleSource,
  { stack, files, given }: OriginSources,
  scope: () => Scope,
): (name: string) => Symbolic | undefined {
  const own = files.find(({ path }) => path === `${stack}/terragrunt.hcl`);
  const included = files.filter((file) => file.path.endsWith('.hcl') && file !== own);
  const terragrunt = own === undefined ? included : [own, ...included];
  const isUncertain = terragrunt.some(givesByArguments) || (own !== undefined && includesOf(own) > included.length);
  let inputs: readonly (Symbolic | undefined)[] | undefined;

  return (name) => {
    const declared = root.variables.get(name);
    if (declared === undefined) return undefined;
    const unknown = computed(placeOf(declared));
    if (given.has(name) || isUncertain) return unknown;
    inputs ??= terragrunt.map((file) => inputsOf(file, scope()));
    // The stack's own come first; which of several includes wins is not worked out.
    for (const [index, all] of inputs.entries()) {
      if (all === undefined) continue;
      if (all.is !== 'object') return unknown;
      const found = all.entries.get(name)?.value;
      if (found === undefined) continue;
      const isOnly = index === 0 && own !== undefined ? true : included.length === 1;
      return isOnly ? found : unknown;
    }
    const set = root.values.get(name);
    return set === undefined ? undefined : evaluate(set.node.value, { ...scope(), file: set.file });
  };
}

function includesOf({ body }: HclFile): number {
  return body.blocks.filter(({ type }) => type === 'include').length;
}

/** What Terragrunt's own names mean is known to Terragrunt alone: `local.x` in it is none of the stack's. */
function inputsOf({ path, body }: HclFile, scope: Scope): Symbolic | undefined {
  const inputs = body.attributes.find(({ name }) => name === 'inputs');
  if (inputs === undefined) return undefined;
  const empty: Instance = {
    ...scope.instance,
    variable: () => undefined,
    local: () => undefined,
    child: () => undefined,
  };
  return evaluate(inputs.value, { ...scope, instance: empty, file: path });
}

/** `extra_arguments` with files of values, with `-var`, with an environment, or with anything that is not plainly none of these. */
function givesByArguments({ body }: HclFile): boolean {
  return extraArguments(body).some(({ attributes }) =>
    attributes.some(({ name, value }) => {
      if (['required_var_files', 'optional_var_files', 'env_vars'].includes(name)) return true;
      if (name !== 'arguments') return false;
      const words = value.kind === 'tuple' ? value.items.map((item) => literalOf(item)?.value) : [undefined];
      return words.some((word) => typeof word !== 'string' || /^-?-var/.test(word));
    }),
  );
}

function extraArguments(body: HclBody): readonly HclBody[] {
  return body.blocks
    .filter(({ type }) => type === 'terraform')
    .flatMap((block) => block.body.blocks)
    .filter(({ type }) => type === 'extra_arguments')
    .map((block) => block.body);
}
