import type { HclExpression } from '../hcl/syntax.ts';
import { evaluate } from '../origin/evaluate.ts';
import type { Instance } from '../origin/instance.ts';
import type { SourcePlace } from '../origin/port.ts';
import { isSettled } from './differences.ts';
import type { Holder } from './holders.ts';
import { namesOf } from './holders.ts';
import { contains } from './text.ts';

/** How what an edit touches goes through one expression. */
interface Flow {
  /** Parts of the expression that it reaches. Whatever is computed around one of them may be another value now. */
  readonly places: readonly SourcePlace[];
  /** It has a say in which of several values is taken, and they may be computed. */
  readonly selects: boolean;
}

interface Following {
  readonly holder: Holder;
  readonly edited: SourcePlace;
  readonly isReached: (name: string) => boolean;
  readonly before: Instance | undefined;
  readonly after: Instance;
  readonly places: SourcePlace[];
  selects: boolean;
}

export function flowThrough(given: Omit<Following, 'places' | 'selects'>): Flow {
  const following: Following = { ...given, places: [], selects: false };
  visit(given.holder.attribute.value, new Map(), following);
  return following;
}

/** Names of a `for` around it, and whether what they stand for is reached. */
type Bound = ReadonlyMap<string, boolean>;

/** Whether the edit reaches any part of it. */
function visit(expression: HclExpression, bound: Bound, following: Following): boolean {
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
        return all(expression.arguments) || isEdited(expression, following);
      }
      const chosen = choose(key, bound, following);
      return all([first, ...rest]) || chosen;
    }
    case 'conditional': {
      const chosen = choose(expression.condition, bound, following);
      return all([expression.whenTrue, expression.whenFalse]) || chosen;
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
    );
  if (!same) following.selects = true;
  return true;
}

function isEdited(expression: HclExpression, { holder, edited, places }: Following): boolean {
  const isInside = edited.file === holder.file && contains(expression.range, edited.range);
  if (isInside) places.push(edited);
  return isInside;
}

function placeOf(expression: HclExpression, { holder }: Following): SourcePlace {
  return { file: holder.file, range: expression.range };
}
