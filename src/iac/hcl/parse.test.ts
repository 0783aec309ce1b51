import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { judge } from './official.ts';
import { parseHcl } from './parse.ts';
import { bodies, withoutPlaces } from './print.fixture.ts';
import type { HclExpression, HclRange } from './syntax.ts';
import { expressionsIn } from './walk.ts';

async function read(text: string): Promise<HclExpression> {
  const { body } = await parseHcl('main.tf', text);
  const value = body.attributes[0]?.value;
  if (value === undefined) throw new Error('there is no attribute');
  return value;
}

async function errorOf(text: string): Promise<CastellanError> {
  const error: unknown = await parseHcl('stacks/mail/main.tf', text).catch((thrown: unknown) => thrown);
  if (error instanceof CastellanError) return error;
  throw new Error('it was read, or failed with something else');
}

function textAt(text: string, { line, column, endLine, endColumn }: HclRange): string {
  const lines = text.split('\n');
  const offset = (row: number, place: number): number =>
    lines.slice(0, row - 1).reduce((sum, each) => sum + each.length + 1, 0) + place - 1;
  return text.slice(offset(line, column), offset(endLine, endColumn));
}

const literal = (value: unknown): unknown => ({ kind: 'literal', value });
const reference = (root: string, ...steps: unknown[]): unknown => ({ kind: 'reference', root, steps });

describe('HCL read and its positions', () => {
  test('whatever is printed is read back as it was, and every text stands where its range says', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async ({ text, tree }) => {
        const { body } = await parseHcl('main.tf', text);
        expect(withoutPlaces(body)).toEqual(tree);
        for (const { expression } of expressionsIn(body)) {
          if (expression.kind === 'literal' && expression.text.startsWith('.')) continue;
          expect(textAt(text, expression.range)).toBe(expression.text);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('nothing but an error of ours comes out of a text that is none', async () => {
    const signs = fc.constantFrom(
      ...'{}[]()"$%=?:.,*+-!<>~#/\\\n '.split(''),
      'EOT\n',
      '<<-EOT\n',
      `\${`,
      '%{',
      'a',
      'é',
      '1',
      'for',
      'if',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(signs, { maxLength: 60 }).map((all) => all.join('')),
        ),
        async (text) => {
          await parseHcl('main.tf', text).catch((error: unknown) => {
            expect(error).toBeInstanceOf(CastellanError);
            expect((error as CastellanError).code).not.toBe('hcl-reader-failed');
          });
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each<[string, string, unknown]>([
    ['a legacy index', 'a = x.0.b', reference('x', { kind: 'index', index: 0 }, { kind: 'name', name: 'b' })],
    ['a splat of the old kind', 'a = x.*.b', reference('x', { kind: 'splat' }, { kind: 'name', name: 'b' })],
    [
      'a computed index',
      'a = x[each.key]',
      reference('x', { kind: 'index', index: reference('each', { kind: 'name', name: 'key' }) }),
    ],
    ['what is doubled to stand for itself', `a = "$\${x} %%{y} \\u00e9 \\" \\n"`, literal(`\${x} %{y} é " \n`)],
    ['a negative number', 'a = -5', literal(-5)],
    ['an empty string', 'a = ""', literal('')],
    ['nothing but white space', 'a = "  \t"', literal('  \t')],
    [
      'white space between holes',
      `a = " \${x}  \${y} "`,
      { kind: 'template', parts: [' ', reference('x'), '  ', reference('y'), ' '] },
    ],
    [
      'what looks like a comment in a string',
      `a = "# \${x} // /* "`,
      { kind: 'template', parts: ['# ', reference('x'), ' // /* '] },
    ],
    ['characters that are written in two ways', 'a = "e\u0301"', literal('é')],
    ['a heredoc', `a = <<EOT\n  $\${x} \\n\n\nEOT\n`, literal(`  \${x} \\n\n\n`)],
    ['an empty heredoc', 'a = <<EOT\nEOT\n', literal('')],
    [
      'an indented heredoc',
      `a = <<-EOT\n   one\n\n     \${x}\n\ttwo\n  EOT\n`,
      { kind: 'template', parts: ['  one\n\n    ', reference('x'), '\ntwo\n'] },
    ],
    [
      'a heredoc whose least indented line begins with a hole',
      `a = <<-EOT\n    one\n  \${x}\n  EOT\n`,
      { kind: 'template', parts: ['  one\n', reference('x'), '\n'] },
    ],
    [
      'a condition in a template',
      'a = "%{ if x ~}  y%{ else }z%{ endif }!"',
      {
        kind: 'template',
        parts: [
          { kind: 'conditional', condition: reference('x'), whenTrue: literal('y'), whenFalse: literal('z') },
          '!',
        ],
      },
    ],
    [
      'a loop in a template',
      `a = "%{ for k, v in x }\${v},%{ endfor }"`,
      {
        kind: 'template',
        parts: [
          {
            kind: 'for',
            object: false,
            variables: ['k', 'v'],
            collection: reference('x'),
            value: { kind: 'template', parts: [reference('v'), ','] },
            groups: false,
          },
        ],
      },
    ],
    [
      'something picked out of an object',
      'a = { core = 1 }[x].y',
      {
        kind: 'operation',
        operator: '.',
        operands: [
          {
            kind: 'operation',
            operator: '[]',
            operands: [{ kind: 'object', items: [{ key: literal('core'), value: literal(1) }] }, reference('x')],
          },
          literal('y'),
        ],
      },
    ],
    [
      'a function of a provider',
      'a = provider::x::y(b...)',
      { kind: 'call', name: 'provider::x::y', arguments: [reference('b')], expands: true },
    ],
    [
      'arithmetic, as it binds',
      'a = 1 + 2 * x',
      {
        kind: 'operation',
        operator: '+',
        operands: [literal(1), { kind: 'operation', operator: '*', operands: [literal(2), reference('x')] }],
      },
    ],
    ['a negated constant', 'a = !true', { kind: 'operation', operator: '!', operands: [literal(true)] }],
  ])('reads %s', async (_, text, tree) => {
    expect(withoutPlaces(await read(text))).toEqual(tree);
  });

  test('columns count as editors do, behind letters of any script', async () => {
    const text = 'é = { "🏰" = "ü", b = x }';
    const value = await read(text);
    const b = value.kind === 'object' ? value.items[1]?.value : undefined;
    expect(b?.range).toEqual({ line: 1, column: 23, endLine: 1, endColumn: 24 });
  });

  test('comments of all three kinds are found, with their places', async () => {
    const { comments } = await parseHcl('main.tf', '# one\na = 1 // two\n/* three\n   lines */\nb = "# no"\n');
    expect(comments.map(({ text, range }) => [text, range.line])).toEqual([
      ['one', 1],
      ['two', 2],
      ['three\n   lines', 3],
    ]);
  });

  test('labels stand with or without quotes', async () => {
    const { body } = await parseHcl('main.tf', 'resource "a" b {\n  c = 1\n}\nempty {}\n');
    expect(body.blocks.map(({ type, labels, range }) => [type, labels, range.endLine])).toEqual([
      ['resource', ['a', 'b'], 3],
      ['empty', [], 4],
    ]);
  });
});

describe('HCL refused', () => {
  test.each([
    [
      'two attributes without anything between',
      'a = {\n x = 1 y = 2\n}',
      'stacks/mail/main.tf:2: missing attribute separator',
    ],
    ['a string that is not closed', 'a = "b\n', 'stacks/mail/main.tf:1: invalid multi-line string'],
    ['an attribute twice', 'a = 1\na = 2\n', 'stacks/mail/main.tf:2: attribute redefined'],
    ['a brace too many', 'a = 1\n}\n', 'stacks/mail/main.tf:2: argument or block definition required'],
  ])('says where %s stands', async (_, text, message) => {
    const { code, message: said } = await errorOf(text);
    expect({ code, said }).toEqual({ code: 'hcl-invalid', said: message });
  });

  test('an error repeats nothing of the text', async () => {
    const { message, next } = await errorOf('a = 1\npassword-of-mira = "x\n');
    expect(`${message} ${next}`).not.toContain('mira');
  });

  test.each([
    ['lists', '[', ']'],
    ['parentheses', '(', ')'],
    ['calls', 'f(', ')'],
    ['strings', `"\${`, '}"'],
    ['loops', '[for x in ', ' : x]'],
    ['negations', '!', ''],
    ['conditions', 'x ? y : ', ''],
    ['sums', 'x + ', ''],
    ['picks', 'f(x)[', ']'],
  ])('deeply nested %s end nothing', async (_, open, close) => {
    for (const depth of [300, 20_000]) {
      const { code } = await errorOf(`a = ${open.repeat(depth)}x${close.repeat(depth)}\n`);
      expect(['hcl-too-large', 'hcl-invalid', 'hcl-unsupported']).toContain(code);
    }
    expect(await read('a = x')).toMatchObject({ kind: 'reference' });
  });

  test('deeply nested blocks end nothing', async () => {
    expect((await errorOf(`${'a {\n'.repeat(201)}${'}\n'.repeat(201)}`)).code).toBe('hcl-too-large');
  });

  test('a text that ends the official parser does not end the next one', async () => {
    const deep = `a = ${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    expect((await judge(deep)).said).toBe('failed');
    expect((await judge('a = 1')).said).toBe('valid');
    expect((await judge('a = 1')).said).toBe('valid');
  });

  test.each([
    ['bytes', `a = "${'x'.repeat(1_000_000)}"`],
    ['lines', `a = <<EOT\n${'x\n'.repeat(10_001)}EOT\n`],
    ['long lines', `a = <<EOT\n${`${'x'.repeat(90)}\n`.repeat(9_000)}EOT\n`],
    ['parts', `a = [${'1,'.repeat(40_000)}]`],
  ])('a file of too many %s is not read', async (_, text) => {
    expect((await errorOf(text)).code).toBe('hcl-too-large');
  });

  test.each([
    ['a number that one of the parsers does not know', 'a = 1e3'],
    ['JSON', '{"a": 1}'],
    ['a block with and without a label', 'a {}\na "b" {}\n'],
    ['an attribute and a block of one name', 'a = 1\na {\n}\n'],
    ['half a character', 'a = "\ud800"'],
  ])('%s is not understood, rather than understood wrongly', async (_, text) => {
    expect(['hcl-unsupported', 'hcl-invalid']).toContain((await errorOf(text)).code);
  });
});
