import type { HclExpression } from '../hcl/syntax.ts';
import { evaluate } from '../origin/evaluate.ts';
import type { Instance } from '../origin/instance.ts';
import type { SourcePlace } from '../origin/port.ts';
import { isSettled } from './differences.ts';
import type { Holder } from './holders.ts';
import { namesOf } from './holders.ts';
import { areOneType, isUnifying, type Reshaping, unified } from './one-type.ts';
import { contains } from './text.ts';
import type { Work } from './work.ts';

/** How what an edit touches goes through one expression. */
interface Flow {
  /** Parts of the expression that it reaches. Whatever is computed around one of them may be another value now. */
  readonly places: readonly SourcePlace[];
  /** It has a say in which of several values is taken, and they may be computed. */
  readonly selects: boolean;
  /** It is made one type with something that is not touched, which may so become something else. */
  readonly retypes: boolean;
}

interface Following {
  readonly holder: Holder;
  readonly edited: SourcePlace;
  readonly isReached: (name: string) => boolean;
  readonly before: Instance | undefined;
  readonly after: Instance;
  readonly work: Work;
  readonly reshaping: Reshaping;
  readonly places: SourcePlace[];
  selects: boolean;
  retypes: boolean;
}

export function flowThrough(given: Omit<Following, keyof Flow>): Flow {
  const following: Following = { ...given, places: [], selects: false, retypes: false };
  visit(given.holder.attribute.value, new Map(), following);
  return following;
}

/** Names of a `for` around it, and whether what they stand for is reached. */
type Bound = ReadonlyMap<string, boolean>;

/** Whether the edit reaches any part of it. */
function visit(expression: HclExpression, bound: Bound, following: Following): boolean {
  following.work.spend(1);
  const all = (parts: readonly (HclExpression | undefined)[]): boolean =>
    parts.map((part) => part !== undefined && visit(part, bound, following)).includes(true);
  switch (expression.kind) {
    case 'literal':
      return isEdited(expression, following);
    case 'reference': {
      const own = bound.get(expression.root) ?? namesOf(expression, following.holder).some(following.isReached);
      const chosen = expression.steps.map(
        (step) => step.kind === 'index' && typeof step.index === 'object' && choose(step.index, bound, following),
      );
      if (own) following.places.push(placeOf(expression, following));
      return own || chosen.includes(true);
    }
    case 'template':
      return all(expression.parts.filter((part) => typeof part !== 'string')) || isEdited(expression, following);
    case 'object': {
      const keys = expression.items.map(({ key }) => key.kind !== 'literal' && choose(key, bound, following));
      const values = all(expression.items.map(({ value }) => value));
      return keys.includes(true) || values || isEdited(expression, following);
    }
    case 'tuple':
      return all(expression.items) || isEdited(expression, following);
    case 'call': {
      const [first, key, ...rest] = expression.arguments;
      if (expression.name !== 'lookup' || first === undefined || key === undefined) {
        const reached = all(expression.arguments) || isEdited(expression, following);
        if (reached) unify(expression, bound, following);
        return reached;
      }
      const chosen = choose(key, bound, following);
      const reached = all([first, ...rest]) || isEdited(expression, following);
      if (reached) unify(expression, bound, following);
      return reached || chosen;
    }
    case 'conditional': {
      const chosen = choose(expression.condition, bound, following);
      const reached = all([expression.whenTrue, expression.whenFalse]);
      if (reached) unify(expression, bound, following);
      return reached || chosen;
    }
    case 'for': {
      const reached = visit(expression.collection, bound, following);
      const inside = new Map([...bound, ...expression.variables.map((name) => [name, reached] as const)]);
      const chosen = expression.condition !== undefined && choose(expression.condition, inside, following);
      const parts = [expression.key, expression.value].map(
        (part) => part !== undefined && visit(part, inside, following),
      );
      return reached || chosen || parts.includes(true);
    }
    case 'operation': {
      const [of, by] = expression.operands;
      if (expression.operator !== '[]' || of === undefined || by === undefined) return all(expression.operands);
      const chosen = choose(by, bound, following);
      return visit(of, bound, following) || chosen;
    }
  }
}

/** An expression that says which value is taken: it must say the same as before. */
function choose(expression: HclExpression, bound: Bound, following: Following): boolean {
  if (!visit(expression, bound, following)) return false;
  const { before, after, holder } = following;
  const same =
    !isEdited(expression, following) &&
    bound.size === 0 &&
    before !== undefined &&
    isSettled(
      evaluate(expression, { ...before.scope, file: holder.file }),
      evaluate(expression, { ...after.scope, file: holder.file }),
      following.work,
    );
  if (!same) following.selects = true;
  return true;
}

/** What is reached is made one type with the rest: all of it must be of one type already. */
function unify(expression: HclExpression, bound: Bound, following: Following): void {
  const { before, after, holder, edited, reshaping } = following;
  if (reshaping === 'same' || !isUnifying(expression)) return;
  const isOneIn = (instance: Instance | undefined): boolean =>
    instance !== undefined &&
    areOneType(unified(expression, (part) => evaluate(part, { ...instance.scope, file: holder.file })));
  // What was taken out of the expression itself is not in it any more, and may have been of any type.
  const isCut = reshaping === 'less' && edited.file === holder.file && contains(expression.range, edited.range);
  if (isCut || bound.size > 0 || !isOneIn(before) || !isOneIn(after)) following.retypes = true;
}

function isEdited(expression: HclExpression, { holder, edited, places }: Following): boolean {
  const isInside = edited.file === holder.file && contains(expression.range, edited.range);
  if (isInside) places.push(edited);
  return isInside;
}

function placeOf(expression: HclExpression, { holder }: Following): SourcePlace {
  return { file: holder.file, range: expression.range };
}
