import { describe, expect, it } from 'vitest';
import { declaredOf, fieldsOf, sourcesOf } from './declared.fixture.ts';
import { findObject } from './find-object.ts';
import { createOrigins } from './origins.ts';
import { at, scalarOf } from './symbol.ts';

/** Sources that were made to have an edit put where it does harm, or to be too much for whoever reads them. */
const release = (body: string): string => `resource "helm_release" "a" {\nname = "a"\nchart = "a"\n${body}\n}\n`;
const heredoc = (lines: readonly string[]): string => `<<-EOT\n${lines.map((line) => `  ${line}\n`).join('')}  EOT\n`;
const manifest = (lines: readonly string[]): string =>
  `resource "kubectl_manifest" "a" {\nyaml_body = ${heredoc(['kind: ConfigMap', 'metadata:', '  name: a', ...lines])}\n}\n`;

async function only(source: string | Readonly<Record<string, string>>) {
  const [one, ...more] = await declaredOf(source);
  if (one === undefined || more.length > 0) throw new Error('there is not one object');
  return one;
}

describe('a value that a document repeats by itself', () => {
  const lines = [
    'data:',
    '  a: &shared plain',
    '  b: *shared',
    '  c: plain',
    '  d: &map',
    '    e: 1',
    '  f:',
    '    <<: *map',
    '    g: 2',
  ];

  it('is computed where it is written and where it is repeated: an edit of one would be one of the other', async () => {
    const told = {
      'data.a': '?',
      'data.b': '?',
      'data.c': 'plain',
      'data.d': '?',
      'data.f': '?',
    };
    const { kind, 'metadata.name': name, ...fields } = fieldsOf(await only(manifest(lines)));
    expect([kind, name, fields]).toEqual(['ConfigMap', 'a', told]);
    expect(fieldsOf(await only(release(`values = [${heredoc(lines)}]`)))).toEqual(told);
    const local = `locals {\ntext = yamldecode(${heredoc(lines)})\n}\n${release('values = [yamlencode(local.text)]')}`;
    expect(fieldsOf(await only(local))).toEqual(told);
  });

  it('still is what a plan is compared with', async () => {
    const origins = createOrigins(await sourcesOf({ 'stacks/app/main.tf': manifest(lines) }));
    expect(origins.literal('kubectl_manifest.a', ['yaml_body', 'data', 'a'], 'plain')).toBeDefined();
    expect(origins.literal('kubectl_manifest.a', ['yaml_body', 'data', 'b'], 'plain')).toBeUndefined();
  });

  it('is never repeated here, however often it is there', async () => {
    const levels = Array.from({ length: 40 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`);
    const fields = fieldsOf(await only(release(`values = [${heredoc(['a0: &a0 [1, 1]', ...levels, 'z: 1'])}]`)));
    expect(Object.keys(fields)).toHaveLength(42);
    expect(fields).toMatchObject({ z: 1, a0: '?', a40: '?' });
  });
});

it('names of what an object of ours has are keys like any other', async () => {
  const set = (name: string): string => `set {\nname = "${name}"\nvalue = "x"\n}\n`;
  const names = ['__proto__.polluted', 'constructor.prototype.polluted', 'a[0].__proto__', 'toString'];
  const { body } = await only(release(names.map(set).join('')));
  expect(scalarOf(at(body, ['__proto__', 'polluted']))).toBe('x');
  expect(scalarOf(at(body, ['constructor', 'prototype', 'polluted']))).toBe('x');
  expect(scalarOf(at(body, ['a', 0, '__proto__']))).toBe('x');
  expect('polluted' in {}).toBe(false);
  expect(at(body, ['hasOwnProperty'])).toBeUndefined();
  const typed =
    'resource "kubernetes_deployment" "a" {\nmetadata {\nname = "a"\n}\nconstructor {}\n__proto__ = "x"\ntoString = "y"\n}\n';
  const { 'metadata.name': name, ...fields } = fieldsOf(await only(typed));
  expect([name, Object.values(fields)]).toEqual(['a', Object.values(fields).map(() => '?')]);
});

describe('a great many', () => {
  const each = (all: readonly string[]): string => `{ ${all.map((key) => `${key} = "x"`).join(', ')} }`;

  it.each([
    [
      'in a list',
      (all: readonly string[]) => `set = [for key, value in ${each(all)} : { name = "a.\${key}", value = value }]`,
    ],
    [
      'in blocks',
      (all: readonly string[]) =>
        `dynamic "set" {\nfor_each = ${each(all)}\ncontent {\nname = "a.\${set.key}"\nvalue = set.value\n}\n}`,
    ],
  ])('names that are set %s are each told', async (_, written) => {
    const { body } = await only(release(written(Array.from({ length: 10_000 }, (_key, index) => `k${index}`))));
    const values = at(body, ['a']);
    expect(values?.is === 'object' ? values.entries.size : 0).toBe(10_000);
    expect(scalarOf(at(body, ['a', 'k9999']))).toBe('x');
  });

  it('items of a list are not made up', async () => {
    const sets = (index: number): string => `set {\nname = "a[${index}]"\nvalue = "x"\n}\n`;
    expect(scalarOf(at((await only(release(sets(1_000)))).body, ['a', 1_000]))).toBe('x');
    expect(fieldsOf(await only(release(sets(65_536))))).toEqual({ '': '?' });
  });

  it('blocks that dynamic ones would make are computed', async () => {
    const many = `[${Array.from({ length: 1_000 }, (_, index) => index).join(', ')}]`;
    const nested = `dynamic "container" {\nfor_each = local.all\ncontent {\ndynamic "env" {\nfor_each = local.all\ncontent {\nvalue_from {\ndynamic "field_ref" {\nfor_each = local.all\ncontent {}\n}\n}\n}\n}\n}\n}`;
    const source = `locals {\nall = ${many}\n}\nresource "kubernetes_deployment" "a" {\nmetadata {\nname = "a"\n}\nspec {\ntemplate {\nspec {\n${nested}\n}\n}\n}\n}\n`;
    const { body } = await only(source);
    expect(at(body, ['spec', 'template', 'spec', 'containers'])?.is).toBe('computed');
  });

  it('ways to the same part do not make it many parts', async () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `a${level + 1} = { x = local.a${level}, y = local.a${level} }`,
    );
    const locals = `locals {\na0 = { z = 1 }\n${levels.join('\n')}\n}\n`;
    const object = '{ kind = "ConfigMap", metadata = { name = "a" }, data = local.a40 }';
    const sources = await sourcesOf({
      'stacks/app/main.tf': `${locals}resource "kubectl_manifest" "a" {\nyaml_body = yamlencode(${object})\n}\n`,
    });
    const found = findObject(sources, { kind: 'ConfigMap', namespace: undefined, name: 'a' });
    expect(found?.fields).toHaveLength(10_000);
    const merged = await only(`${locals}${release('values = [yamlencode(local.a40), yamlencode(local.a40)]')}`);
    expect(at(merged.body, ['x', 'x'])).toBeDefined();
    const opened = await only(`${locals}${release('values = [file("x"), yamlencode(local.a40)]')}`);
    expect(at(opened.body, ['x', 'other'])?.is).toBe('computed');
  });
});

describe('what is nested deeper than anything that is meant', () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

  it.each([300, 5_000, 50_000])('by %i levels is computed, in a document and in a file', async (levels) => {
    const lines = ['a: 1', `b: ${deep(levels)}`];
    const told = async (source: string | Readonly<Record<string, string>>) => {
      const fields = fieldsOf(await only(source));
      return Object.values(fields).filter((value) => value !== '?');
    };
    expect(await told(release(`values = [${heredoc(lines)}]`))).toEqual(levels === 300 ? [1] : []);
    const file = release(`values = [file("\${path.module}/v.yaml")]`);
    expect(await told({ 'stacks/app/main.tf': file, 'stacks/app/v.yaml': lines.join('\n') })).toEqual(
      levels === 300 ? [1] : [],
    );
  });

  it('is no name either', async () => {
    const { body } = await only(release(`set {\nname = "${'a.'.repeat(10_000)}a"\nvalue = "x"\n}\n`));
    expect(body.is).toBe('computed');
  });
});

it('a list that one computed block is in has no item of a known place', async () => {
  const source = `resource "kubernetes_deployment" "a" {
  metadata {
    name = "a"
  }
  spec {
    template {
      spec {
        dynamic "container" {
          for_each = var.sidecars
          content {
            name = "x"
          }
        }
        container {
          name  = "web"
          image = "plain:1"
        }
      }
    }
  }
}
`;
  const { body } = await only(source);
  expect(at(body, ['spec', 'template', 'spec', 'containers'])?.is).toBe('computed');
  expect(at(body, ['spec', 'template', 'spec', 'containers', 0])).toBeUndefined();
});
