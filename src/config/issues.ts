import type { z } from 'zod';
import { nearestOf } from './overrides.ts';
import { type ConfigPath, type Problem, pathText } from './problem.ts';
import { isPlainObject, mapStrings, members, type Schema, schemasAt } from './shape.ts';

/** What was typed, and how to tell where. */
export interface Typed {
  readonly schema: Schema;
  readonly tree: unknown;
  whereOf(path: ConfigPath): string;
}

type Issue = z.core.$ZodIssue;

/** A schema's refusals as problems: with a place, a next step, and without the value that was refused. */
export function problemsOf(issues: readonly Issue[], typed: Typed): readonly Problem[] {
  return issues.flatMap((issue) => problemsOfOne(issue, typed));
}

function problemsOfOne(issue: Issue, typed: Typed): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key, typed));
  if (issue.code === 'invalid_union') {
    const meant = issue.errors
      .filter((branch) => !branch.every((one) => one.path.length === 0 && isOtherKind(one)))
      .toSorted((a, b) => a.length - b.length)[0];
    if (meant !== undefined) {
      return meant.flatMap((one) => problemsOfOne({ ...one, path: [...issue.path, ...one.path] }, typed));
    }
  }
  const value = valueAt(typed.tree, issue.path);
  const subject = issue.path.length === 0 ? 'the file' : pathText(issue.path);
  const [words, next] = wordsOf(issue, value);
  return [
    {
      code: 'config-invalid',
      where: typed.whereOf(issue.path),
      message: `${subject} ${words}`,
      next,
    },
  ];
}

/** The branch was not meant at all: a section where `false` may stand, or the other way round. */
function isOtherKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function unknownKey(above: ConfigPath, key: string, typed: Typed): Problem {
  const known = [...new Set(schemasAt(typed.schema, above).flatMap((schema) => [...members(schema).keys()]))].sort();
  const nearest = nearestOf(key, known);
  const named = nearest === undefined ? '' : `; the nearest known key is ${pathText([...above, nearest])}`;
  return {
    code: 'config-unknown-key',
    where: typed.whereOf([...above, key]),
    message: `${[...(above.length === 0 ? [] : [pathText(above)]), unknownText(key)].join('.')} is not a key${named}`,
    next: known.length === 0 ? 'remove it' : `rename or remove it; there may stand: ${known.join(', ')}`,
  };
}

/** A pasted secret can end up as a key: only what could be one is repeated. */
function unknownText(key: string): string {
  return /^[A-Za-z][A-Za-z_-]{0,39}$/.test(key) ? key : '«not a word»';
}

const place = 'correct it there; docs/config.md lists every key';

function wordsOf(issue: Issue, value: unknown): readonly [words: string, next: string] {
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return ['is missing', 'add it there'];
      if (value === null) return ['is empty', 'write something below it, or remove it'];
      return [`is ${kindName(value)}; it takes ${expectedNames[issue.expected] ?? issue.expected}`, place];
    case 'invalid_value':
      return [`takes ${issue.values.map(String).join(', ')}`, 'write one of these'];
    case 'invalid_union':
      return value === null
        ? ['is empty', 'write something below it, or remove it']
        : [`cannot be ${kindName(value)}`, place];
    case 'custom':
    case 'invalid_format':
      return [withoutValue(issue.message, value), place];
    case 'too_small':
    case 'too_big': {
      const unit = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      return [`takes ${bound}${unit}`, place];
    }
    default:
      return [`is not valid: ${withoutValue(issue.message, value)}`, place];
  }
}

const expectedNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'keys below it',
  array: 'a list',
};

function kindName(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'not a finite number';
  return typeof value === 'boolean' ? 'true or false' : 'text';
}

function valueAt(tree: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isPlainObject(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
  }, tree);
}

const shortestHidden = 6;

/** A group's own check may quote what it refused; what was typed stays out of every error. */
function withoutValue(words: string, value: unknown): string {
  let result = words;
  mapStrings(value, (text) => {
    if (text.length >= shortestHidden) result = result.replaceAll(text, '«value»');
    return text;
  });
  return result;
}
