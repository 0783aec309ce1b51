import type { CastellanError } from '../kit/index.ts';
import { type ConfigErrorCode, configError } from './errors.ts';

/** Keys from the top of castellan.yaml down; a number is a place in a list. */
export type ConfigPath = readonly PropertyKey[];

/** One thing that is wrong. Says where and what, never a value: a password may stand where it was not meant to. */
export interface Problem {
  readonly code: ConfigErrorCode;
  /** `castellan.yaml:3:5`, or the name of a variable; empty when it has no place. */
  readonly where: string;
  /** Lowercase, as the rest of a sentence or one of its own. */
  readonly message: string;
  readonly next: string;
}

/** `http.allowedHosts[0]`. */
export function pathText(path: ConfigPath): string {
  return path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${keyText(String(key))}`))
    .join('');
}

/** Below a key that takes any names: what could do harm on a terminal is not repeated. */
function keyText(key: string): string {
  return /^[\w.@-]{1,63}$/.test(key) ? key : '«name»';
}

const mostTold = 20;

/** One error for all problems; its code is that of the first about the configuration itself. */
export function refusal(
  problems: readonly [Problem, ...Problem[]],
  next = 'correct what is listed and run `castellan config check`',
): CastellanError {
  const [first] = problems;
  const { code } = problems.find((one) => one.code.startsWith('config-')) ?? first;
  const told = ({ where, message }: Problem): string => (where === '' ? message : `${where}: ${message}`);
  if (problems.length === 1) return configError(code, { message: told(first), next: first.next });
  const lines = problems.slice(0, mostTold).map((problem) => `\n  ${told(problem)}\n    next: ${problem.next}`);
  const more = problems.length > mostTold ? `\n  and ${problems.length - mostTold} more` : '';
  return configError(code, {
    message: `the configuration has ${problems.length} problems${lines.join('')}${more}`,
    next,
  });
}
