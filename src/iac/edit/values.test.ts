import { describe, expect, test } from 'vitest';
import type { FieldPath } from './port.ts';
import { prepareEdit } from './prepare.ts';
import { addedLines, applyDiff, type Files, sourcesOf } from './sources.fixture.ts';

/** Values of a release, wherever they are written. */
const object = { kind: 'HelmRelease', namespace: 'mail', name: 'mail' };

async function ask(files: Files, path: FieldPath, value: string | number | boolean | undefined) {
  const outcome = await prepareEdit(await sourcesOf(files), object, [{ path, value }]);
  if (outcome.is === 'refused') return outcome.why;
  applyDiff(files, outcome.patch);
  return addedLines(outcome.patch);
}

const release = (body: string, name = 'mail'): string =>
  `resource "helm_release" "${name}" {\n  name      = "${name}"\n  namespace = "mail"\n  chart     = "oci://charts.example.net/${name}"\n${body}}\n`;
const own = (body: string, more = ''): Files => ({ 'stacks/a/main.tf': `${release(body)}${more}` });
const values = `values = [file("$\{path.module}/values.yaml")]\n`;
const withFile = (yaml: string, more = '', others: Files = {}): Files => ({
  ...own(`  ${values}`, more),
  'stacks/a/values.yaml': yaml,
  ...others,
});

describe('in HCL', () => {
  const set = 'set {\n    name  = "image.tag"\n    value = "1.0"\n  }\n';
  test.each<[string, string, FieldPath, string | number | boolean | undefined, string | readonly string[]]>([
    [
      'yamlencode',
      '  values = [yamlencode({ a = { b = 1 } })]\n',
      ['a', 'b'],
      2,
      ['values = [yamlencode({ a = { b = 2 } })]'],
    ],
    [
      'a key more of it',
      '  values = [yamlencode({ a = { b = 1 } })]\n',
      ['a', 'c'],
      'x',
      ['values = [yamlencode({ a = { b = 1, c = "x" } })]'],
    ],
    [
      'a key less of it',
      '  values = [yamlencode({ a = 1, b = 2 })]\n',
      ['a'],
      undefined,
      ['values = [yamlencode({ b = 2 })]'],
    ],
    ['a heredoc', '  values = [<<-EOT\n    a:\n      b: 1\n  EOT\n  ]\n', ['a', 'b'], 2, ['b: 2']],
    ['a heredoc in which a word is none', '  values = [<<-EOT\n    a: text\n  EOT\n  ]\n', ['a'], 'yes', ['a: "yes"']],
    [
      'a heredoc in which a number is none',
      '  values = [<<-EOT\n    a: text\n  EOT\n  ]\n',
      ['a'],
      '012',
      ['a: "012"'],
    ],
    [
      'a heredoc that is read in two ways',
      '  values = [<<-EOT\n    a: yes\n    b: 1\n  EOT\n  ]\n',
      ['a'],
      'no',
      'no-place',
    ],
    [
      'a heredoc that another lies over',
      '  values = [<<-EOT\n    a: 1\n    b: 1\n  EOT\n  , yamlencode({ a = 5 })]\n',
      ['a'],
      2,
      [', yamlencode({ a = 2 })]'],
    ],
    ['a key more of a heredoc', '  values = [<<-EOT\n    a: 1\n  EOT\n  ]\n', ['b'], 2, 'no-place'],
    ['a block', `  ${set}`, ['image', 'tag'], '1.1', ['value = "1.1"']],
    [
      'a block over a document',
      `  values = [yamlencode({ image = { tag = "0.9" } })]\n  ${set}`,
      ['image', 'tag'],
      '1.1',
      ['value = "1.1"'],
    ],
    ['an item of a list', '  set = [{ name = "n", value = "4" }]\n', ['n'], 8, ['set = [{ name = "n", value = "8" }]']],
    [
      'an item of a list that comes again',
      '  set = [{ name = "n", value = "4" }, { name = "n", value = "5" }]\n',
      ['n'],
      8,
      ['set = [{ name = "n", value = "4" }, { name = "n", value = "8" }]'],
    ],
    [
      'blocks for one name, of which it is not known which one is left',
      `  ${set}  ${set}`,
      ['image', 'tag'],
      '1.1',
      'computed',
    ],
    ['a sensitive one', '  set_sensitive {\n    name  = "p"\n    value = "x"\n  }\n', ['p'], 'y', 'computed'],
    [
      'what the last release may have',
      '  reuse_values = true\n  values = [yamlencode({ a = 1 })]\n',
      ['b'],
      1,
      'computed',
    ],
    [
      'values that are ignored',
      '  values = [yamlencode({ a = 1 })]\n  lifecycle {\n    ignore_changes = [values]\n  }\n',
      ['a'],
      2,
      'ignored',
    ],
  ])('%s', async (_, body, path, value, told) => {
    expect(await ask(own(body), path, value)).toEqual(told);
  });

  test('an argument of the module that makes it', async () => {
    const files = {
      'modules/m/main.tf': `variable "n" { default = 1 }\nvariable "name" {}\n${release('  values = [yamlencode({ n = var.n })]\n').replaceAll('= "mail"\n  namespace', '= var.name\n  namespace')}`,
      'stacks/a/main.tf':
        'module "m" {\n  source = "../../modules/m"\n  name   = "mail"\n}\nmodule "o" {\n  source = "../../modules/m"\n  name   = "other"\n}\n',
    };
    expect(await ask(files, ['n'], 2)).toEqual(['n      = 2']);
  });
});

describe('in a file', () => {
  const yaml =
    '# What mail is given.\na: 1 # why\nname: "x"\nplain: text\nsize: 10Gi\non: yes\nb:\n  c: 1.9\n  d: [1, two]\n  e: { f: g }\n';

  test.each<[FieldPath, string | number | boolean, string | readonly string[]]>([
    [['a'], 2, ['a: 2 # why']],
    [['a'], '2', ['a: 2 # why']],
    [['a'], 'http', 'no-place'],
    [['name'], 'y', ['name: "y"']],
    [['plain'], 'other', ['plain: other']],
    [['plain'], 'yes', ['plain: "yes"']],
    [['plain'], 'on', ['plain: "on"']],
    [['plain'], '012', ['plain: "012"']],
    [['plain'], '1.10', ['plain: "1.10"']],
    [['plain'], '1_000', ['plain: "1_000"']],
    [['plain'], '0B11', ['plain: "0B11"']],
    [['plain'], '1.2.3', ['plain: 1.2.3']],
    [['plain'], 'null', ['plain: "null"']],
    [['plain'], 'a: b', ['plain: "a: b"']],
    [['plain'], 'a # b', ['plain: "a # b"']],
    [['plain'], 'a\nb', ['plain: "a\\nb"']],
    [['plain'], '\u202e', ['plain: "\\u202e"']],
    [['plain'], 3, ['plain: "3"']],
    [['size'], '20Gi', ['size: 20Gi']],
    [['b', 'c'], '1.10', ['c: "1.10"']],
    [['b', 'd', 0], 5, ['d: [5, two]']],
    [['b', 'd', 1], 'a, b', ['d: [1, "a, b"]']],
    [['b', 'e', 'f'], 'h', ['e: { f: h }']],
    [['plain'], 'text', 'same'],
  ])('%j %j', async (path, value, told) => {
    expect(await ask(withFile(yaml), path, value)).toEqual(told);
  });

  test('what Helm reads otherwise than others is not touched', async () => {
    expect(await ask(withFile('a: yes\nb: 012\nc: 12:30\n'), ['a'], 'no')).toBe('no-place');
    expect(await ask(withFile('a: yes\nb: 012\nc: 12:30\n'), ['b'], 13)).toBe('no-place');
    expect(await ask(withFile('a: yes\nb: 012\nc: 12:30\n'), ['c'], 'x')).toBe('no-place');
    expect(await ask(withFile('a: 0O17\n'), ['a'], 'x')).toBe('no-place');
  });

  test.each([
    ['an anchor', 'a: &a 1\nb: *a\n'],
    ['a text of several lines', 'a: |\n  x\nb: 1\n'],
    ['one that is folded', 'a: x\n  y\nb: 1\n'],
    ['a second document', 'a: 1\n---\na: 2\n'],
    ['a tag', 'a: !x 1\n'],
    ['an encrypted file', 'a: ENC[AES256_GCM,data:x]\nsops: {}\n'],
  ])('%s is not edited', async (_, text) => {
    expect(await ask(withFile(text), ['a'], 'other')).toMatch(/^(no-place|computed|not-proven)$/);
  });

  test.each<[string, string, FieldPath, string | number, string | readonly string[]]>([
    ['at the end', 'a: 1\n', ['b'], 2, ['b: 2']],
    ['within', 'a:\n  b: 1\n  c:\n    - 1\nd: 2\n', ['a', 'x'], 'yes', ['x: "yes"']],
    ['with what leads to it', 'a: 1\n', ['b', 'c', 'd'], '1.10', ['b:', 'c:', 'd: "1.10"']],
    ['whose key is no plain one', 'a: 1\n', ['on'], 2, ['"on": 2']],
    ['in a map within a line', 'a: { b: 1 }\n', ['a', 'c'], 2, 'no-place'],
    ['in an empty map', 'a: {}\n', ['a', 'c'], 2, 'no-place'],
    ['in an item of a list', 'a:\n  - b: 1\n', ['a', 0, 'c'], 2, 'no-place'],
    ['behind a comment', 'a: 1 # why\n', ['b'], 2, 'no-place'],
    ['before a comment', 'a: 1\n# b is not set\n', ['b'], 2, 'no-place'],
    ['behind a text of several lines', 'a: |\n  x\n', ['b'], 2, 'no-place'],
    ['behind what is made of lines', 'a: [1,\n  2]\n', ['b'], 2, 'no-place'],
    ['in a file with an anchor', 'z: &z {}\na: 1\n', ['b'], 2, 'no-place'],
    ['in a file without a last newline', 'a: 1', ['b'], 2, 'no-place'],
    ['in a file with CR LF', 'a: 1\r\n', ['b'], 2, 'no-place'],
  ])('a key more %s', async (_, text, path, value, told) => {
    expect(await ask(withFile(text), path, value)).toEqual(told);
  });

  test('a key less is for a human', async () => {
    expect(await ask(withFile('a: 1\nb: 2\n'), ['a'], undefined)).toBe('no-place');
  });
});

describe('a file that is read elsewhere too', () => {
  const hash = (name: string): string =>
    `resource "null_resource" "x" {\n  triggers = { h = filesha256("${name}") }\n}\n`;
  const here = '$' + '{path.module}';
  const twice = (by: string, name: string): Files => ({
    'stacks/a/main.tf': release(`  ${by}\n  ${values}`).replace('"mail"\n  namespace', `${name}\n  namespace`),
    'stacks/a/values.yaml': 'a: 1\n',
  });
  const called = (given: string): Files => ({
    'modules/m/main.tf': `variable "name" {}\nvariable "more" { default = "{}" }\n${release(`  ${values.replace(')]', '), var.more]')}`).replace('"mail"\n  namespace', 'var.name\n  namespace')}`,
    'modules/m/values.yaml': 'a: 1\n',
    'stacks/a/main.tf': `module "m" {\n  source = "../../modules/m"\n  name = "mail"\n  more = ""\n}\nmodule "n" {\n  source = "../../modules/m"\n  ${given}\n}\n`,
  });
  test.each<[string, Files]>([
    ['by another resource', withFile('a: 1\n', hash(`${here}/values.yaml`))],
    ['by a name that is computed', withFile('a: 1\n', hash('${data.x.y}'))],
    ['by the end of a name', withFile('a: 1\n', hash(`${here}/\${data.x.y}ues.yaml`))],
    ['by a pattern', withFile('a: 1\n', `data "kubectl_path_documents" "x" {\n  pattern = "${here}/*.yaml"\n}\n`)],
    ['by fileset', withFile('a: 1\n', `locals { f = fileset("${here}/x", "*") }\n`)],
    ['with its folder', withFile('a: 1\n', 'data "archive_file" "x" {\n  source_dir = path.module\n}\n')],
    [
      'with its folder, within quotes',
      withFile('a: 1\n', `data "archive_file" "x" {\n  source_dir = "${here}/../a"\n}\n`),
    ],
    ['by another release', withFile('a: 1\n', release(`  ${values}`, 'other'))],
    [
      'by another stack',
      withFile('a: 1\n', '', {
        'stacks/b/main.tf': release(`  ${values.replace('/values', '/../a/values')}`, 'other'),
      }),
    ],
    [
      'by something else of another stack',
      withFile('a: 1\n', '', { 'stacks/b/main.tf': hash(`${here}/../a/values.yaml`) }),
    ],
    ['by a release of each key', { ...twice('for_each = { mail = 1, other = 2 }', 'each.key') }],
    ['by a release of keys that are computed', { ...twice('for_each = toset(data.x.y)', '"mail"') }],
    ['by a release whose name is computed', { ...called('name = data.x.y') }],
    ['by a release nobody knows how often', { ...called('for_each = data.x.y\n  name = each.key') }],
    ['by a release whose values are computed', { ...called('name = "other"\n  more = data.x.y') }],
    ['by a name that has its text elsewhere', withFile('a: 1\n', 'locals { l = "values.yaml" }\n')],
    ['by the folder of the stack', withFile('a: 1\n', `${hash(`$` + `{path.root}/values.yaml`)}`)],
    [
      'by a name from the folder of another stack',
      withFile('a: 1\n', '', { 'stacks/b/main.tf': hash('$' + '{path.root}/../a/values.yaml') }),
    ],
    [
      'by a name that another stack has',
      withFile('a: 1\n', '', { 'stacks/b/main.tf': 'locals { f = "../a/values.yaml" }\n' }),
    ],
    [
      'by a local of another stack',
      withFile('a: 1\n', '', { 'stacks/b/main.tf': `locals { f = file("${here}/../a/values.yaml") }\n` }),
    ],
    [
      'by releases of one more call whose keys are computed',
      {
        'modules/m/main.tf': `variable "keys" {}\n${release(`  for_each = var.keys\n  ${values}`).replace('"mail"\n  namespace', 'each.key\n  namespace')}`,
        'modules/m/values.yaml': 'a: 1\n',
        'stacks/a/main.tf': ['{ mail = 1 }', 'data.x.y']
          .map((keys, index) => `module "m${index}" {\n  source = "../../modules/m"\n  keys = ${keys}\n}\n`)
          .join(''),
      },
    ],
    [
      'by a module of two stacks',
      {
        'modules/m/main.tf': `variable "name" {}\n${release(`  ${values}`).replace('name      = "mail"', 'name      = var.name')}`,
        'modules/m/values.yaml': 'a: 1\n',
        'stacks/a/main.tf': 'module "m" {\n  source = "../../modules/m"\n  name = "mail"\n}\n',
        'stacks/b/main.tf': 'module "m" {\n  source = "../../modules/m"\n  name = "other"\n}\n',
      },
    ],
  ])('%s', async (_, files) => {
    expect(await ask(files, ['a'], 2)).toMatch(/^(shared|not-proven|computed|no-owner)$/);
  });

  test('a stack that has one of the same name is another’s', async () => {
    const files = withFile('a: 1\n', '', {
      'stacks/b/main.tf': release(`  ${values}`, 'other'),
      'stacks/b/values.yaml': 'a: 1\n',
    });
    expect(await ask(files, ['a'], 2)).toEqual(['a: 2']);
  });

  test('one of a module that only one stack calls is edited there', async () => {
    const files = {
      'modules/m/main.tf': release(`  ${values}`),
      'modules/m/values.yaml': 'a: 1\n',
      'stacks/a/main.tf': 'module "m" {\n  source = "../../modules/m"\n}\n',
      'stacks/b/main.tf': 'resource "null_resource" "x" {}\n',
    };
    expect(await ask(files, ['a'], 2)).toEqual(['a: 2']);
  });

  test('a stack that cannot be read may read it', async () => {
    const sources = await sourcesOf({ ...withFile('a: 1\n') });
    const unread = { stack: 'stacks/b', files: [], given: new Set<string>() };
    const stacks = new Map([...sources.stacks, ['stacks/b', unread]]);
    // Its own folder is no other's to read from, as far as modules go; a file is.
    const outcome = await prepareEdit({ ...sources, stacks }, object, [{ path: ['a'], value: 2 }]);
    expect(outcome).toMatchObject({ why: 'not-proven' });
  });
});
