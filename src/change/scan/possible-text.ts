import { posix } from 'node:path';
import type { HclExpression } from '../../iac/hcl/syntax.ts';
import { definitionsOf } from './definitions.ts';
import type { Place } from './instances.ts';

/** A string an expression may come out as; `complete` when no part of it had to be guessed. */
interface PossibleText {
  readonly text: string;
  readonly complete: boolean;
}

/** No path of a repository begins like this, so nobody can write it. */
const rootMark = '/\u0000repository';
const mostTexts = 16;
const deepest = 24;

const unknownText: PossibleText = { text: 'unknown', complete: false };

/** Follows locals, variables and conditions. An unknown part counts as one plain word. Never empty. */
export function possibleTexts(expression: HclExpression, place: Place, depth = 0): readonly PossibleText[] {
  const texts = depth > deepest ? [] : textsOf(expression, place, depth + 1);
  return texts.length === 0 ? [unknownText] : texts.slice(0, mostTexts);
}

function textsOf(expression: HclExpression, place: Place, depth: number): readonly PossibleText[] {
  const follow = (inner: HclExpression, where = place): readonly PossibleText[] => possibleTexts(inner, where, depth);
  switch (expression.kind) {
    case 'literal':
      return [{ text: String(expression.value), complete: true }];
    case 'template':
      return expression.parts.reduce<readonly PossibleText[]>(
        (before, part) => joined(before, typeof part === 'string' ? [{ text: part, complete: true }] : follow(part)),
        [{ text: '', complete: true }],
      );
    case 'conditional':
      return [...follow(expression.whenTrue), ...follow(expression.whenFalse)];
    case 'reference':
      return definitionsOf(expression, place)
        .flatMap(({ value, where }) => follow(value, where))
        .concat(folder(expression, place));
    case 'call':
      return calledTexts(expression, follow);
    default:
      return [];
  }
}

/** Functions that may hand through what they are given. */
const handsThrough =
  /^(core::)?(abspath|pathexpand|trimspace|chomp|coalesce|try|tostring|lower|nonsensitive|sensitive|trim|replace|format)$/;

function calledTexts(
  { name, arguments: given }: HclExpression & { readonly kind: 'call' },
  follow: (inner: HclExpression) => readonly PossibleText[],
): readonly PossibleText[] {
  const [separator, list] = given;
  if (/^(core::)?join$/.test(name) && separator !== undefined && list?.kind === 'tuple') {
    return list.items.reduce<readonly PossibleText[]>(
      (before, item, index) => joined(index === 0 ? before : joined(before, follow(separator)), follow(item)),
      [{ text: '', complete: true }],
    );
  }
  if (!handsThrough.test(name)) return [];
  return given.flatMap((argument) => follow(argument)).map(({ text }) => ({ text, complete: false }));
}

function joined(before: readonly PossibleText[], after: readonly PossibleText[]): readonly PossibleText[] {
  return before
    .flatMap((one) => after.map((other) => ({ text: one.text + other.text, complete: one.complete && other.complete })))
    .slice(0, mostTexts);
}

function folder(
  { root, steps }: HclExpression & { readonly kind: 'reference' },
  { instance }: Place,
): readonly PossibleText[] {
  const [step] = steps;
  if (root !== 'path' || step?.kind !== 'name') return [];
  const of = step.name === 'module' ? instance.module.folder : instance.root.folder;
  return [{ text: `${rootMark}/${of}`, complete: true }];
}

/** The path in the repository that a text given to a file function leads to; undefined when it leads out of it. */
export function repositoryPath(text: string, { instance }: Place): string | undefined {
  if (text.startsWith('~')) return undefined;
  const absolute = text.startsWith('/') ? text : `${rootMark}/${instance.root.folder}/${text}`;
  const path = posix.normalize(absolute);
  return path.startsWith(`${rootMark}/`) ? path.slice(rootMark.length + 1).replace(/\/+$/, '') : undefined;
}
