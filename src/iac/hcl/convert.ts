import { hclError, unsupported } from './errors.ts';
import type { SyntaxNode } from './grammar.ts';
import type { Source } from './source.ts';
import type { HclAttribute, HclBlock, HclBody, HclExpression, HclStep } from './syntax.ts';
import { decodeQuoted, readTemplate } from './template.ts';

/** Levels of blocks and expressions inside each other. The official parser keeps them on a stack that is not ours. */
const deepest = 200;

type Place = Pick<HclExpression, 'range' | 'text'>;

/** From tree-sitter's nodes to the tree of syntax.ts. Errors: `hcl-too-large` by depth, `hcl-unsupported`. */
export function convertFile(source: Source, root: SyntaxNode): HclBody {
  const [first, ...more] = root.children;
  if (first === undefined) return { attributes: [], blocks: [] };
  if (first.type !== 'body' || more.length > 0) throw unsupported(source.path, 1, 'a file that is no body');
  return readBody(source, first, 0);
}

function readBody(source: Source, node: SyntaxNode, depth: number): HclBody {
  const attributes: HclAttribute[] = [];
  const blocks: HclBlock[] = [];
  for (const child of node.children) {
    if (child.type === 'attribute') attributes.push(readAttribute(source, child, depth));
    else if (child.type === 'block') blocks.push(readBlock(source, child, depth + 1));
    else throw unknown(source, child);
  }
  return { attributes, blocks };
}

function readAttribute(source: Source, node: SyntaxNode, depth: number): HclAttribute {
  const [name, , value] = node.children;
  if (name?.type !== 'identifier' || value?.type !== 'expression') throw unknown(source, node);
  return {
    name: textOf(source, name),
    value: readExpression(source, value, depth),
    range: source.rangeOf(node.start, node.end),
  };
}

function readBlock(source: Source, node: SyntaxNode, depth: number): HclBlock {
  assertDepth(source, node, depth);
  const [type, ...rest] = node.children;
  if (type?.type !== 'identifier') throw unknown(source, node);
  const labels = rest.flatMap((child) => {
    if (child.type === 'identifier') return [textOf(source, child)];
    if (child.type === 'string_lit') return [decodeQuoted(textOf(source, child).slice(1, -1)).normalize('NFC')];
    return [];
  });
  const body = rest.find((child) => child.type === 'body');
  return {
    type: textOf(source, type),
    labels,
    body: body === undefined ? { attributes: [], blocks: [] } : readBody(source, body, depth),
    range: source.rangeOf(node.start, node.end),
  };
}

function readExpression(source: Source, node: SyntaxNode, depth: number): HclExpression {
  assertDepth(source, node, depth);
  const [only, ...more] = node.children;
  if (only?.type === 'conditional' && more.length === 0) return readConditional(source, only, depth);
  return readTerms(source, node.children, node, depth);
}

/** One operand: what it begins with, and what is picked out of that. Parentheses leave no trace. */
function readTerms(source: Source, nodes: readonly SyntaxNode[], whole: SyntaxNode, depth: number): HclExpression {
  const [first, second] = nodes;
  if (first === undefined) throw unknown(source, whole);
  const inParentheses = first.type === '(' && second?.type === 'expression';
  const begin = inParentheses ? readExpression(source, second, depth + 1) : readPrimary(source, first, depth);
  return nodes.slice(inParentheses ? 3 : 1).reduce<HclExpression>((base, node, index) => {
    assertDepth(source, node, depth + (base.kind === 'operation' ? index : 0));
    return readPicks(source, node, depth).reduce<HclExpression>(
      (from, { step, end }) => pick(from, step, placeOf(source, first.start, end)),
      base,
    );
  }, begin);
}

interface Picked {
  readonly step: HclStep;
  readonly end: number;
}

function readPicks(source: Source, node: SyntaxNode, depth: number): readonly Picked[] {
  const { end } = node;
  const [inner] = node.children;
  switch (node.type) {
    case 'get_attr': {
      const name = node.children.find(({ type }) => type === 'identifier');
      if (name === undefined) throw unknown(source, node);
      return [{ step: { kind: 'name', name: textOf(source, name) }, end }];
    }
    case 'index': {
      if (inner?.type === 'legacy_index') {
        return [{ step: { kind: 'index', index: Number(textOf(source, inner).slice(1).trim()) }, end }];
      }
      const expression = inner?.children.find(({ type }) => type === 'expression');
      if (expression === undefined) throw unknown(source, node);
      const index = readExpression(source, expression, depth + 1);
      const isPlain = index.kind === 'literal' && (typeof index.value === 'string' || typeof index.value === 'number');
      return [{ step: { kind: 'index', index: isPlain ? (index.value as string | number) : index }, end }];
    }
    case 'splat': {
      const [star, ...rest] = inner?.children ?? [];
      if (star === undefined) throw unknown(source, node);
      return [{ step: { kind: 'splat' }, end: star.end }, ...rest.flatMap((child) => readPicks(source, child, depth))];
    }
    default:
      throw unknown(source, node);
  }
}

function pick(base: HclExpression, step: HclStep, place: Place): HclExpression {
  if (base.kind === 'reference') return { ...base, ...place, steps: [...base.steps, step] };
  if (step.kind === 'splat') return { ...place, kind: 'operation', operator: '[*]', operands: [base] };
  const literal = (value: string | number): HclExpression => ({ ...place, kind: 'literal', value });
  if (step.kind === 'name') {
    return { ...place, kind: 'operation', operator: '.', operands: [base, literal(step.name)] };
  }
  const index = typeof step.index === 'object' ? step.index : literal(step.index);
  return { ...place, kind: 'operation', operator: '[]', operands: [base, index] };
}

function readPrimary(source: Source, node: SyntaxNode, depth: number): HclExpression {
  const place = placeOf(source, node.start, node.end);
  const [inner] = node.children;
  switch (node.type) {
    case 'literal_value':
      if (inner?.type === 'string_lit') return readTemplate(source, inner, reader(source), depth);
      return { ...place, kind: 'literal', value: readLiteral(source, inner ?? node) };
    case 'template_expr':
      if (inner === undefined) throw unknown(source, node);
      return readTemplate(source, inner, reader(source), depth + 1);
    case 'collection_value':
      if (inner === undefined) throw unknown(source, node);
      return inner.type === 'object' ? readObject(source, inner, depth) : readTuple(source, inner, depth);
    case 'variable_expr':
      return { ...place, kind: 'reference', root: place.text, steps: [] };
    case 'function_call':
      return readCall(source, node, depth);
    case 'for_expr':
      if (inner === undefined) throw unknown(source, node);
      return readFor(source, inner, depth);
    case 'operation':
      if (inner === undefined) throw unknown(source, node);
      return readOperation(source, inner, depth);
    default:
      throw unknown(source, node);
  }
}

const reader = (source: Source) => (node: SyntaxNode, depth: number) => readExpression(source, node, depth);

function readLiteral(source: Source, node: SyntaxNode): number | boolean | null {
  const text = textOf(source, node);
  if (node.type === 'null_lit') return null;
  if (node.type === 'bool_lit') return text === 'true';
  const number = Number(text);
  if (!Number.isFinite(number)) throw unknown(source, node);
  return number;
}

function readTuple(source: Source, node: SyntaxNode, depth: number): HclExpression {
  return {
    ...placeOf(source, node.start, node.end),
    kind: 'tuple',
    items: expressionsOf(node).map((item) => readExpression(source, item, depth + 1)),
  };
}

function readObject(source: Source, node: SyntaxNode, depth: number): HclExpression {
  const items = node.children
    .filter(({ type }) => type === 'object_elem')
    .map((item) => {
      const [key, value] = expressionsOf(item);
      if (key === undefined || value === undefined) throw unknown(source, item);
      return { key: readKey(source, key, depth + 1), value: readExpression(source, value, depth + 1) };
    });
  return { ...placeOf(source, node.start, node.end), kind: 'object', items };
}

/** A bare word is the key itself; in parentheses it is a reference. */
function readKey(source: Source, node: SyntaxNode, depth: number): HclExpression {
  const key = readExpression(source, node, depth);
  const bare = key.kind === 'reference' && key.steps.length === 0 && node.children[0]?.type === 'variable_expr';
  return bare ? { range: key.range, text: key.text, kind: 'literal', value: key.root.normalize('NFC') } : key;
}

function readCall(source: Source, node: SyntaxNode, depth: number): HclExpression {
  const [name] = node.children;
  if (name?.type !== 'identifier') throw unknown(source, node);
  const given = node.children.find(({ type }) => type === 'function_arguments');
  return {
    ...placeOf(source, node.start, node.end),
    kind: 'call',
    name: textOf(source, name),
    arguments: given === undefined ? [] : expressionsOf(given).map((each) => readExpression(source, each, depth + 1)),
    expands: given?.children.at(-1)?.type === 'ellipsis',
  };
}

function readConditional(source: Source, node: SyntaxNode, depth: number): HclExpression {
  const [condition, whenTrue, whenFalse] = expressionsOf(node).map((part) => readExpression(source, part, depth + 1));
  if (condition === undefined || whenTrue === undefined || whenFalse === undefined) throw unknown(source, node);
  return { ...placeOf(source, node.start, node.end), kind: 'conditional', condition, whenTrue, whenFalse };
}

function readFor(source: Source, node: SyntaxNode, depth: number): HclExpression {
  const intro = node.children.find(({ type }) => type === 'for_intro');
  const collection = intro?.children.find(({ type }) => type === 'expression');
  const parts = expressionsOf(node).map((part) => readExpression(source, part, depth + 1));
  const object = node.type === 'for_object_expr';
  const value = parts[object ? 1 : 0];
  if (intro === undefined || collection === undefined || value === undefined) throw unknown(source, node);
  const test = node.children
    .find(({ type }) => type === 'for_cond')
    ?.children.find(({ type }) => type === 'expression');
  return {
    ...placeOf(source, node.start, node.end),
    kind: 'for',
    object,
    variables: intro.children.filter(({ type }) => type === 'identifier').map((name) => textOf(source, name)),
    collection: readExpression(source, collection, depth + 1),
    key: object ? parts[0] : undefined,
    value,
    condition: test === undefined ? undefined : readExpression(source, test, depth + 1),
    groups: node.children.some(({ type }) => type === 'ellipsis'),
  };
}

const operators: ReadonlySet<string> = new Set('|| && == != < <= > >= + - * / % !'.split(' '));

function readOperation(source: Source, node: SyntaxNode, depth: number): HclExpression {
  assertDepth(source, node, depth);
  const place = placeOf(source, node.start, node.end);
  const { children } = node;
  const at = children.findIndex(({ type }) => operators.has(type));
  const operator = children[at]?.type;
  if (operator === undefined) throw unknown(source, node);
  const right = readTerms(source, children.slice(at + 1), node, depth + 1);
  if (at === 0) {
    // A negative number is a number, for whoever looks for its value.
    if (operator === '-' && right.kind === 'literal' && typeof right.value === 'number') {
      return { ...place, kind: 'literal', value: -right.value };
    }
    return { ...place, kind: 'operation', operator, operands: [right] };
  }
  const left = readTerms(source, children.slice(0, at), node, depth + 1);
  return { ...place, kind: 'operation', operator, operands: [left, right] };
}

function expressionsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.children.filter(({ type }) => type === 'expression');
}

function textOf({ text }: Source, { start, end }: SyntaxNode): string {
  return text.slice(start, end);
}

function placeOf(source: Source, start: number, end: number): Place {
  return { range: source.rangeOf(start, end), text: source.text.slice(start, end) };
}

function assertDepth(source: Source, node: SyntaxNode, depth: number): void {
  if (depth <= deepest) return;
  throw hclError('hcl-too-large', {
    message: `${source.path}:${source.lineAt(node.start)}: nested deeper than ${deepest} levels`,
    next: 'flatten it: move parts into locals or into modules',
  });
}

function unknown(source: Source, node: SyntaxNode): Error {
  return unsupported(source.path, source.lineAt(node.start), 'what stands here');
}
