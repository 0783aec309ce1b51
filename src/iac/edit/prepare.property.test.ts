import fc from 'fast-check';
import { expect, test } from 'vitest';
import { declaredIn } from '../origin/declared.ts';
import { leavesOf, scalarOf } from '../origin/symbol.ts';
import { prepareEdit } from './prepare.ts';
import { applyDiff, type Files, sourcesOf } from './sources.fixture.ts';

/**
 * Sources at random: locals, variables with and without defaults, a module that two stacks call, conditions, picks, merges, and
 * functions that are not worked out. What those make of it is seen by having them say their argument instead.
 */
const word = fc.constantFrom('x', 'y', 'zz', '1', 'true');
const text = (value: string): string => JSON.stringify(value);
const hole = (name: string): string => `$\{${name}}`;

const expression = (names: readonly string[]): fc.Arbitrary<string> => {
  const name = fc.constantFrom(...names);
  return fc.oneof(
    word.map(text),
    name,
    name.map((one) => `"p-${hole(one)}"`),
    fc.tuple(name, name).map(([a, b]) => `"${hole(a)}/${hole(b)}"`),
    name.map((one) => `sha256(${one})`),
    name.map((one) => `"v-${hole(`sha256(${one})`)}"`),
    fc.tuple(name, word, name, name).map(([a, value, b, c]) => `${a} == ${text(value)} ? ${b} : ${c}`),
    fc.tuple(name, name).map(([a, b]) => `{ x = ${a}, y = ${b}, zz = "w" }["y"]`),
    fc.tuple(name, name).map(([a, b]) => `lookup({ x = sha256(${a}), y = sha256("k") }, ${b}, "none")`),
    fc.tuple(name, name).map(([a, b]) => `merge({ a = ${a} }, { b = ${b} })`),
    fc.tuple(name, name).map(([a, b]) => `[for k, v in { a = ${a}, b = ${b} } : { name = k, value = v }]`),
    fc.tuple(name, name).map(([a, b]) => `[for v in [${a}, ${b}] : { name = v, value = sha256(v) }]`),
  );
};

const scalars = (names: readonly string[]): fc.Arbitrary<string> => {
  const name = fc.constantFrom(...names);
  return fc.oneof(
    word.map(text),
    name,
    name.map((one) => `"q-${hole(one)}"`),
    name.map((one) => `sha256(${one})`),
  );
};

function resource(id: string, name: string, fields: readonly string[], more = ''): string {
  const body = fields.map((field, index) => `    f${index} = ${field}\n`).join('');
  return `resource "kubectl_manifest" "${id}" {\n${more}  yaml_body = yamlencode({\n    kind     = "Thing"\n    metadata = { name = ${name}, namespace = "home" }\n${body}  })\n}\n`;
}

const locals = ['local.a', 'local.b', 'local.c'];
const inside = ['var.p', 'var.q', 'local.m'];

const tree: fc.Arbitrary<Files> = fc
  .record({
    a: word,
    b: scalars(['local.a']),
    c: scalars(['local.a', 'local.b']),
    m: scalars(['var.p', 'var.q']),
    own: fc.array(expression(locals), { minLength: 1, maxLength: 3 }),
    second: fc.array(expression(locals), { minLength: 1, maxLength: 2 }),
    module: fc.array(expression(inside), { minLength: 1, maxLength: 4 }),
    p: scalars(locals),
    q: fc.option(word),
    other: word,
    count: fc.option(fc.constantFrom(...locals)),
    output: fc.option(fc.constantFrom(...locals)),
  })
  .map(({ a, b, c, m, own, second, module, p, q, other, count, output }) => ({
    'modules/m/main.tf': [
      'variable "name" {}\nvariable "p" {}\nvariable "q" { default = "y" }\n',
      `locals { m = ${m} }\n`,
      resource('x', 'var.name', module),
    ].join(''),
    'stacks/a/main.tf': [
      `locals {\n  a = ${text(a)}\n  b = ${b}\n  c = ${c}\n}\n`,
      resource('x', '"own"', own),
      resource('y', '"second"', second, count === null ? '' : `  count = ${count} == "x" ? 1 : 0\n`),
      `module "m" {\n  source = "../../modules/m"\n  name   = "made"\n  p      = ${p}\n${q === null ? '' : `  q      = ${text(q)}\n`}}\n`,
      output === null ? '' : `output "o" { value = ${output} }\n`,
    ].join(''),
    'stacks/b/main.tf': `module "m" {\n  source = "../../modules/m"\n  name   = "other"\n  p      = ${text(other)}\n}\n`,
  }));

/** Every field of every object, with the functions that nobody works out as ones that say their argument. */
async function everything(files: Files): Promise<ReadonlyMap<string, unknown>> {
  const plain = Object.fromEntries(
    Object.entries(files).map(([path, source]) => [path, source.replaceAll('sha256(', 'tostring(')]),
  );
  const all = new Map<string, unknown>();
  for (const [stack, sources] of (await sourcesOf(plain)).stacks) {
    for (const { address, name, body } of declaredIn(sources)) {
      for (const { path, leaf } of leavesOf(body))
        all.set(JSON.stringify([stack, address, name, path]), scalarOf(leaf));
    }
    const outputs = sources.files.flatMap(({ body }) => body.blocks).filter(({ type }) => type === 'output').length;
    all.set(JSON.stringify([stack, 'outputs']), outputs);
  }
  return all;
}

const wish = fc.record({
  name: fc.constantFrom('own', 'second', 'made'),
  field: fc.nat({ max: 3 }),
  inside: fc.constantFrom([], ['a'], ['b'], [0, 'value'], [{ name: 'a' }, 'value'], ['new']),
  value: fc.option(fc.constantFrom('x', 'new', 'p-new', 'q-x', 'x/new', 'it "is" ${x}\n'), { nil: undefined }),
});

test('a prepared edit gives the field that value, and changes nothing that it does not tell', async () => {
  let prepared = 0;
  await fc.assert(
    fc.asyncProperty(tree, wish, async (files, { name, field, inside: rest, value }) => {
      const sources = await sourcesOf(files);
      const path = [`f${field}`, ...rest];
      const outcome = await prepareEdit(sources, { kind: 'Thing', namespace: 'home', name }, [{ path, value }]);
      if (outcome.is === 'refused') return;
      prepared += 1;
      const now = applyDiff(files, outcome.patch);
      const [before, after] = [await everything(files), await everything(now)];
      const told = new Map([...outcome.changes, ...outcome.also].map((one) => [one.field, one]));
      for (const key of new Set([...before.keys(), ...after.keys()])) {
        if (before.get(key) === after.get(key)) continue;
        const [stack, address, , steps] = JSON.parse(key) as [string, string, string, (string | number)[]];
        const at = steps
          .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
          .join('');
        expect([stack, address]).toEqual([outcome.stack, outcome.address]);
        // An item that is gone from a list moves those behind it: they are told by their name.
        if (outcome.changes.some(({ after: gone }) => gone === undefined) || /\[\d+\]/.test(at)) continue;
        expect(told.get(at), `${at} in\n${files['stacks/a/main.tf']}\n${outcome.patch}`).toMatchObject({
          after: after.get(key),
        });
      }
      const again = await prepareEdit(await sourcesOf(now), { kind: 'Thing', namespace: 'home', name }, [
        { path, value },
      ]);
      expect(again).toMatchObject({ why: 'same' });
    }),
    { numRuns: 400 },
  );
  expect(prepared).toBeGreaterThan(10);
});
