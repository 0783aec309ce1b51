import { defineErrors } from '../../kit/index.ts';
import type { PlanValue } from './reading.ts';

/** The text of a plan as values, and the only way to look into them: what is not as expected is never guessed at. */
export type PlanObject = { readonly [key: string]: PlanValue };

const planError = defineErrors({
  'plan-unreadable': {
    audience: 'operator',
    meaning:
      'The JSON of a plan is not what Castellan knows how to read; nothing is said of it and nothing may come of it.',
  },
});

/** `what` names a place of the format, never a value. */
export function unreadable(what: string, cause?: unknown): Error {
  return planError('plan-unreadable', {
    message: `the plan cannot be read: ${what}`,
    next: 'plan with an engine whose JSON format is 1.x; if it is, please report what this says',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Of UTF-16 units: a plan of ten thousand resources has some forty million. */
const longestPlan = 256 * 1_024 * 1_024;
const deepestPlan = 200;

export function parsePlanText(json: string): PlanObject {
  if (json.length > longestPlan) throw unreadable('it is longer than 256 MiB');
  const needsDigits = checkNesting(json);
  const value = parseJson(needsDigits ? quoteLongNumbers(json) : json);
  if (!isObject(value)) throw unreadable('it is not an object');
  return value;
}

function parseJson(json: string): PlanValue {
  try {
    return JSON.parse(json);
  } catch (error) {
    // Its message quotes the text, so it only travels as the cause.
    throw unreadable('it is not JSON', error);
  }
}

/** Throws when brackets are nested too deep for what walks the values; says whether a number has more digits than a double. */
function checkNesting(json: string): boolean {
  let depth = 0;
  let digits = 0;
  let longNumber = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      digits += 1;
      if (digits > 15) longNumber = true;
      continue;
    }
    if (code !== 46) digits = 0;
    if (code === 34) at = stringEnd(json, at);
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > deepestPlan) throw unreadable(`it is nested deeper than ${deepestPlan}`);
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return longNumber;
}

function stringEnd(json: string, start: number): number {
  let end = start;
  for (;;) {
    end = json.indexOf('"', end + 1);
    if (end === -1) return json.length;
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === 92) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

const longNumbers = /"(?:[^"\\]|\\.)*"|-?\d[\d.]{15,}(?:[eE][+-]?\d+)?/g;

/** A number of more digits than a double holds is read as its digits: otherwise two that differ would look the same. */
function quoteLongNumbers(json: string): string {
  return json.replace(longNumbers, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

export function isObject(value: PlanValue | undefined): value is PlanObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: PlanValue | undefined): value is readonly PlanValue[] {
  return Array.isArray(value);
}

/** What stands under a key that is data, whose name may be `constructor`. */
export function member(value: PlanValue | undefined, key: string | number): PlanValue | undefined {
  if (isList(value)) return typeof key === 'number' ? value[key] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Absent and null are the empty object. */
export function objectAt(parent: PlanObject, key: string): PlanObject {
  const value = member(parent, key);
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw unreadable(`${key} is not an object`);
  return value;
}

/** Absent and null are the empty list. */
export function objectsAt(parent: PlanObject, key: string): readonly PlanObject[] {
  const value = member(parent, key);
  if (value === undefined || value === null) return [];
  if (!isList(value) || !value.every(isObject)) throw unreadable(`${key} is not a list of objects`);
  return value;
}

export function stringsAt(parent: PlanObject, key: string): readonly string[] {
  const value = member(parent, key);
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw unreadable(`${key} is not a list`);
  return value.map((item) => {
    if (typeof item !== 'string') throw unreadable(`${key} is not a list of strings`);
    return item;
  });
}

export function stringAt(parent: PlanObject, key: string): string {
  const value = optionalStringAt(parent, key);
  if (value === undefined) throw unreadable(`${key} is missing`);
  return value;
}

export function optionalStringAt(parent: PlanObject, key: string): string | undefined {
  const value = member(parent, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw unreadable(`${key} is not a string`);
  return value;
}

export function optionalFlagAt(parent: PlanObject, key: string): boolean | undefined {
  const value = member(parent, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw unreadable(`${key} is not true or false`);
  return value;
}
