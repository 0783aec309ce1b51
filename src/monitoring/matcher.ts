import type { CastellanError } from '../kit/index.ts';
import { monitoringError } from './errors.ts';
import { quoted } from './quoted.ts';

/** `label op value`: what a selector of PromQL or LogQL compares. */
export interface Matcher {
  readonly label: string;
  readonly op: Operator;
  readonly value: string;
}

export type Operator = '=' | '!=' | '=~' | '!~';

const operators: readonly Operator[] = ['=', '!=', '=~', '!~'];

/** A server compiles it and runs it over every value. */
const longestRegex = 300;
const longestValue = 1_000;

export function operatorOf(text: string): Operator | undefined {
  return operators.find((operator) => operator === text);
}

export function isRegex({ op }: Matcher): boolean {
  return op === '=~' || op === '!~';
}

/** Written anew from what was read, so that nothing else of the query goes with it. */
function matcherText({ label, op, value }: Matcher): string {
  return `${label}${op}${quoted(value)}`;
}

export function selectorText(matchers: readonly Matcher[]): string {
  return `{${matchers.map(matcherText).join(', ')}}`;
}

/** Throws `query-too-wide` for a value that is longer than anybody needs. */
export function boundedMatcher(matcher: Matcher): Matcher {
  const most = isRegex(matcher) ? longestRegex : longestValue;
  if (matcher.value.length > most)
    throw tooWide(`compares ${matcher.label} with more than ${most} characters`, 'use a shorter expression');
  return matcher;
}

export function invalid(what: string, next = 'correct the query'): CastellanError {
  return monitoringError('query-invalid', { message: `the query ${what}`, next });
}

export function tooWide(what: string, next: string): CastellanError {
  return monitoringError('query-too-wide', { message: `the query ${what}`, next });
}

export function refused(what: string, next: string): CastellanError {
  return monitoringError('query-refused', { message: `the query ${what}`, next });
}
