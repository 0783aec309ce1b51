import { isNamedList } from './merge-patch.ts';
import { refuse } from './no-edit.ts';
import { type Body, type BodyObject, isBodyList, isBodyObject } from './patch-body.ts';
import type { Target } from './target.ts';
import type { Path, Step, Wished } from './wishes.ts';

/**
 * RFC 6902, as far as each of its operations is a field. A position counts in the list as it lives, to which others may have
 * added: of an environment it is understood only where a `test` says what variable stands there.
 */
export function jsonPatchWishes(body: Body, target: Target): readonly Wished[] {
  if (!isBodyList(body)) return refuse('its patch is no list of operations');
  const reading: Reading = { target, names: new Map(), moved: new Set() };
  return body.flatMap((operation) => {
    if (!isBodyObject(operation)) return refuse('an operation of its patch is none');
    return wishesOfOperation(operation, reading);
  });
}

interface Reading {
  readonly target: Target;
  /** What a `test` said of the item at a pointer: its name. */
  readonly names: Map<string, string>;
  /** Lists in which an operation moved items to other positions. */
  readonly moved: Set<string>;
}

function wishesOfOperation(operation: BodyObject, reading: Reading): readonly Wished[] {
  const { op, path: pointer, value } = operation;
  if (typeof pointer !== 'string') return refuse('an operation of its patch has no path');
  const tokens = tokensOf(pointer);
  if (tokens[0] === 'status') refuse('what an object reports is not of the source');
  if (op === 'test') {
    if (tokens.at(-1) === 'name' && typeof value === 'string')
      reading.names.set(JSON.stringify(tokens.slice(0, -1)), value);
    return [];
  }
  if (op !== 'add' && op !== 'replace' && op !== 'remove')
    return refuse('an operation of its patch is not understood here');
  const last = tokens.at(-1) ?? '';
  const list = tokens.slice(0, -1);
  const at = pathOf(list, reading);
  const isPosition = isInList(list, last);
  if (op === 'remove') {
    const path = [...at, stepOf(list, last, at, reading)];
    if (isPosition) reading.moved.add(JSON.stringify(list));
    return [{ path, value: undefined }];
  }
  if (op === 'add' && isPosition) {
    if (last !== '-') reading.moved.add(JSON.stringify(list));
    return variableOf(value, at, reading.target);
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    return refuse('it replaces a whole object or list, of which only single fields are understood here');
  return [{ path: [...at, stepOf(list, last, at, reading)], value }];
}

/** What is added to an environment is a variable; what is added to any other list is more than one field. */
function variableOf(value: Body | undefined, at: Path, target: Target): readonly Wished[] {
  const isEnvironment = at.at(-1) === 'env' && isNamedList(at, target);
  if (!isEnvironment || !isBodyObject(value))
    return refuse('it adds to a list, of which only single fields are understood here');
  const { name, value: text, ...more } = value;
  if (typeof name !== 'string' || typeof text !== 'string' || Object.keys(more).length > 0)
    return refuse('the variable it adds is no name and text');
  return [{ path: [...at, { name }, 'value'], value: text }];
}

function tokensOf(pointer: string): readonly string[] {
  const [first, ...tokens] = pointer.split('/');
  if (first !== '' || tokens.length === 0 || tokens.length > 20 || tokens.some((token) => /~(?![01])/.test(token)))
    return refuse('a path of its patch is none');
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function pathOf(tokens: readonly string[], reading: Reading): Path {
  let path: Path = [];
  for (const [index, token] of tokens.entries()) path = [...path, stepOf(tokens.slice(0, index), token, path, reading)];
  return path;
}

/** `before` as the pointer says it, `path` as it is understood. */
function stepOf(before: readonly string[], token: string, path: Path, { target, names, moved }: Reading): Step {
  if (!isInList(before, token)) return token;
  if (token === '-') return refuse('it changes what is at the end of a list, which is nothing');
  if (moved.has(JSON.stringify(before))) refuse('its operations move what its later ones count');
  const name = names.get(JSON.stringify([...before, token]));
  if (name !== undefined && isNamedList(path, target)) return { name };
  if (othersAddTo.includes(before.at(-1) ?? '')) refuse('it names a variable or volume by its position: name it');
  return Number(token);
}

/** Their keys are names, and a name may be a number. */
const objectsOfNames: readonly string[] =
  'labels,annotations,matchLabels,nodeSelector,data,stringData,binaryData,limits,requests,hard'.split(',');
const othersAddTo: readonly string[] = ['env', 'volumes', 'volumeMounts'];

function isInList(before: readonly string[], token: string): boolean {
  return /^(?:0|[1-9]\d*|-)$/.test(token) && before.length > 0 && !objectsOfNames.includes(before.at(-1) ?? '');
}
