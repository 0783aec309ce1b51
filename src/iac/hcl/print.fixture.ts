import fc from 'fast-check';
import type { HclBody, HclExpression } from './syntax.ts';

/** Random HCL: its text, and the tree it must be read as, without places. */
export interface Printed {
  readonly text: string;
  readonly tree: unknown;
}

const keywords = new Set(['true', 'false', 'null', 'for', 'in', 'if', 'else', 'endif', 'endfor']);
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/).filter((word) => !keywords.has(word));

const string = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.normalize('NFC'));

/** As it stands between quotes. */
function quoted(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
    .replace(/([$%])\{/g, '$1$1{');
}

const stringLiteral = string
  .filter((text) => !/[$%]$/.test(text) && !/[$%]{2,}\{/.test(text))
  .map((value): Printed => ({ text: `"${quoted(value)}"`, tree: { kind: 'literal', value } }));

const plainLiteral = fc
  .oneof(
    fc.constantFrom<[string, unknown]>(['true', true], ['false', false], ['null', null]),
    fc.nat({ max: 1_000_000 }).map((value): [string, unknown] => [String(value), value]),
    fc
      .tuple(fc.nat({ max: 999 }), fc.nat({ max: 99 }))
      .map(([a, b]): [string, unknown] => [`${a}.${b}`, Number(`${a}.${b}`)]),
  )
  .map(([text, value]): Printed => ({ text, tree: { kind: 'literal', value } }));

const reference = fc
  .tuple(
    name,
    fc.array(
      fc.oneof(
        name.map((step) => ({ text: `.${step}`, tree: { kind: 'name', name: step } })),
        fc.nat({ max: 99 }).map((index) => ({ text: `[${index}]`, tree: { kind: 'index', index } })),
        name.map((index) => ({ text: `["${index}"]`, tree: { kind: 'index', index } })),
        fc.constant({ text: '[*]', tree: { kind: 'splat' } }),
      ),
      { maxLength: 3 },
    ),
  )
  .map(
    ([root, steps]): Printed => ({
      text: `${root}${steps.map(({ text }) => text).join('')}`,
      tree: { kind: 'reference', root, steps: steps.map(({ tree }) => tree) },
    }),
  );

const { expression } = fc.letrec<{ expression: Printed }>((tie) => {
  const inner = tie('expression');
  const comma = (items: readonly Printed[]): string => items.map(({ text }) => text).join(', ');
  return {
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      stringLiteral,
      plainLiteral,
      reference,
      fc.array(inner, { maxLength: 3 }).map(
        (items): Printed => ({
          text: `[${items.map(({ text }) => `\n${text},`).join('')}]`,
          tree: { kind: 'tuple', items: items.map(({ tree }) => tree) },
        }),
      ),
      fc.uniqueArray(fc.tuple(fc.boolean(), name, inner), { maxLength: 3, selector: ([, key]) => key }).map(
        (items): Printed => ({
          text: `{\n${items.map(([bare, key, { text }]) => `${bare ? key : `"${key}"`} = ${text}\n`).join('')}}`,
          tree: {
            kind: 'object',
            items: items.map(([, key, { tree }]) => ({ key: { kind: 'literal', value: key }, value: tree })),
          },
        }),
      ),
      fc.tuple(reference, inner).map(
        ([key, value]): Printed => ({
          text: `{ (${key.text}) : ${value.text} }`,
          tree: { kind: 'object', items: [{ key: key.tree, value: value.tree }] },
        }),
      ),
      fc.tuple(name, fc.array(inner, { minLength: 1, maxLength: 3 }), fc.boolean()).map(
        ([called, given, expands]): Printed => ({
          text: `${called}(${comma(given)}${expands ? '...' : ''})`,
          tree: { kind: 'call', name: called, arguments: given.map(({ tree }) => tree), expands },
        }),
      ),
      fc.tuple(reference, inner, inner).map(
        ([condition, whenTrue, whenFalse]): Printed => ({
          text: `${condition.text} ? (${whenTrue.text}) : (${whenFalse.text})`,
          tree: { kind: 'conditional', condition: condition.tree, whenTrue: whenTrue.tree, whenFalse: whenFalse.tree },
        }),
      ),
      fc.tuple(name, reference, inner).map(
        ([variable, collection, value]): Printed => ({
          text: `[for ${variable} in ${collection.text} : ${value.text} if ${variable} != null]`,
          tree: {
            kind: 'for',
            object: false,
            variables: [variable],
            collection: collection.tree,
            value: value.tree,
            groups: false,
            condition: {
              kind: 'operation',
              operator: '!=',
              operands: [
                { kind: 'reference', root: variable, steps: [] },
                { kind: 'literal', value: null },
              ],
            },
          },
        }),
      ),
      fc.tuple(name, name, reference, inner, fc.boolean()).map(
        ([key, value, collection, result, groups]): Printed => ({
          text: `{ for ${key}, ${value} in ${collection.text} : ${key} => (${result.text})${groups ? '...' : ''} }`,
          tree: {
            kind: 'for',
            object: true,
            variables: [key, value],
            collection: collection.tree,
            key: { kind: 'reference', root: key, steps: [] },
            value: result.tree,
            groups,
          },
        }),
      ),
      fc.tuple(reference, fc.constantFrom('+', '*', '==', '&&'), reference).map(
        ([left, operator, right]): Printed => ({
          text: `${left.text} ${operator} ${right.text}`,
          tree: { kind: 'operation', operator, operands: [left.tree, right.tree] },
        }),
      ),
      fc.tuple(name, inner, name).map(
        ([before, hole, after]): Printed => ({
          text: `"${before} \${${hole.text}} # ${after}"`,
          tree: { kind: 'template', parts: [`${before} `, hole.tree, ` # ${after}`] },
        }),
      ),
    ),
  };
});

const bodyOf = (inside: fc.Arbitrary<Printed>): fc.Arbitrary<Printed> =>
  fc
    .tuple(
      fc.uniqueArray(fc.tuple(name, expression), { maxLength: 3, selector: ([key]) => key }),
      fc.uniqueArray(fc.tuple(name, fc.array(name, { maxLength: 2 }), inside), {
        maxLength: 2,
        selector: ([type]) => type,
      }),
      fc.constantFrom('', '# a remark\n', '// another\n', '/* two\nlines */\n'),
    )
    .map(([attributes, blocks, comment]) => ({
      text: [
        comment,
        ...attributes.map(([key, { text }]) => `${key} = ${text}\n`),
        ...blocks.map(
          ([type, labels, { text }]) => `B${type} ${labels.map((label) => `"${label}" `).join('')}{\n${text}}\n`,
        ),
      ].join(''),
      tree: {
        attributes: attributes.map(([key, { tree }]) => ({ name: key, value: tree })),
        blocks: blocks.map(([type, labels, { tree }]) => ({ type: `B${type}`, labels, body: tree })),
      },
    }));

/** Three levels of blocks. */
export const bodies = bodyOf(bodyOf(bodyOf(fc.constant({ text: '', tree: { attributes: [], blocks: [] } }))));

/** The tree without places, to compare. */
export function withoutPlaces(tree: HclBody | HclExpression): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value) => (key === 'range' || key === 'text' ? undefined : value)));
}
