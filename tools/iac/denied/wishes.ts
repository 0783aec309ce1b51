import type { FieldWish } from '../../../src/change/wire/edit.ts';
import { refuse } from './no-edit.ts';

/** How much of one command is understood: as much as the keep takes. */
const mostWishes = 20;
const mostSteps = 20;
const longestName = 253;
const longestValue = 4_000;
const highestIndex = 10_000;

export type Step = FieldWish['path'][number];
export type Path = readonly Step[];

/** One field, before it is known whether the whole command can be had. */
export interface Wished {
  readonly path: Path;
  readonly value: string | number | boolean | undefined;
}

/** Of several that are given to one field, the last: for commands that do one thing after another. */
export function inOrder(wished: Iterable<Wished>): readonly Wished[] {
  const byPath = new Map<string, Wished>();
  for (const one of wished) {
    const key = JSON.stringify(one.path);
    byPath.delete(key);
    byPath.set(key, one);
  }
  return [...byPath.values()];
}

/** What the keep is asked for. */
export function wishesOf(wished: readonly Wished[]): readonly FieldWish[] {
  if (wished.length === 0) refuse('it gives no field a value');
  if (wished.length > mostWishes) refuse('it changes more than 20 fields at once');
  for (const { path, value } of wished) {
    if (path.length === 0 || path.length > mostSteps) refuse('a field of it lies deeper than any that is known');
    path.forEach(checkStep);
    checkValue(value);
  }
  for (const [index, { path }] of wished.entries()) {
    if (wished.some((other, at) => at !== index && isWithin(other.path, path))) refuse('it gives one field two values');
  }
  return wished.map(({ path, value }) => (value === undefined ? { path: [...path] } : { path: [...path], value }));
}

/** A shell would have put something else there; what it is, nobody here knows. */
const shellMark = /\$[\w({@*#?!$-]|`/;

function checkStep(step: Step): void {
  if (typeof step === 'number') {
    if (!Number.isInteger(step) || step < 0 || step > highestIndex) refuse('a position in a list is none');
    return;
  }
  if (typeof step === 'object' && 'only' in step) return;
  checkName(typeof step === 'string' ? step : step.name);
}

function checkName(name: string): void {
  if (name === '' || name.length > longestName) refuse('the name of a field is empty or too long');
  // No field is called so, and whoever walks along the path would leave the object by it.
  if (name === '__proto__' || shellMark.test(name) || hasControls(name))
    refuse('the name of a field is not a plain one');
}

function checkValue(value: Wished['value']): void {
  if (
    typeof value === 'number' &&
    (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
  )
    refuse('a number of it is too large');
  if (typeof value !== 'string') return;
  if (value.length > longestValue) refuse('a value of it is longer than 4,000 characters');
  if (shellMark.test(value)) refuse('a value of it is one that a shell or the container would work out');
  if (hasControls(value.replaceAll(/[\n\t]/g, ''))) refuse('a value of it holds control characters');
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text) || !text.isWellFormed();
}

function isWithin(path: Path, outer: Path): boolean {
  return (
    outer.length <= path.length && outer.every((step, index) => JSON.stringify(step) === JSON.stringify(path[index]))
  );
}
