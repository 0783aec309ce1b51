import { describe, expect, test } from 'vitest';
import type { FieldPath } from './port.ts';
import { prepareEdit } from './prepare.ts';
import { addedLines, applyDiff, type Files, sourcesOf } from './sources.fixture.ts';

/** Where values come from, and what keeps an edit of them from being given. */
const object = { kind: 'Deployment', namespace: 'home', name: 'web' };
const replicas: FieldPath = ['spec', 'replicas'];

const deployment = (spec: string, name = '"web"', more = ''): string => `resource "kubectl_manifest" "web" {${more}
  yaml_body = yamlencode({
    kind     = "Deployment"
    metadata = { name = ${name}, namespace = "home" }
    spec     = { ${spec} }
  })
}
`;

type Value = string | number | boolean | undefined;

async function ask(files: Files | string, path: FieldPath, value: Value, name = 'web') {
  const all = typeof files === 'string' ? { 'stacks/a/main.tf': files } : files;
  const outcome = await prepareEdit(await sourcesOf(all), { ...object, name }, [{ path, value }]);
  if (outcome.is === 'refused') return outcome.why;
  const now = applyDiff(all, outcome.patch);
  const [file] = Object.keys(now).filter((one) => now[one] !== all[one]);
  return [file, ...addedLines(outcome.patch)];
}

const call = (inside: string, name = 'm'): string =>
  `module "${name}" {\n  source = "../../modules/m"\n  ${inside}\n}\n`;

describe('keys that are known', () => {
  const stack = (each: string): Files => ({
    'modules/m/main.tf': `variable "name" {}\nvariable "n" {}\n${deployment('replicas = var.n', 'var.name')}`,
    'stacks/a/main.tf': call(`for_each = ${each}\n  name = each.key\n  n = each.value.n`),
  });
  const two = '{\n    web = { n = 2 }\n    api = { n = 2 }\n  }';

  test('each key has its own value', async () => {
    expect(await ask(stack(two), replicas, 3)).toEqual(['stacks/a/main.tf', 'web = { n = 3 }']);
    expect(await ask(stack(two), replicas, 3, 'api')).toEqual(['stacks/a/main.tf', 'api = { n = 3 }']);
  });

  test('of a resource too', async () => {
    const source = deployment('replicas = each.value', 'each.key', '\n  for_each = { web = 2, api = 2 }');
    expect(await ask(source, replicas, 3)).toEqual(['stacks/a/main.tf', 'for_each = { web = 3, api = 2 }']);
  });

  test('counted ones have an index, and one value for all is shared', async () => {
    const source = (spec: string) => deployment(spec, '["web", "api"][count.index]', '\n  count = 2');
    expect(await ask(source('replicas = 2'), replicas, 3)).toBe('shared');
    expect(await ask(source('replicas = [2, 4][count.index]'), replicas, 3)).toEqual([
      'stacks/a/main.tf',
      'spec     = { replicas = [3, 4][count.index] }',
    ]);
  });

  test('what is the same for all of them is shared', async () => {
    const source = deployment('replicas = 2, x = each.value', 'each.key', '\n  for_each = { web = 1, api = 1 }');
    expect(await ask(source, replicas, 3)).toBe('shared');
  });

  test('keys that are computed make objects nobody can name', async () => {
    expect(await ask(stack('data.x.y'), replicas, 3)).toBe('no-owner');
    expect(await ask(deployment('replicas = 2', 'each.key', '\n  for_each = toset(data.x.y)'), replicas, 3)).toBe(
      'no-owner',
    );
  });

  test('an edit that would make another key is none', async () => {
    const source = `locals { k = "x" }\n${deployment('x = local.k', '"web"', '\n  for_each = { (local.k) = 1 }')}`;
    expect(await ask(source, ['spec', 'x'], 'y')).toBe('not-proven');
    const counted = `locals { n = 1 }\n${deployment('replicas = local.n', '"web"', '\n  count = local.n')}`;
    expect(await ask(counted, replicas, 2)).toBe('not-proven');
  });

  test('nor one that would repeat something else', async () => {
    const more = (by: string) =>
      `locals { n = 1 }\nresource "null_resource" "x" {\n  ${by}\n}\n${deployment('replicas = local.n')}`;
    expect(await ask(more('count = local.n'), replicas, 2)).toBe('not-proven');
    expect(await ask(more('for_each = toset([tostring(local.n)])'), replicas, 2)).toBe('not-proven');
    expect(await ask(more('count = local.n > 0 ? 1 : 0'), replicas, 2)).toHaveLength(2);
  });
});

describe('values of the stack’s variables', () => {
  const main = `variable "n" { default = 1 }\n${deployment('replicas = var.n')}`;

  test('in tfvars', async () => {
    const files = { 'stacks/a/main.tf': main, 'stacks/a/terraform.tfvars': '# How many.\nn = 2\n' };
    expect(await ask(files, replicas, 3)).toEqual(['stacks/a/terraform.tfvars', 'n = 3']);
    expect(await ask({ ...files, 'stacks/a/x.auto.tfvars': 'm = 2\n' }, replicas, 3)).toHaveLength(2);
    expect(await ask({ ...files, 'stacks/a/x.auto.tfvars': 'n = 2\n' }, replicas, 3)).toBe('not-proven');
  });

  test('in tfvars that are also another’s', async () => {
    const files = {
      'stacks/a/main.tf': `${main}output "n" { value = sha256(tostring(var.n)) }\n`,
      'stacks/a/terraform.tfvars': 'n = 2\n',
    };
    expect(await ask(files, replicas, 3)).toBe('not-proven');
  });

  test('in the inputs of Terragrunt', async () => {
    const files = { 'stacks/a/main.tf': main, 'stacks/a/terragrunt.hcl': 'inputs = {\n  n = 2\n}\n' };
    expect(await ask(files, replicas, 3)).toEqual(['stacks/a/terragrunt.hcl', 'n = 3']);
    // They come before tfvars, which say nothing then.
    expect(await ask({ ...files, 'stacks/a/terraform.tfvars': 'n = 5\n' }, replicas, 3)).toMatch(
      /^(shared|not-proven)$/,
    );
    const computed = { ...files, 'stacks/a/terragrunt.hcl': 'inputs = {\n  n = local.n\n}\n' };
    expect(await ask(computed, replicas, 3)).toBe('computed');
  });

  test('in inputs that two stacks include', async () => {
    const include = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n';
    const files = {
      'root.hcl': 'inputs = {\n  n = 2\n}\n',
      'stacks/a/main.tf': main,
      'stacks/a/terragrunt.hcl': include,
      'stacks/b/main.tf': `variable "n" {}\n${deployment('replicas = var.n', '"api"')}`,
      'stacks/b/terragrunt.hcl': include,
    };
    expect(await ask(files, replicas, 3)).toBe('shared');
    const alone = { ...files, 'stacks/b/terragrunt.hcl': `${include}inputs = {\n  n = 7\n}\n` };
    expect(await ask(alone, replicas, 3)).toEqual(['root.hcl', 'n = 3']);
  });

  test('with arguments that give values', async () => {
    const terragrunt =
      'inputs = {\n  n = 2\n}\nterraform {\n  extra_arguments "x" {\n    commands = ["plan"]\n    arguments = ["-var=n=3"]\n  }\n}\n';
    expect(await ask({ 'stacks/a/main.tf': main, 'stacks/a/terragrunt.hcl': terragrunt }, replicas, 3)).toBe(
      'computed',
    );
  });
});

describe('an edit that would be more', () => {
  test('a comment does not come or go', async () => {
    const spec = (inside: string) =>
      `resource "kubectl_manifest" "web" {\n  yaml_body = yamlencode({\n    kind = "Deployment"\n    metadata = { name = "web", namespace = "home" }\n    spec = {\n${inside}    }\n  })\n}\n`;
    const why = '      a = {\n        # Why it is so.\n        b = 1\n      }\n      c = 1\n';
    expect(await ask(spec(why), ['spec', 'a'], undefined)).toBe('not-proven');
    expect(await ask(spec(why.replace('        # Why it is so.\n', '')), ['spec', 'a'], undefined)).toHaveLength(1);
    expect(await ask(spec('      a = 1 /* why */ + 1\n'), ['spec', 'a'], 3)).toMatch(
      /^(no-place|not-proven|computed)$/,
    );
  });

  test.each<[string, FieldPath, Value]>([
    ['kind = "Other"', ['kind'], 'Other'],
    ['name', ['metadata', 'name'], 'other'],
    ['namespace', ['metadata', 'namespace'], 'other'],
    ['selector', ['spec', 'selector', 'app'], 'other'],
    ['one more selector', ['spec', 'selector', 'tier'], 'other'],
    ['address of a Service', ['spec', 'clusterIP'], '192.0.2.1'],
  ])('what an object is does not change: %s', async (_, path, value) => {
    expect(await ask(deployment('selector = { app = "web" }, clusterIP = "None"'), path, value)).toBe('not-proven');
  });

  test('nor by a literal that stands for it too', async () => {
    const source = `locals { app = "web" }\n${deployment('selector = { app = local.app }, labels = { app = local.app }')}`;
    expect(await ask(source, ['spec', 'labels', 'app'], 'other')).toBe('not-proven');
  });

  test('a module that is called nobody knows how often is not edited, nor what it is given', async () => {
    const files = (more: string): Files => ({
      'modules/m/main.tf': `variable "name" {}\nvariable "n" {}\n${deployment('replicas = var.n, paused = false', 'var.name')}`,
      'stacks/a/main.tf': `locals { n = 2 }\n${call('name = "web"\n  n = local.n')}${more}`,
    });
    const blind = (given: string) => call(`for_each = data.x.y\n  name = each.key\n  n = ${given}`, 'more');
    const paused: FieldPath = ['spec', 'paused'];
    expect(await ask(files(''), paused, true)).toHaveLength(2);
    expect(await ask(files(blind('5')), paused, true)).toBe('not-proven');
    expect(await ask(files(blind('local.n')), replicas, 3)).toBe('not-proven');
    expect(await ask(files(blind('5')), replicas, 3)).toMatch(/^not-proven$/);
    expect(
      await ask(files(call('for_each = { api = 1 }\n  name = each.key\n  n = 5', 'more')), replicas, 3),
    ).toHaveLength(2);
  });

  test('nor one from elsewhere', async () => {
    const source = (by: string) =>
      `locals { n = 2 }\nmodule "x" {\n  source = "git::https://example.net/x.git"\n${by}  n = local.n\n}\n${deployment('replicas = local.n')}`;
    expect(await ask(source(''), replicas, 3)).toBe('not-proven');
    expect(await ask(source('  for_each = data.x.y\n'), replicas, 3)).toBe('not-proven');
    expect(await ask(source('').replace('n = local.n', 'n = 2'), replicas, 3)).toHaveLength(2);
  });

  test('what says which of several values is taken says the same as before', async () => {
    const m = 'locals {\n  n = "a"\n  m = { for k in ["a", "b"] : k => data.x.y[k] }\n}\n';
    const n: FieldPath = ['spec', 'n'];
    expect(await ask(`${m}${deployment('n = local.n, x = local.m[local.n]')}`, n, 'b')).toBe('not-proven');
    expect(await ask(`${m}${deployment('n = local.n, x = lookup(local.m, local.n, "z")')}`, n, 'b')).toBe('not-proven');
    expect(
      await ask(`${m}${deployment('n = local.n, x = local.n == "a" ? local.m["a"] : local.m["b"]')}`, n, 'b'),
    ).toBe('not-proven');
    expect(
      await ask(`${m}${deployment('n = local.n, x = local.n == "z" ? local.m["a"] : local.m["b"]')}`, n, 'b'),
    ).toHaveLength(2);
    const written = 'locals {\n  n = "a"\n  m = { a = 1, b = 2 }\n}\n';
    expect(await ask(`${written}${deployment('n = local.n, x = local.m[local.n]')}`, n, 'b')).toHaveLength(2);
  });
});
