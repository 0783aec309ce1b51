import { describe, expect, test } from 'vitest';
import type { FieldPath } from './port.ts';
import { prepareEdit } from './prepare.ts';
import { applyDiff, type Files, sourcesOf } from './sources.fixture.ts';

/** What the touched lines look like. */
const object = { kind: 'Deployment', namespace: 'home', name: 'web' };

async function edited(files: Files, path: FieldPath, value: string | number | boolean | undefined): Promise<Files> {
  const outcome = await prepareEdit(await sourcesOf(files), object, [{ path, value }]);
  if (outcome.is === 'refused') throw new Error(`refused as ${outcome.why}`);
  return applyDiff(files, outcome.patch);
}

const manifest = (lines: readonly string[]): string =>
  [
    'resource "kubectl_manifest" "x" {',
    '  yaml_body = yamlencode({',
    '    kind     = "Deployment"',
    '    metadata = { name = "web", namespace = "home" }',
    ...lines,
    '  })',
    '}',
    '',
  ].join('\n');
const file = 'stacks/a/main.tf';

async function lines(
  before: readonly string[],
  path: FieldPath,
  value: string | number | undefined,
): Promise<readonly string[]> {
  const now = await edited({ [file]: manifest(before) }, path, value);
  return now[file]?.split('\n').slice(4, -3) ?? [];
}

describe('a touched line looks as the formatter would leave it', () => {
  test('an item more stands under the others', async () => {
    const before = ['    spec = {', '      replicas = 1', '      paused   = false', '    }'];
    expect(await lines(before, ['spec', 'min'], 3)).toEqual([...before.slice(0, 3), '      min      = 3', '    }']);
  });

  test('within one line it is put behind the last, in an empty one alone', async () => {
    expect(await lines(['    spec = { replicas = 1 }'], ['spec', 'a.b/c'], 'x')).toEqual([
      '    spec = { replicas = 1, "a.b/c" = "x" }',
    ]);
    expect(await lines(['    spec = {}'], ['spec', 'a'], 'x')).toEqual(['    spec = { a = "x" }']);
    expect(await lines(['    spec = {', '      a = 1, }'], ['spec', 'b'], 'x')).toEqual([
      '    spec = {',
      '      a = 1, b = "x", }',
    ]);
  });

  test('one that is gone leaves no empty line', async () => {
    const before = ['    spec = {', '      replicas = 1', '      paused   = false', '    }'];
    expect(await lines(before, ['spec', 'paused'], undefined)).toEqual([...before.slice(0, 2), '    }']);
    expect(await lines(['    spec = { a = 1, b = 2 }'], ['spec', 'a'], undefined)).toEqual(['    spec = { b = 2 }']);
    expect(await lines(['    spec = { a = 1, b = 2 }'], ['spec', 'b'], undefined)).toEqual(['    spec = { a = 1 }']);
    expect(await lines(['    spec = { a = 1 }'], ['spec', 'a'], undefined)).toEqual(['    spec = {}']);
  });

  test('one whose comment would be left behind stays', async () => {
    const before = ['    spec = {', '      replicas = 1 # why', '    }'];
    await expect(lines(before, ['spec', 'replicas'], undefined)).rejects.toThrow('not-proven');
    expect(await lines(before, ['spec', 'replicas'], 2)).toEqual(['    spec = {', '      replicas = 2 # why', '    }']);
  });

  test('an item of a list', async () => {
    const path: FieldPath = ['spec', 'env', { name: 'B' }, 'value'];
    expect(await lines(['    spec = { env = [{ name = "A", value = "1" }] }'], path, 'x')).toEqual([
      '    spec = { env = [{ name = "A", value = "1" }, { name = "B", value = "x" }] }',
    ]);
    const before = ['    spec = {', '      env = [', '        { name = "A", value = "1" },', '      ]', '    }'];
    expect(await lines(before, path, 'x')).toEqual([
      ...before.slice(0, 3),
      '        { name = "B", value = "x" },',
      ...before.slice(3),
    ]);
    expect(await lines(before, ['spec', 'env', { name: 'A' }], undefined)).toEqual([
      ...before.slice(0, 2),
      ...before.slice(3),
    ]);
  });

  test('a piece of a text, and what a piece stands for', async () => {
    const module =
      'variable "tag" {}\nlocals { repo = "r" }\nresource "kubectl_manifest" "x" {\n  yaml_body = yamlencode({ kind = "Deployment", metadata = { name = "web", namespace = "home" }, image = "h/$' +
      '{local.repo}:$' +
      '{var.tag}-x" })\n}\n';
    const files = {
      'modules/m/main.tf': module,
      [file]: 'module "m" {\n  source = "../../modules/m"\n  tag    = "1"\n}\n',
    };
    expect((await edited(files, ['image'], 'h/r:2-x'))[file]).toContain('tag    = "2"');
    expect((await edited(files, ['image'], 'h/s:1-x'))['modules/m/main.tf']).toContain('repo = "s"');
    expect((await edited(files, ['image'], 'i/r:1-x'))['modules/m/main.tf']).toContain(
      '"i/$' + '{local.repo}:$' + '{var.tag}-x"',
    );
    await expect(edited(files, ['image'], 'i/r:2-x')).rejects.toThrow('no-place');
  });

  test('an argument more of the one call, under its others', async () => {
    const module =
      'variable "n" { default = 1 }\nvariable "name" {}\nresource "kubectl_manifest" "x" {\n  yaml_body = yamlencode({ kind = "Deployment", metadata = { name = var.name, namespace = "home" }, n = var.n })\n}\n';
    const files = {
      'modules/m/main.tf': module,
      [file]:
        'module "m" {\n  source = "../../modules/m"\n  name   = "web"\n}\nmodule "o" {\n  source = "../../modules/m"\n  name   = "api"\n}\n',
    };
    expect((await edited(files, ['n'], 2))[file]).toBe(files[file].replace('"web"\n', '"web"\n  n      = 2\n'));
  });

  test('a value keeps its type', async () => {
    expect(await lines(['    spec = { n = "1" }'], ['spec', 'n'], 2)).toEqual(['    spec = { n = "2" }']);
    expect(await lines(['    spec = { n = 1 }'], ['spec', 'n'], '2')).toEqual(['    spec = { n = 2 }']);
    await expect(lines(['    spec = { n = 1 }'], ['spec', 'n'], 'http')).rejects.toThrow('no-place');
  });
});

test('blocks of the kubernetes provider', async () => {
  const source = [
    'resource "kubernetes_deployment" "web" {',
    '  metadata {',
    '    name      = "web"',
    '    namespace = "home"',
    '    labels    = { app = "web" }',
    '  }',
    '  spec {',
    '    replicas = 2',
    '    template {',
    '      spec {',
    '        container {',
    '          name  = "web"',
    '          image = "r/web:1"',
    '          env {',
    '            name  = "A"',
    '            value = "1"',
    '          }',
    '        }',
    '      }',
    '    }',
    '  }',
    '}',
    '',
  ].join('\n');
  const files = { [file]: source };
  const container: FieldPath = ['spec', 'template', 'spec', 'containers', { only: true }];
  expect((await edited(files, ['spec', 'replicas'], 3))[file]).toContain('    replicas = 3\n');
  expect((await edited(files, [...container, 'image'], 'r/web:2'))[file]).toContain('image = "r/web:2"');
  expect((await edited(files, ['metadata', 'labels', 'tier'], 'x'))[file]).toContain('{ app = "web", tier = "x" }');
  expect((await edited(files, ['metadata', 'annotations', 'a'], 'x'))[file]).toContain(
    '    annotations = { a = "x" }\n',
  );
  expect((await edited(files, ['spec', 'minReadySeconds'], 3))[file]).toContain('    min_ready_seconds = 3\n');
  expect((await edited(files, [...container, 'env', { name: 'A' }, 'value'], '2'))[file]).toContain('value = "2"');
  expect((await edited(files, [...container, 'env', { name: 'A' }], undefined))[file]).not.toContain('env {');
  expect((await edited(files, [...container, 'env', { name: 'B' }, 'value'], '2'))[file]).toContain(
    '          }\n          env {\n            name  = "B"\n            value = "2"\n          }\n        }\n',
  );
});

test('lines that end in CR LF, a file without a last newline', async () => {
  const source = manifest(['    spec = {', '      replicas = 1', '    }']).replaceAll('\n', '\r\n').trimEnd();
  const now = await edited({ [file]: source }, ['spec', 'replicas'], 2);
  expect(now[file]).toBe(source.replace('= 1', '= 2'));
  const more = await edited({ [file]: source }, ['spec', 'paused'], true);
  expect(more[file]).toBe(source.replace('= 1\r\n', '= 1\r\n      paused   = true\r\n'));
});

test('only: one container, and no other beside it', async () => {
  const path: FieldPath = ['spec', 'containers', { only: true }, 'image'];
  const one = '{ name = "a", image = "a:1" }';
  expect(await lines([`    spec = { containers = [${one}] }`], path, 'a:2')).toEqual([
    '    spec = { containers = [{ name = "a", image = "a:2" }] }',
  ]);
  await expect(
    lines([`    spec = { containers = [${one}, { name = "b", image = "b:1" }] }`], path, 'a:2'),
  ).rejects.toThrow('no-place');
  await expect(lines([`    spec = { initContainers = [${one}], containers = [${one}] }`], path, 'a:2')).rejects.toThrow(
    'no-place',
  );
});
