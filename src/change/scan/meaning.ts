import { createHash } from 'node:crypto';
import type { HclBlock, HclBody, HclExpression, HclStep } from '../../iac/hcl/syntax.ts';
import type { Place } from './instances.ts';
import { Unjudgeable } from './problem.ts';
import { bind, placeInNested } from './walk.ts';

/**
 * What an expression or block means, whatever it looks like.
 *
 *  written   its own words alone: comments, order of attributes and layout aside
 *  deep      with every local, variable, argument, output and file it reads, down to the last one
 *  secrets   the names of what it reads that may hold a secret
 */
export interface Meaning {
  /** Equal when the deep meaning is. */
  readonly digest: string;
  readonly secrets: ReadonlySet<string>;
}

type Reference = HclExpression & { readonly kind: 'reference' };
export type Call = HclExpression & { readonly kind: 'call' };

/** How a writer gets beyond the words: both are absent when only what is written counts. */
export interface Following {
  reference(reference: Reference, place: Place, secrets: Set<string>): string;
  /** What is repeated over, or counted: its keys alone. */
  keys(expression: HclExpression, place: Place, secrets: Set<string>): string;
  /** Added to a call: the content of the file it reads. */
  call(call: Call, place: Place, secrets: Set<string>): string;
}

/** Attributes that say how a block is handled, not what it reads. */
const unfollowed: ReadonlySet<string> = new Set([
  'depends_on',
  'provider',
  'providers',
  'ignore_changes',
  'replace_triggered_by',
]);

const mostSteps = 4_000_000;

interface Writer {
  expression(expression: HclExpression, place: Place | undefined, secrets: Set<string>): string;
  block(block: HclBlock, place: Place | undefined, secrets: Set<string>): string;
  steps(steps: readonly HclStep[], place: Place | undefined, secrets: Set<string>): string;
}

/** Writes meanings down as text in which nothing can stand for anything else. Errors: `Unjudgeable` when there is too much. */
export function createWriter(following: () => Following): Writer {
  let left = mostSteps;

  const expression: Writer['expression'] = (node, place, secrets) => {
    left -= 1;
    if (left < 0)
      throw new Unjudgeable('scan-too-large', 'what refers to what is more than the scan follows: make it simpler');
    const write = (inner: HclExpression, where = place): string => expression(inner, where, secrets);
    const optional = (inner: HclExpression | undefined, where = place): string =>
      inner === undefined ? '-' : write(inner, where);
    switch (node.kind) {
      case 'literal':
        return JSON.stringify(node.value);
      case 'template':
        return `t(${node.parts.map((part) => (typeof part === 'string' ? JSON.stringify(part) : write(part))).join()})`;
      case 'object': {
        const items = node.items.map(({ key, value }) => `${write(key)}:${write(value)}`);
        return `{${(node.items.every(({ key }) => key.kind === 'literal') ? items.sort() : items).join()}}`;
      }
      case 'tuple':
        return `[${node.items.map((item) => write(item)).join()}]`;
      case 'reference':
        return place === undefined
          ? `r(${node.root}${steps(node.steps, place, secrets)})`
          : following().reference(node, place, secrets);
      case 'call': {
        const [only] = node.arguments;
        if (place !== undefined && only !== undefined && /^(core::)?(length|keys)$/.test(node.name)) {
          return `c(${node.name},${following().keys(only, place, secrets)})`;
        }
        const read = place === undefined ? '' : following().call(node, place, secrets);
        if (node.name === 'sensitive' || node.name === 'core::sensitive') secrets.add('a value marked sensitive');
        return `c(${node.name},${node.expands},${node.arguments.map((argument) => write(argument)).join()}${read})`;
      }
      case 'conditional':
        return `i(${write(node.condition)},${write(node.whenTrue)},${write(node.whenFalse)})`;
      case 'for': {
        const inner = place === undefined ? undefined : bind(place, node.variables, node.collection);
        const names = place === undefined ? node.variables.join() : node.variables.length;
        return `f(${node.object},${node.groups},${names},${write(node.collection)},${optional(node.key, inner)},${write(node.value, inner)},${optional(node.condition, inner)})`;
      }
      case 'operation':
        if (asksWhetherGiven(node))
          return `o(${node.operator},${node.operands.map((operand) => expression(operand, place, new Set())).join()})`;
        return `o(${node.operator},${node.operands.map((operand) => write(operand)).join()})`;
    }
  };

  const steps: Writer['steps'] = (all, place, secrets) =>
    all
      .map((step) => {
        if (step.kind === 'splat') return '[*]';
        if (step.kind === 'name') return `[${JSON.stringify(step.name)}]`;
        return typeof step.index === 'object'
          ? `[(${expression(step.index, place, secrets)})]`
          : `[${JSON.stringify(step.index)}]`;
      })
      .join('');

  const body = ({ attributes, blocks }: HclBody, place: Place | undefined, secrets: Set<string>): string => {
    const written = attributes.map(
      ({ name, value }) => `${name}=${expression(value, unfollowed.has(name) ? undefined : place, secrets)}`,
    );
    return `{${written.sort().join(';')}|${blocks.map((inner) => block(inner, place, secrets)).join(';')}}`;
  };

  const block: Writer['block'] = (node, place, secrets) => {
    const inner = place === undefined ? undefined : placeInNested(node, place);
    return `${node.type}${JSON.stringify(node.labels)}${body(node.body, inner, secrets)}`;
  };

  return { expression, block, steps };
}

/** `var.x == null`: whether a module was given something tells nothing of what it was given. */
function asksWhetherGiven({ operator, operands }: HclExpression & { readonly kind: 'operation' }): boolean {
  const isNull = (operand: HclExpression): boolean => operand.kind === 'literal' && operand.value === null;
  const isVariable = (operand: HclExpression): boolean =>
    operand.kind === 'reference' && operand.root === 'var' && operand.steps.length === 1;
  return (operator === '==' || operator === '!=') && operands.some(isNull) && operands.some(isVariable);
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
