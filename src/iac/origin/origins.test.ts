import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHcl } from '../hcl/parse.ts';
import { findObject } from './find-object.ts';
import { createOrigins, type OriginSources } from './origins.ts';

async function sourcesOf(
  files: Readonly<Record<string, string>>,
  given: readonly string[] = [],
): Promise<OriginSources> {
  const parsed = await Promise.all(Object.entries(files).map(([path, text]) => parseHcl(path, text)));
  return { stack: 'stacks/mail', files: parsed, given: new Set(given) };
}

const originsOf = async (files: Readonly<Record<string, string>>, given?: readonly string[]) =>
  createOrigins(await sourcesOf(files, given));

const lineOf = (place: { file: string; range: { line: number } } | undefined) =>
  place === undefined ? undefined : `${place.file}:${place.range.line}`;

const app = `
variable "name" { type = string }
variable "memory" { type = string }
variable "replicas" {
  type    = number
  default = 1
}
variable "env" { default = {} }
variable "claim" { default = null }
locals {
  labels = { app = var.name }
  env    = concat([for key, value in var.env : { name = key, value = value }], [])
}
resource "kubectl_manifest" "deployment" {
  yaml_body = yamlencode({
    kind     = "Deployment"
    metadata = { name = var.name, namespace = "mail", labels = merge(local.labels, { tier = "apps" }) }
    spec = {
      replicas = var.replicas
      containers = [merge({
        name      = var.name
        env       = local.env
        resources = { limits = { memory = var.memory } }
      }, var.claim == null ? {} : { volumeMounts = [{ name = "data" }] })]
    }
  })
  lifecycle {
    ignore_changes = [yaml_incluster]
  }
}
resource "kubectl_manifest" "budget" {
  count     = var.claim == null ? 0 : 1
  yaml_body = "kind: PodDisruptionBudget\\n"
}
`;
const stack = `
module "web" {
  source = "../../modules/app"
  name   = "web"
  memory = "256Mi"
  env    = { TZ = "Etc/UTC", LEVEL = "info" }
}
`;
const homelab = { 'modules/app/main.tf': app, 'stacks/mail/main.tf': stack };
const deployment = 'module.web.kubectl_manifest.deployment';

describe('a value is literal', () => {
  it.each<[string, (string | number)[], string | number, string]>([
    [
      'an argument of a module',
      ['spec', 'containers', 0, 'resources', 'limits', 'memory'],
      '256Mi',
      'stacks/mail/main.tf:5',
    ],
    ['the default of a variable', ['spec', 'replicas'], 1, 'modules/app/main.tf:6'],
    ['part of an object in the module', ['metadata', 'namespace'], 'mail', 'modules/app/main.tf:17'],
    ['in what is merged', ['metadata', 'labels', 'tier'], 'apps', 'modules/app/main.tf:17'],
    ['through a local', ['metadata', 'labels', 'app'], 'web', 'stacks/mail/main.tf:4'],
    ['an item that a for makes', ['spec', 'containers', 0, 'env', 1, 'value'], 'Etc/UTC', 'stacks/mail/main.tf:6'],
    ['the key of one', ['spec', 'containers', 0, 'env', 0, 'name'], 'LEVEL', 'stacks/mail/main.tf:6'],
  ])('when it is %s, and has its line', async (_, path, value, place) => {
    const origins = await originsOf(homelab);
    expect(lineOf(origins.literal(deployment, ['yaml_body', ...path], value))).toBe(place);
    expect(origins.literal(deployment, ['yaml_body', ...path], 'another')).toBeUndefined();
    expect(origins.hasPath(deployment, ['yaml_body', ...path])).toBe(true);
  });

  it('inside a document, with the line it has there', async () => {
    const origins = await originsOf({
      'stacks/mail/main.tf': [
        'variable "size" { default = "5Gi" }',
        'variable "secret" { sensitive = true }',
        'resource "kubectl_manifest" "x" {',
        '  yaml_body = <<-EOT',
        '    kind: ConfigMap',
        '    data:',
        '      plain: yes-indeed',
        `      size: \${var.size}`,
        `      mixed: a-\${var.secret}`,
        '  EOT',
        '}',
      ].join('\n'),
    });
    const at = (key: string, value: string) =>
      lineOf(origins.literal('kubectl_manifest.x', ['yaml_body', 'data', key], value));
    expect(at('plain', 'yes-indeed')).toBe('stacks/mail/main.tf:7');
    expect(at('size', '5Gi')).toBe('stacks/mail/main.tf:1');
    expect(at('mixed', 'a-hunter2')).toBeUndefined();
    expect(origins.hasPath('kubectl_manifest.x', ['yaml_body', 'data', 'mixed'])).toBe(true);
  });

  it('in nested blocks', async () => {
    const origins = await originsOf({
      'stacks/mail/main.tf':
        'resource "kubernetes_deployment" "x" {\n  spec {\n    template {\n      replicas = 3\n    }\n    dynamic "toleration" {\n      for_each = [1]\n      content { key = "gpu" }\n    }\n  }\n}',
    });
    expect(lineOf(origins.literal('kubernetes_deployment.x', ['spec', 0, 'template', 0, 'replicas'], 3))).toBe(
      'stacks/mail/main.tf:4',
    );
    expect(origins.literal('kubernetes_deployment.x', ['spec', 0, 'toleration', 0, 'key'], 'gpu')).toBeUndefined();
  });
});

describe('a value is computed', () => {
  const one = async (text: string, value: string | number = 'x', given?: readonly string[]) => {
    const origins = await originsOf({ 'stacks/mail/main.tf': text }, given);
    return origins.literal('terraform_data.t', ['input'], value);
  };
  const data = 'data "vault_kv" "s" {}\n';

  it.each([
    ['of a data source', 'resource "terraform_data" "t" { input = data.vault_kv.s.value }'],
    ['of another resource', 'resource "terraform_data" "t" { input = random_password.p.result }'],
    ['whose mark was taken off', 'resource "terraform_data" "t" { input = nonsensitive("x") }'],
    ['of a function', 'resource "terraform_data" "t" { input = lower("x") }'],
    ['of a file', 'resource "terraform_data" "t" { input = file("x") }'],
    [
      'in the arm of a condition that hangs on a secret',
      'resource "terraform_data" "t" { input = data.vault_kv.s.value == "a" ? "x" : "y" }',
    ],
    ['in the arm that is not taken', 'resource "terraform_data" "t" { input = true ? "y" : "x" }'],
    [
      'that something unknown may cover',
      'resource "terraform_data" "t" { input = merge({ a = "x" }, data.vault_kv.s.map).a }',
    ],
    [
      'in an object with a key that is not known',
      'resource "terraform_data" "t" { input = { a = "x", (data.vault_kv.s.key) = "y" }.a }',
    ],
    [
      'of a sensitive variable, though its default is written',
      'variable "v" {\n  sensitive = true\n  default = "x"\n}\nresource "terraform_data" "t" { input = var.v }',
    ],
    [
      'of an ephemeral variable',
      'variable "v" {\n  ephemeral = true\n  default = "x"\n}\nresource "terraform_data" "t" { input = var.v }',
    ],
    [
      'of a variable whose mark is computed',
      'variable "v" {\n  sensitive = 1 == 1\n  default = "x"\n}\nresource "terraform_data" "t" { input = var.v }',
    ],
    [
      'that goes in a circle',
      'locals {\n  a = local.b\n  b = local.a\n}\nresource "terraform_data" "t" { input = local.a }',
    ],
    ['through a splat', 'locals {\n  a = [{ b = "x" }]\n}\nresource "terraform_data" "t" { input = local.a[*].b }'],
    ['that is put together with a secret', `resource "terraform_data" "t" { input = "\${data.vault_kv.s.value}x" }`],
  ])('%s', async (_, text) => {
    expect(await one(data + text)).toBeUndefined();
  });

  it('when the variable is given from outside, or by Terragrunt in a way only it knows', async () => {
    const text = 'variable "v" { default = "x" }\nresource "terraform_data" "t" { input = var.v }';
    expect(await one(text)).toBeDefined();
    expect(await one(text, 'x', ['v'])).toBeUndefined();
    const withInputs = async (inputs: string) => {
      const origins = await originsOf({
        'stacks/mail/main.tf': text,
        'stacks/mail/terragrunt.hcl': `inputs = ${inputs}`,
      });
      return lineOf(origins.literal('terraform_data.t', ['input'], 'x'));
    };
    expect(await withInputs('{ v = "x" }')).toBe('stacks/mail/terragrunt.hcl:1');
    expect(await withInputs('{ v = local.x }')).toBeUndefined();
    expect(await withInputs('{ v = var.v }')).toBeUndefined();
    expect(await withInputs('merge({ v = "x" }, {})')).toBe('stacks/mail/terragrunt.hcl:1');
    expect(await withInputs('merge({ v = "x" }, local.more)')).toBeUndefined();
  });

  it('of an output that is sensitive', async () => {
    const module = 'output "o" {\n  value = "x"\n  sensitive = true\n}\noutput "p" { value = "x" }';
    const text = 'module "m" { source = "../../modules/m" }\nresource "terraform_data" "t" { input = module.m.';
    const at = async (output: string) => {
      const origins = await originsOf({ 'modules/m/main.tf': module, 'stacks/mail/main.tf': `${text}${output} }` });
      return lineOf(origins.literal('terraform_data.t', ['input'], 'x'));
    };
    expect(await at('p')).toBe('modules/m/main.tf:5');
    expect(await at('o')).toBeUndefined();
  });

  it('of a module that is not in the repository, or outside of it', async () => {
    for (const source of ['git::https://example.net/m.git', 'example/m/x', '../../../m', '/m']) {
      const origins = await originsOf({
        'modules/m/main.tf': 'output "o" { value = "x" }',
        'stacks/mail/main.tf': `module "m" { source = "${source}" }\nresource "terraform_data" "t" { input = module.m.o }`,
      });
      expect(origins.literal('terraform_data.t', ['input'], 'x')).toBeUndefined();
    }
  });

  it('where a source was made to be expensive', async () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `a${level + 1} = [for x in [1, 2, 3, 4] : [for y in local.a${level} : y]]`,
    );
    const origins = await originsOf({
      'stacks/mail/main.tf':
        `locals {\n  a0 = [1]\n  ${levels.join('\n  ')}\n}\nresource "terraform_data" "t" { input = [for a in local.a30 : [for b in local.a30 : [for c in local.a30 : [for d in local.a30 : [for e in local.a30 : [for f in local.a30 : [for g in local.a30 : [for h in local.a30 : [for i in local.a30 : [for j in local.a30 : "x"]]]]]]]]]]}`.replace(
          /\}$/,
          ' }',
        ),
    }).catch(() => undefined);
    expect(origins?.literal('terraform_data.t', ['input', 0], 'x')).toBeUndefined();
  });
});

describe('how many there are, and their keys, are literal', () => {
  const keys = async (repeat: string, address: string, more = '') => {
    const origins = await originsOf({
      'stacks/mail/main.tf': `variable "s" { sensitive = true }\nvariable "n" { default = null }\n${more}\nresource "terraform_data" "t" {\n  ${repeat}\n}`,
    });
    return origins.hasLiteralKeys(address);
  };

  it.each([
    ['', 'terraform_data.t', true],
    ['count = 2', 'terraform_data.t[1]', true],
    ['count = var.n == null ? 1 : 0', 'terraform_data.t[0]', true],
    ['count = var.n == null ? 0 : 1', 'terraform_data.t[0]', false],
    ['for_each = { a = 1, b = var.s }', 'terraform_data.t["a"]', true],
    ['for_each = toset(["a", "b"])', 'terraform_data.t["b"]', true],
    ['for_each = { a = 1 }', 'terraform_data.t["b"]', false],
    ['for_each = toset(split("", var.s))', 'terraform_data.t["a"]', false],
    ['for_each = nonsensitive(toset(split("", var.s)))', 'terraform_data.t["a"]', false],
    ['for_each = { (var.s) = 1 }', 'terraform_data.t["a"]', false],
    ['for_each = toset(["a", var.s])', 'terraform_data.t["a"]', false],
    ['count = length(var.s)', 'terraform_data.t[3]', false],
    ['count = var.s == "guess" ? 1 : 0', 'terraform_data.t[0]', false],
    ['count = nonsensitive(var.s == "guess") ? 1 : 0', 'terraform_data.t[0]', false],
    ['', 'terraform_data.other', false],
    ['', 'not an address', false],
  ])('%s of %s: %s', async (repeat, address, literal) => {
    expect(await keys(repeat, address)).toBe(literal);
  });

  it('only where every module on the way has literal ones', async () => {
    const call = (repeat: string) =>
      `module "m" {\n  source = "../../modules/m"\n  ${repeat}\n}\nvariable "s" { sensitive = true }`;
    const module = { 'modules/m/main.tf': 'resource "terraform_data" "t" {}' };
    const literal = async (repeat: string, address: string) =>
      (await originsOf({ ...module, 'stacks/mail/main.tf': call(repeat) })).hasLiteralKeys(address);
    expect(await literal('for_each = { a = 1 }', 'module.m["a"].terraform_data.t')).toBe(true);
    expect(await literal('for_each = toset(split("", var.s))', 'module.m["a"].terraform_data.t')).toBe(false);
    expect(await literal('', 'module.m.terraform_data.t')).toBe(true);
  });
});

it('places are the calls that lead to a resource, and its block', async () => {
  const origins = await originsOf(homelab);
  expect(origins.places(deployment).map(lineOf)).toEqual(['stacks/mail/main.tf:2', 'modules/app/main.tf:14']);
});

it('a text is written when it stands in the source whole, and is no secret', async () => {
  const origins = await originsOf({
    ...homelab,
    'modules/s/main.tf': 'variable "pass" { sensitive = true }',
    'stacks/mail/more.tf':
      'variable "v" {\n  sensitive = true\n  default = "hunter2-and-more"\n}\nmodule "s" {\n  source = "../../modules/s"\n  pass = "handed-on-secret"\n}',
  });
  for (const text of ['256Mi', 'deployment', 'kubectl_manifest', 'Etc/UTC', ' memory '])
    expect(origins.isWritten(text)).toBe(true);
  for (const text of ['256M', 'web', 'hunter2-and-more', 'handed-on-secret', 'nothing of the kind'])
    expect(origins.isWritten(text)).toBe(false);
});

describe('a live object is found', () => {
  it('in the stack that makes it, with its fields and what is left alone', async () => {
    const found = findObject(await sourcesOf(homelab), { kind: 'Deployment', namespace: 'mail', name: 'web' });
    expect(found).toMatchObject({ address: deployment, ignored: ['yaml_incluster'] });
    const memory = found?.fields.find(({ field }) => field.endsWith('memory'));
    expect(memory).toMatchObject({ field: 'spec.containers[0].resources.limits.memory', literal: '256Mi' });
    expect(lineOf(memory?.place)).toBe('stacks/mail/main.tf:5');
  });

  it('only by its whole name', async () => {
    const sources = await sourcesOf(homelab);
    for (const wanted of [
      { kind: 'Deployment', namespace: 'other', name: 'web' },
      { kind: 'StatefulSet', namespace: 'mail', name: 'web' },
      { kind: 'Deployment', namespace: 'mail', name: 'we' },
    ])
      expect(findObject(sources, wanted)).toBeUndefined();
  });
});

it('a secret that a data source gives is never literal, whatever it is put through', async () => {
  const wraps: readonly ((inner: string) => string)[] = [
    (inner) => `"\${${inner}}"`,
    (inner) => `nonsensitive(${inner})`,
    (inner) => `[${inner}][0]`,
    (inner) => `{ a = ${inner} }.a`,
    (inner) => `merge({ a = "x" }, { a = ${inner} }).a`,
    (inner) => `true ? ${inner} : "x"`,
    (inner) => `jsondecode(jsonencode({ a = ${inner} })).a`,
    (inner) => `tostring(${inner})`,
    (inner) => `[for x in [${inner}] : x][0]`,
    (inner) => `lookup({ a = ${inner} }, "a", "x")`,
    (inner) => `concat([], [${inner}])[0]`,
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...wraps), { maxLength: 5 }), async (chosen) => {
      const text = chosen.reduce((inner, wrap) => wrap(inner), 'data.vault_kv.s.value');
      const origins = await originsOf({
        'stacks/mail/main.tf': `resource "terraform_data" "t" {\n  input = ${text}\n}`,
      });
      expect(origins.literal('terraform_data.t', ['input'], 'x')).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});
