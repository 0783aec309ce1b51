import { expect, test } from 'vitest';
import { parseHcl } from './parse.ts';
import type { HclExpression } from './syntax.ts';
import { callsOf, expressionsIn, literalOf, pathOf, referencesOf, textAttribute } from './walk.ts';

async function read(text: string): Promise<HclExpression> {
  const [attribute] = (await parseHcl('main.tf', `a = ${text}\n`)).body.attributes;
  if (attribute === undefined) throw new Error('there is no attribute');
  return attribute.value;
}

test('expressions are found with the attribute and the blocks around them', async () => {
  const { body } = await parseHcl('main.tf', 'a = f(b)\nx "y" {\n  z {\n    c = "d"\n  }\n}\n');
  const found = [...expressionsIn(body)].map(
    ({ expression, attribute, blocks }) =>
      `${blocks.map(({ type }) => type).join('.')} ${attribute.name} ${expression.text}`,
  );
  expect(found).toEqual([' a f(b)', ' a b', 'x.z c "d"']);
});

test.each([
  ['in every place', `[a.b, { (c) = d["e"] }, f(g[h]), i ? j : k, "\${l}", !m]`, 'a.b c d["e"] g[h] h i j k l m'],
  ['but for the variables of a loop', '[for k, v in var.all : { k = k, w = x.y } if v.on]', 'var.all x.y'],
  ['though a loop’s variable may be read before it is one', '[for v in v : v]', 'v'],
])('references are found %s', async (_, text, references) => {
  expect([...referencesOf(await read(text))].map(({ text: found }) => found).join(' ')).toBe(references);
});

test('calls are found inside each other and inside strings, all of them or those named', async () => {
  const value = await read(`merge(f("\${file("x")}"), g())`);
  expect([...callsOf(value)].map(({ name }) => name)).toEqual(['merge', 'f', 'file', 'g']);
  expect([...callsOf(value, new Set(['file']))].map(({ name }) => name)).toEqual(['file']);
});

test('a reference’s plain names end at its first index', async () => {
  const [reference] = referencesOf(await read('module.app["x"].name'));
  expect(reference === undefined ? [] : pathOf(reference)).toEqual(['module', 'app']);
});

test.each<[string, ReturnType<typeof literalOf>]>([
  ['"a"', { value: 'a' }],
  ['-1', { value: -1 }],
  [`"a\${"b"}\${1}"`, { value: 'ab1' }],
  [`"\${true}"`, { value: true }],
  [`"\${null}a"`, undefined],
  [`"a\${b}"`, undefined],
  ['["a"]', undefined],
  ['upper("a")', undefined],
])('of %s the literal value is %j', async (text, value) => {
  expect(literalOf(await read(text))).toEqual(value);
});

test('an attribute is a text only when a text is written there', async () => {
  const { body } = await parseHcl('main.tf', 'a = "b"\nc = 1\nd = e\n');
  expect(['a', 'c', 'd', 'f'].map((name) => textAttribute(body, name))).toEqual(['b', undefined, undefined, undefined]);
});
