import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declaredOf, fieldsOf, placesOf } from '../declared.fixture.ts';
import { at, scalarOf } from '../symbol.ts';

const release = (body: string): string => `resource "helm_release" "a" {\n  name = "a"\n  chart = "a"\n${body}\n}\n`;

async function releaseOf(body: string, more = '') {
  const [one] = await declaredOf(release(body) + more);
  if (one === undefined) throw new Error('there is no release');
  return one;
}

const valuesOf = async (body: string, more?: string) => fieldsOf(await releaseOf(body, more));
const document = (...lines: readonly string[]): string =>
  `<<-EOT\n${lines.map((line) => `      ${line}\n`).join('')}    EOT\n`;
const set = (name: string, value: string, type = ''): string =>
  `set {\n name = "${name}"\n value = ${value}\n${type === '' ? '' : ` type = "${type}"\n`}}\n`;
/** The provider’s third version has a list where it had blocks. */
const listed = (...entries: readonly (readonly [string, string])[]): string =>
  `set = [${entries.map(([name, value]) => `{ name = "${name}", value = ${value} }`).join(', ')}]\n`;
const inModule = (path: string): string => `file("\${path.module}/${path}")`;
const fromFile = (path: string): string => release(`values = [${inModule(path)}]`);
const secret = 'data.vault_kv.s.value';

describe('documents of values', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['none are no values', '', {}],
    ['null is none', 'values = null', {}],
    [
      'one of yamlencode',
      'values = [yamlencode({ a = 1, b = { c = [true, "x"] } })]',
      { a: 1, 'b.c[0]': true, 'b.c[1]': 'x' },
    ],
    ['one of jsonencode', 'values = [jsonencode({ a = 1 })]', { a: 1 }],
    ['one in a heredoc', `values = [${document('a: 1', 'b:', '  c: x')}]`, { a: 1, 'b.c': 'x' }],
    ['empty ones do not count', 'values = ["", null, yamlencode({ a = 1 })]', { a: 1 }],
    [
      'the later one wins key by key',
      `values = [yamlencode({ a = { b = 1, c = 2 }, d = 3 }), ${document('a:', '  c: 5', 'e: 6')}]`,
      { 'a.b': 1, 'a.c': 5, d: 3, e: 6 },
    ],
    ['a list is replaced whole', 'values = [yamlencode({ a = [1, 2] }), yamlencode({ a = [3] })]', { 'a[0]': 3 }],
    ['an object by a scalar, too', 'values = [yamlencode({ a = { b = 1 } }), yamlencode({ a = 2 })]', { a: 2 }],
    ['and a scalar by an object', 'values = [yamlencode({ a = 2 }), yamlencode({ a = { b = 1 } })]', { 'a.b': 1 }],
    ['null is told', 'values = [yamlencode({ a = 2 }), yamlencode({ a = null })]', { a: null }],
  ])('%s', async (_, body, fields) => {
    expect(await valuesOf(body)).toEqual(fields);
  });

  it.each([
    ['a template', 'templatefile("values.yaml", {})'],
    ['a file without its text', 'file("values.yaml")'],
    ['a variable that is sensitive', 'var.secret'],
    ['a text of one line', '"a: 5"'],
    ['a heredoc that is no object', document('- a', '- b')],
    ['a heredoc that is no YAML', document('a: [', 'b')],
    ['YAML with a key twice', document('a: 1', 'a: 2')],
  ])('%s may have any key, so all are computed but those that are given later', async (_, unknown) => {
    const more = 'variable "secret" {\n  sensitive = true\n  default = "a: 1"\n}\n';
    const after = await releaseOf(`values = [yamlencode({ a = 1 }), ${unknown}]`, more);
    expect(scalarOf(at(after.body, ['a']))).toBeUndefined();
    const before = await releaseOf(`values = [${unknown}, yamlencode({ a = { b = 1 } })]\n${set('c.d', '2')}`, more);
    expect(scalarOf(at(before.body, ['a', 'b']))).toBe(1);
    expect(scalarOf(at(before.body, ['c', 'd']))).toBe(2);
    // Whatever else there is: it is not absent.
    for (const path of [['a', 'x'], ['c', 'x'], ['x'], ['x', 'y']]) {
      expect(at(before.body, path.slice(0, 1)), path.join('.')).toBeDefined();
      expect(scalarOf(at(before.body, path)), path.join('.')).toBeUndefined();
    }
    expect(at(before.body, ['a', 'x'])?.is).toBe('computed');
    expect(at(before.body, ['x'])?.is).toBe('computed');
    expect(fieldsOf(before)).toMatchObject({ '': '?', a: '?', 'a.b': 1, c: '?', 'c.d': 2 });
  });

  it('are computed where it is not known how many there are', async () => {
    expect(await valuesOf(`values = ${secret}`)).toEqual({ '': '?' });
    expect(await valuesOf('values = var.none')).toEqual({ '': '?' });
  });

  it('lie over those of the last release where these are kept', async () => {
    const body = 'values = [yamlencode({ a = 1 })]\n';
    expect(await valuesOf(`${body}reuse_values = true`)).toEqual({ '': '?', a: 1 });
    expect(await valuesOf(`${body}reuse_values = ${secret}`)).toEqual({ '': '?', a: 1 });
    expect(await valuesOf(`${body}reuse_values = false`)).toEqual({ a: 1 });
  });
});

describe('what is set by name', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['in blocks', set('a.b', '"x"'), { 'a.b': 'x' }],
    ['in a list', listed(['a.b', '"x"'], ['a.c', '"y"']), { 'a.b': 'x', 'a.c': 'y' }],
    [
      'over the documents',
      `values = [yamlencode({ a = { b = 1, c = 2 } })]\n${set('a.b', '"x"')}`,
      { 'a.b': 'x', 'a.c': 2 },
    ],
    ['with a dot in a key', set('a.b\\\\.c', '"x"'), { 'a.b.c': 'x' }],
    [
      'in an item of a list',
      `values = [yamlencode({ a = [{ b = 1 }, { b = 2 }] })]\n${set('a[1].b', '"x"')}`,
      { 'a[0].b': 1, 'a[1].b': 'x' },
    ],
    ['in an item that is not there yet', set('a[1]', '"x"'), { 'a[0]': '?', 'a[1]': 'x' }],
    ['over null', `values = [yamlencode({ a = null })]\n${set('a.b', '"x"')}`, { 'a.b': 'x' }],
    [
      'as what it looks like',
      [
        set('a', '"3"'),
        set('b', '"TRUE"'),
        set('c', '"null"'),
        set('d', '"007"'),
        set('e', '"1.5"'),
        set('f', '0'),
        set('g', '""'),
        set('h', 'false'),
      ].join(''),
      { a: 3, b: true, c: null, d: '007', e: '1.5', f: 0, g: '', h: false },
    ],
    ['as a text, where that is said', set('a', '"3"', 'string') + set('b', '"true"', 'string'), { a: '3', b: 'true' }],
    ['as what it looks like, where that is said', set('a', '"3"', 'auto'), { a: 3 }],
    ['later ones of a list over earlier ones', listed(['a', '"1"'], ['a', '"2"']), { a: 2 }],
    [
      'by a dynamic block',
      'dynamic "set" {\n for_each = { "a.b" = "1", c = "x" }\n content {\n name = set.key\n value = set.value\n }\n}',
      { 'a.b': 1, c: 'x' },
    ],
  ])('%s', async (_, body, fields) => {
    expect(await valuesOf(body)).toEqual(fields);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['a sensitive one', 'set_sensitive {\n name = "a.b"\n value = "plain"\n}', { 'a.b': '?' }],
    ['a sensitive one in a list', 'set_sensitive = [{ name = "a.b", value = "plain" }]', { 'a.b': '?' }],
    ['one that is only written', 'set_wo = [{ name = "a.b", value = "plain" }]', { 'a.b': '?' }],
    ['a list', 'set_list {\n name = "a.b"\n value = ["x"]\n}', { 'a.b': '?' }],
    ['a value that is computed', set('a.b', secret), { 'a.b': '?' }],
    ['a list in braces', set('a.b', '"{x,y}"'), { 'a.b': '?' }],
    ['a comma that is escaped', set('a.b', '"x\\\\,y"'), { 'a.b': '?' }],
    ['a number that is too large', set('a.b', '"99999999999999999999"'), { 'a.b': '?' }],
    ['a type that is computed', `set {\n name = "a.b"\n value = "x"\n type = ${secret}\n}`, { 'a.b': '?' }],
    ['a literal', set('a', '"{x: 1}"', 'literal'), { a: '?' }],
    ['what goes into a text', `values = [yamlencode({ a = "x" })]\n${set('a.b', '"y"')}`, { a: '?' }],
    ['what goes into a list by a name', `values = [yamlencode({ a = ["x"] })]\n${set('a.b', '"y"')}`, { a: '?' }],
    [
      'what goes into an object by an index',
      `values = [yamlencode({ a = { b = 1 } })]\n${set('a[0]', '"y"')}`,
      { a: '?' },
    ],
    // Blocks are a set: which of two is the later one is not decided by the source.
    ['two blocks of one name', set('a', '"1"') + set('a', '"2"'), { a: '?' }],
    ['a block within another’s', set('a', '"1"') + set('a.b', '"2"'), { a: '?' }],
    ['a block around another’s', set('a.b', '"1"') + set('a', '"2"'), { a: '?' }],
    ['a third beside two of one name', set('a.b', '"1"') + set('a.b', '"2"') + set('a.b', '"3"'), { 'a.b': '?' }],
  ])('%s is computed', async (_, body, fields) => {
    expect(await valuesOf(`${body}\n`)).toEqual(fields);
  });

  it.each([
    ['a name that is computed', `set {\n name = ${secret}\n value = "x"\n}`],
    ['a name that is no path', set('a..b', '"x"')],
    ['a name with a value in it', set('a=1,b', '"x"')],
    ['a value with another name in it', set('a', '"x,b=2"')],
    ['a list with another name behind it', set('a', '"{x},b=2"')],
    ['a literal of a name with dots', set('a.b', '"x"', 'literal')],
    [
      'blocks that are not known',
      `dynamic "set" {\n for_each = ${secret}\n content {\n name = "a"\n value = "x"\n }\n}`,
    ],
    ['a list that is not known', `set = ${secret}`],
    ['a sensitive name that is not known', `set_sensitive {\n name = ${secret}\n value = "x"\n}`],
  ])('%s makes everything computed', async (_, body) => {
    expect(await valuesOf(`values = [yamlencode({ b = 1 })]\n${body}`)).toEqual({ '': '?' });
  });
});

describe('a file of values', () => {
  const files = (values: string, more = ''): Readonly<Record<string, string>> => ({
    'stacks/app/main.tf': release(`values = [${inModule('values.yaml')}]\n${more}`),
    'stacks/app/values.yaml': values,
  });
  const plain = 'a: 1\nb:\n  - c: "x y"\n';

  it('has its fields where they stand in it, to behind their last character', async () => {
    const [one] = await declaredOf(files(plain));
    expect(one && fieldsOf(one)).toEqual({ a: 1, 'b[0].c': 'x y' });
    expect(one && placesOf(one)).toEqual({ a: 'stacks/app/values.yaml:1:4', 'b[0].c': 'stacks/app/values.yaml:3:8' });
    expect(one && at(one.body, ['b', 0, 'c'])?.place.range).toEqual({ line: 3, column: 8, endLine: 3, endColumn: 13 });
  });

  it('lies in the module that names it, or is reached from there', async () => {
    const source = {
      'stacks/app/main.tf': 'module "m" {\n  source = "../../modules/m"\n  size   = "small"\n}\n',
      'modules/m/main.tf': `variable "size" {}\n${fromFile(`../\${var.size}/shared.yml`)}`,
      'modules/small/shared.yml': 'a: 1\n',
    };
    const [one] = await declaredOf(source);
    expect(one && placesOf(one)).toEqual({ a: 'modules/small/shared.yml:1:4' });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['is sealed by git-crypt', files('\0GITCRYPT\0abc\n')],
    ['is sealed by sops', files('a: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nb: 1\n')],
    ['has been sealed by sops, and says so', files(`${plain}sops:\n  mac: x\n`)],
    ['is no YAML', files('a: [\n')],
    ['is no object', files('- a\n')],
    ['is several', files('a: 1\n---\na: 2\n')],
    ['is not there', { 'stacks/app/main.tf': fromFile('values.yaml') }],
    ['is named in another way', { ...files(plain), 'stacks/app/main.tf': release('values = [file("values.yaml")]') }],
    ['is no file of YAML', { 'stacks/app/main.tf': fromFile('values.txt'), 'stacks/app/values.txt': plain }],
    [
      'lies outside',
      {
        'stacks/app/main.tf': fromFile('../../../values.yaml'),
        '../values.yaml': plain,
      },
    ],
    ['is named by something computed', { ...files(plain), 'stacks/app/main.tf': fromFile(`\${${secret}}.yaml`) }],
    [
      'is named in a second place',
      { ...files(plain), 'stacks/app/more.tf': `locals {\n  sum = filesha256("\${path.module}/values.yaml")\n}\n` },
    ],
    [
      'may be found by a second one',
      { ...files(plain), 'stacks/app/more.tf': 'locals {\n  all = fileset(path.module, "*.yaml")\n}\n' },
    ],
  ])('that %s is computed', async (_, source) => {
    const [one] = await declaredOf(source);
    expect(one && fieldsOf(one)).toEqual({ '': '?' });
  });

  it('is read only where its text may be', async () => {
    const [one] = await declaredOf(files(plain), { reads: false });
    expect(one && fieldsOf(one)).toEqual({ '': '?' });
  });

  it('is not read for anything but a release', async () => {
    const [one] = await declaredOf({
      'stacks/app/main.tf': `resource "kubectl_manifest" "a" {\n  yaml_body = ${inModule('a.yaml')}\n}\n`,
      'stacks/app/a.yaml': 'kind: ConfigMap\nmetadata:\n  name: a\n',
    });
    expect(one).toBeUndefined();
  });

  it('has what is repeated by an alias, or has a tag of its own, as computed', async () => {
    const [one] = await declaredOf(files('a: &x 1\nb: *x\nc: !vault |\n  abc\nd: !!str 5\ne: 2\n'));
    expect(one && fieldsOf(one)).toEqual({ a: '?', b: '?', c: '?', d: '?', e: 2 });
  });
});

it('has what the source leaves alone as everything where it is the values', async () => {
  const ignored = async (changes: string) => (await releaseOf(`lifecycle {\n ignore_changes = ${changes}\n}`)).ignored;
  expect(await ignored('[values]')).toEqual(['values', 'all']);
  expect(await ignored('[set]')).toEqual(['set', 'all']);
  expect(await ignored('[version]')).toEqual(['version']);
  expect(await ignored('all')).toEqual(['all']);
});

it('says of what is set last the same as a merge of plain objects does', async () => {
  const name = fc.constantFrom('a', 'b', 'a.a', 'a.b', 'b.a');
  const entries = fc.array(fc.tuple(name, fc.nat(9)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(entries, async (all) => {
      const { body } = await releaseOf(listed(...all.map(([path, value]) => [path, `"${value}"`] as const)));
      const [last, value] = all[all.length - 1] ?? ['', 0];
      const told = at(body, last.split('.'));
      // Into a number nothing can be set: Helm makes an error of it, and it is not known what is there.
      expect([value, undefined]).toContain(told === undefined ? undefined : scalarOf(told));
      const isInTheWay = all.some(
        ([path]) => path !== last && (last.startsWith(`${path}.`) || path.startsWith(`${last}.`)),
      );
      if (!isInTheWay) expect(scalarOf(told)).toBe(value);
    }),
    { numRuns: 60 },
  );
});
