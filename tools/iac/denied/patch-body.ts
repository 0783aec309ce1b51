import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import { refuse } from './no-edit.ts';

/** What a patch holds: scalars, lists, and objects whose keys are their own. */
export type Body = string | number | boolean | null | readonly Body[] | BodyObject;
export interface BodyObject {
  readonly [key: string]: Body;
}

/** Bytes of YAML cost more than they weigh: every key of an object is held against every other. */
const longest = 16_384;
const deepest = 40;
const unreadable = 'its patch is neither JSON nor YAML that can be read';

/** As kubectl reads it: what begins as JSON is JSON. */
export function readBody(text: string): Body {
  if (text.length > longest) refuse('its patch is longer than 16 KB');
  const body = /^\s*[[{]/.test(text) ? readJson(text) : readYaml(text);
  checkDepth(body, 0);
  return body;
}

export function isBodyObject(body: Body | undefined): body is BodyObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

export function isBodyList(body: Body | undefined): body is readonly Body[] {
  return Array.isArray(body);
}

function readJson(text: string): Body {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(unreadable);
    throw error;
  }
}

/** kubectl reads YAML 1.1, in which `yes` is true and `010` eight; whoever types it may mean 1.2. Only what is the same in both. */
function readYaml(text: string): Body {
  const [first, second] = (['1.1', '1.2'] as const).map((version) => {
    const documents = [...parseAllDocuments(text, { version, logLevel: 'silent', prettyErrors: false })];
    const [document, another] = documents;
    if (document === undefined || another !== undefined || document.errors.length > 0 || document.warnings.length > 0)
      return refuse(unreadable);
    return bodyOf(document.contents, 0);
  });
  if (first === undefined || !isDeepStrictEqual(first, second))
    return refuse('a value of its patch must stand in quotes');
  return first;
}

function bodyOf(node: Node | null, depth: number): Body {
  if (node === null || depth > deepest || isAlias(node)) return refuse(unreadable);
  if (isSeq<Node>(node)) return node.items.map((item) => bodyOf(item, depth + 1));
  if (isMap<Node, Node | null>(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        if (!isScalar(key) || typeof key.value !== 'string' || key.value === '<<') return refuse(unreadable);
        return [key.value, value === null ? null : bodyOf(value, depth + 1)];
      }),
    );
  }
  const value = isScalar(node) && node.tag === undefined ? node.value : undefined;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return refuse(unreadable);
}

function checkDepth(body: Body, depth: number): void {
  if (depth > deepest) refuse('its patch goes deeper than any that is meant');
  if (typeof body !== 'object' || body === null) return;
  for (const inner of Object.values(body)) checkDepth(inner, depth + 1);
}
