import type { JsonValue } from '../../kit/index.ts';

/**
 * JSON read with the place of every part, so that a leaf can be replaced where it stands and the rest keeps its
 * formatting. Undefined for anything that is not JSON, for a name that occurs twice in one object (readers disagree on
 * which of the two counts) and for nesting beyond the limit: such text is read as plain text.
 */
export interface JsonNode {
  readonly value: JsonValue;
  readonly start: number;
  readonly end: number;
  /** Of an array. */
  readonly items?: readonly JsonNode[];
  /** Of an object; `name` is the place of the quoted name. */
  readonly entries?: readonly { readonly key: string; readonly name: JsonNode; readonly node: JsonNode }[];
}

export const depthLimit = 64;

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const word = /true|false|null/y;
const plainString = /"[^"\\\n]*"/y;
const escapedString = /"(?:[^"\\\n]|\\.)*"/y;

/** One document, from `from` on; white space around it is passed over. */
export function parseJsonAt(text: string, from: number): JsonNode | undefined {
  const node = readNode(text, skipSpace(text, from), 0);
  return node;
}

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
}

function readNode(text: string, start: number, depth: number): JsonNode | undefined {
  if (depth > depthLimit) return undefined;
  const character = text[start];
  if (character === '{') return readObject(text, start, depth);
  if (character === '[') return readArray(text, start, depth);
  if (character === '"') return readString(text, start);
  return readMatch(text, start, number) ?? readMatch(text, start, word);
}

function readMatch(text: string, start: number, pattern: RegExp): JsonNode | undefined {
  pattern.lastIndex = start;
  const source = pattern.exec(text)?.[0];
  return source === undefined ? undefined : { value: JSON.parse(source), start, end: start + source.length };
}

function readString(text: string, start: number): (JsonNode & { readonly value: string }) | undefined {
  plainString.lastIndex = start;
  const plain = plainString.exec(text)?.[0];
  if (plain !== undefined) return { value: plain.slice(1, -1), start, end: start + plain.length };
  escapedString.lastIndex = start;
  const source = escapedString.exec(text)?.[0];
  if (source === undefined) return undefined;
  try {
    return { value: JSON.parse(source), start, end: start + source.length };
  } catch {
    // An escape JSON does not have: no document, so it is read as text.
    return undefined;
  }
}

function readArray(text: string, start: number, depth: number): JsonNode | undefined {
  const items: JsonNode[] = [];
  let at = skipSpace(text, start + 1);
  if (text[at] === ']') return { value: [], start, end: at + 1, items };
  for (;;) {
    const item = readNode(text, at, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    at = skipSpace(text, item.end);
    if (text[at] === ']') return { value: items.map(({ value }) => value), start, end: at + 1, items };
    if (text[at] !== ',') return undefined;
    at = skipSpace(text, at + 1);
  }
}

function readObject(text: string, start: number, depth: number): JsonNode | undefined {
  const entries: { key: string; name: JsonNode; node: JsonNode }[] = [];
  const keys = new Set<string>();
  let at = skipSpace(text, start + 1);
  const finish = (end: number): JsonNode => ({
    value: Object.fromEntries(entries.map(({ key, node }) => [key, node.value])),
    start,
    end,
    entries,
  });
  if (text[at] === '}') return finish(at + 1);
  for (;;) {
    const name = readString(text, at);
    if (name === undefined || keys.has(name.value)) return undefined;
    keys.add(name.value);
    at = skipSpace(text, name.end);
    if (text[at] !== ':') return undefined;
    const node = readNode(text, skipSpace(text, at + 1), depth + 1);
    if (node === undefined) return undefined;
    entries.push({ key: name.value, name, node });
    at = skipSpace(text, node.end);
    if (text[at] === '}') return finish(at + 1);
    if (text[at] !== ',') return undefined;
    at = skipSpace(text, at + 1);
  }
}
