import { describe, expect, test } from 'vitest';
import { parseHcl } from '../hcl/parse.ts';
import { createOrigins } from './origins.ts';
import type { PlanOrigins, Scalar, ValuePath } from './port.ts';

/**
 * Whether a value is shown tells something by itself. Each of these would tell a secret, a character at a time, by what is
 * shown beside it, if the source were believed where the plan may say something else.
 */
async function originsOf(files: Readonly<Record<string, string>>, given: readonly string[] = []): Promise<PlanOrigins> {
  const parsed = await Promise.all(Object.entries(files).map(([path, text]) => parseHcl(path, text)));
  return createOrigins({ stack: 'stacks/mail', files: parsed, given: new Set(given) });
}

interface Attack {
  readonly source: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly path?: ValuePath;
  readonly value?: Scalar;
}

async function isShown({ source, files = {}, address = 'terraform_data.t', path = ['input'], value = 'a' }: Attack) {
  const origins = await originsOf({ ...files, 'stacks/mail/main.tf': source });
  return origins.literal(address, path, value) !== undefined;
}

const first = 'substr(data.vault_kv.s.value, 0, 1)';
const input = (expression: string): string => `resource "terraform_data" "t" {\n  input = ${expression}\n}\n`;

describe('the order of a set tells nothing', () => {
  test('a list beside a computed item may be a set, which the secret has put in order', async () => {
    const list = input(`["a", ${first}]`);
    expect(await isShown({ source: list, path: ['input', 0] })).toBe(false);
    expect(
      await isShown({ source: input(`[{ k = "a", v = ${first} }, { k = "b", v = "m" }]`), path: ['input', 0, 'k'] }),
    ).toBe(false);
  });

  test('nor is it told which keys an item has', async () => {
    const origins = await originsOf({ 'stacks/mail/main.tf': input(`[{ a = ${first} }, { b = "m" }]`) });
    expect(origins.hasPath('terraform_data.t', ['input', 0, 'a'])).toBe(false);
  });

  test('blocks are a set as well, unless they are known to keep their order', async () => {
    const blocks = (name: string): string =>
      `resource "kubernetes_deployment" "t" {\n  ${name} {\n    value = "a"\n  }\n  ${name} {\n    value = ${first}\n  }\n}\n`;
    const attack = (name: string): Attack => ({
      source: blocks(name),
      address: 'kubernetes_deployment.t',
      path: [name, 0, 'value'],
    });
    expect(await isShown(attack('rule_of_some_kind'))).toBe(false);
    expect(await isShown(attack('env'))).toBe(true);
    expect(
      await isShown({
        ...attack('env'),
        source: blocks('env').replaceAll('kubernetes_', 'example_'),
        address: 'example_deployment.t',
      }),
    ).toBe(false);
  });

  test('a variable may make a set of a list, in the module and for the loops in it', async () => {
    const attack = (type: string): Attack => ({
      source: `module "m" {\n  source = "../../modules/m"\n  keys = ["a", ${first}]\n}\n`,
      files: {
        'modules/m/main.tf': `variable "keys" {\n  type = ${type}\n}\n${input('yamlencode({ n = length(var.keys), all = [for k in var.keys : k] })')}`,
      },
      address: 'module.m.terraform_data.t',
      path: ['input', 'all', 0],
    });
    expect(await isShown(attack('list(string)'))).toBe(true);
    for (const type of ['set(string)', 'optional(set(string), [])', 'any'])
      expect(await isShown(attack(type)), type).toBe(type === 'any');
    expect(await isShown({ ...attack('set(string)'), path: ['input', 'n'], value: 2 })).toBe(false);
  });

  test('one item has no order, items that are all written have one, and so do lists in a document', async () => {
    expect(await isShown({ source: input(`[{ k = "a", v = ${first} }]`), path: ['input', 0, 'k'] })).toBe(true);
    expect(await isShown({ source: input('["a", "b"]'), path: ['input', 0] })).toBe(true);
    expect(await isShown({ source: input(`yamlencode(["a", ${first}])`), path: ['input', 0] })).toBe(true);
  });
});

describe('what the source does not decide is not read off it', () => {
  const ignoring = (changes: string, body = 'input = { k = "a", other = "a" }'): string =>
    `resource "terraform_data" "t" {\n  ${body}\n  lifecycle {\n    ignore_changes = ${changes}\n  }\n}\n`;

  test.each([
    ['the attribute', '[input]', false],
    ['the very field', '[input["k"]]', false],
    ['everything', 'all', false],
    ['something that cannot be told', '[input[local.x]]', false],
    ['another field', '[input["other"]]', true],
    ['another attribute', '[triggers_replace]', true],
  ])('a field is the state’s where the source has the engine leave %s alone', async (_, changes, shown) => {
    expect(await isShown({ source: ignoring(changes), path: ['input', 'k'] })).toBe(shown);
  });

  test('an ignored part makes what it is a part of the state’s', async () => {
    expect(await isShown({ source: ignoring('[input]', 'input = "a"') })).toBe(false);
    const origins = await originsOf({ 'stacks/mail/main.tf': ignoring('[input]') });
    expect(origins.hasPath('terraform_data.t', ['input', 'k'])).toBe(false);
  });

  test('an override file may say otherwise', async () => {
    for (const name of ['override.tf', 'secrets_override.tf']) {
      expect(await isShown({ source: input('"a"'), files: { [`stacks/mail/${name}`]: '' } })).toBe(false);
    }
    expect(await isShown({ source: input('"a"'), files: { 'stacks/mail/my-override-notes.tf': '' } })).toBe(true);
  });

  test.each([
    ['that is decided by a secret', `${first} == "a" ? "a" : "b"`],
    ['that is decided by a secret inside', `[for x in ["a"] : x if ${first} == "a"][0]`],
    ['that is chosen by a secret', `{ a = "a", b = "b" }[${first}]`],
    ['that is tried after a secret', `try(${first} == "a" ? tostring("z") : null, "a")`],
    ['that is the first of several with a secret before it', `coalesce(${first}, "a")`],
    ['that a secret may have replaced', `merge({ k = "a" }, jsondecode(data.vault_kv.s.value)).k`],
    ['that a secret may have moved', `concat(split("", data.vault_kv.s.value), ["a", "a"])[0]`],
    ['that is looked up in what a secret keys', `lookup({ (data.vault_kv.s.value) = "z" }, "x", "a")`],
    ['of a resource, which the state may know better', 'terraform_data.other.input'],
    ['of the workspace', 'terraform.workspace'],
    ['of a file', 'file("a")'],
    ['of a template file', 'templatefile("a", {})'],
    ['of the time', 'timestamp()'],
    ['of a provider’s function', 'provider::x::y("a")'],
    ['that was marked', 'sensitive("a")'],
    ['whose mark was taken off', 'nonsensitive("a")'],
  ])('a value %s is computed', async (_, expression) => {
    expect(
      await isShown({ source: `resource "terraform_data" "other" {\n  input = "a"\n}\n${input(expression)}` }),
    ).toBe(false);
  });
});

describe('variables whose value may come from elsewhere', () => {
  const source = `variable "v" {\n  default = "a"\n}\n${input('var.v')}`;
  const hcl = (own: string, root: string) => ({ 'stacks/mail/terragrunt.hcl': own, 'root.hcl': root });
  const include = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n';
  const extra = (line: string): string =>
    `terraform {\n  extra_arguments "x" {\n    commands = ["plan"]\n    ${line}\n  }\n}\n`;

  test('are the keep’s where it gives them', async () => {
    const origins = await originsOf({ 'stacks/mail/main.tf': source }, ['v']);
    expect(origins.literal('terraform_data.t', ['input'], 'a')).toBeUndefined();
  });

  test.each<[string, string, string, boolean]>([
    ['an include gives none', include, '', true],
    ['an include was not read', `${include}include "more" {\n  path = "../more.hcl"\n}\n`, '', false],
    ['an include gives a secret', include, 'inputs = {\n  v = get_env("V")\n}\n', false],
    ['an include gives what is computed', include, 'inputs = yamldecode(file("x"))\n', false],
    ['an include gives a literal', include, 'inputs = {\n  v = "a"\n}\n', true],
    [
      'the stack’s own input wins over the include’s',
      `${include}inputs = {\n  v = "a"\n}\n`,
      'inputs = {\n  v = get_env("V")\n}\n',
      true,
    ],
    ['arguments have nothing to do with variables', include, extra('arguments = ["-lock-timeout=2m"]'), true],
    ['arguments give one', include, extra('arguments = ["-var", "v=b"]'), false],
    ['arguments give a file', include, extra('arguments = ["-var-file=x.tfvars"]'), false],
    ['arguments are computed', include, extra('arguments = local.x'), false],
    ['a file is asked for', include, extra('required_var_files = ["x.tfvars"]'), false],
    ['a file may be there', include, extra('optional_var_files = ["x.tfvars"]'), false],
    ['the environment is given', include, extra('env_vars = {\n      TF_VAR_v = get_env("V")\n    }'), false],
    ['the stack’s own arguments give one', include + extra('arguments = ["-var=v=b"]'), '', false],
  ])('where %s', async (_, own, root, shown) => {
    expect(await isShown({ source, files: hcl(own, root) })).toBe(shown);
  });

  test('have what a file of values beside the stack gives them', async () => {
    expect(await isShown({ source, files: { 'stacks/mail/x.auto.tfvars': 'v = "a"\n' } })).toBe(true);
  });
});

describe('instances', () => {
  test.each([
    ['count = 2', 'terraform_data.t[1]', true],
    ['count = 2', 'terraform_data.t[5]', false],
    ['count = 2', 'terraform_data.t', false],
    ['count = 2', 'terraform_data.t["1"]', false],
    ['count = data.x.y.n', 'terraform_data.t[0]', false],
    ['for_each = { a = data.x.y.n }', 'terraform_data.t["a"]', true],
    ['for_each = merge({ a = 1 }, data.x.y.all)', 'terraform_data.t["a"]', false],
    ['', 'terraform_data.t[0]', false],
    ['count = true ? 1 : 0', 'data.terraform_data.t[0]', false],
  ])('%s of %s: %s', async (repeat, address, literal) => {
    const origins = await originsOf({ 'stacks/mail/main.tf': `resource "terraform_data" "t" {\n  ${repeat}\n}\n` });
    expect(origins.hasLiteralKeys(address)).toBe(literal);
  });
});

test('a value given to a sensitive variable is not written, wherever else it stands', async () => {
  const origins = await originsOf({
    'stacks/mail/main.tf': `variable "pass" {\n  sensitive = true\n  default = nameless.words\n}\n${input('"hunter2-and-more"')}`,
    'stacks/mail/x.auto.tfvars': 'pass = "hunter2-and-more"\n',
    'stacks/mail/terragrunt.hcl': 'inputs = {\n  pass = "given-by-terragrunt"\n}\n',
  });
  expect(origins.isWritten('hunter2-and-more')).toBe(false);
  expect(origins.isWritten('given-by-terragrunt')).toBe(false);
  expect(origins.isWritten('nameless')).toBe(true);
});
