import { type JsonValue, stripHiddenCharacters } from '../../kit/index.ts';
import { marker } from '../marker.ts';
import type { Finding, StructuralRule } from '../redactor.ts';
import { type JsonNode, parseJsonAt, skipSpace } from './json-text.ts';
import { walkValue } from './walk.ts';

/**
 * JSON inside text: the whole of it, one document after another, or one in a line behind a prefix. Inside a document
 * strings are read unescaped and structural rules apply; the edits leave its formatting and its validity alone.
 */
export interface DocumentReading {
  readonly text: (text: string, name?: string) => string;
  readonly rules: readonly StructuralRule[];
  /** Stands in so many strings of other documents that it is not read any more, only masked. */
  readonly tooDeep: boolean;
}

/** `plain`: what the text layers found in the text as it stands. Returns that, with documents edited as documents. */
export function findInDocuments(text: string, plain: readonly Finding[], reading: DocumentReading): readonly Finding[] {
  if (!text.includes('{') && !text.includes('[')) return plain;
  const spoken = reading.rules.some((rule) => rule.keywords.some((keyword) => text.includes(keyword)));
  if (plain.length === 0 && !spoken) return plain;
  const documents = wholeDocuments(text) ?? lineDocuments(text, plain, reading.rules);
  if (documents.length === 0) return plain;
  if (reading.tooDeep) return [...plain, ...documents.map(({ start, end }) => ({ start, end, rule: 'too-deep' }))];

  const edits: Finding[] = [];
  const kept: Finding[] = [];
  const leaves: JsonNode[] = [];
  for (const document of documents) {
    const walked = walkValue(document.value, reading.text, reading.rules);
    if (walked.changed) collectEdits(text, document, walked.value, walked.renamed, edits);
    collectLeaves(document, leaves);
  }
  const edited = new Map(edits.map((one) => [one.start, one]));
  for (const finding of plain) {
    const document = enclosing(documents, finding.start) ?? enclosing(documents, finding.end - 1);
    if (document === undefined) kept.push(finding);
    else if (finding.start < document.start || finding.end > document.end) kept.push(finding);
    else {
      // Read as text, a range may run over the borders of strings; what lies within one is kept unless it was edited.
      const leaf = enclosing(leaves, finding.start);
      if (leaf === undefined || finding.start <= leaf.start || finding.end >= leaf.end) continue;
      const change = edited.get(leaf.start);
      if (change === undefined) kept.push(finding);
      else if (isStillIn(change, text.slice(finding.start, finding.end))) edited.set(leaf.start, masked(leaf, finding));
    }
  }
  const spanning = united(
    kept.filter(({ start, end }) => {
      const one = endingBehind(documents, start);
      return one !== undefined && end > one.start && (start < one.start || end > one.end);
    }),
  );
  const safe = [...edited.values()].filter(({ start, end }) => (endingBehind(spanning, start)?.start ?? end) >= end);
  return [...safe, ...kept];
}

function wholeDocuments(text: string): JsonNode[] | undefined {
  const documents: JsonNode[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    if (!opensContainer(text, at)) return undefined;
    const document = parseJsonAt(text, at);
    if (document === undefined) return undefined;
    documents.push(document);
    at = skipSpace(text, document.end);
  }
  return documents;
}

/** Only lines in which something was found, or which speak of what a structural rule looks for, are worth parsing. */
function lineDocuments(text: string, plain: readonly Finding[], rules: readonly StructuralRule[]): JsonNode[] {
  const keywords = rules.flatMap((rule) => rule.keywords);
  const starts = plain.map(({ start }) => start).sort((a, b) => a - b);
  const documents: JsonNode[] = [];
  let next = 0;
  let lineStart = 0;
  while (lineStart < text.length) {
    const newline = text.indexOf('\n', lineStart);
    const lineEnd = newline === -1 ? text.length : newline;
    const hit = (starts[next] ?? Number.POSITIVE_INFINITY) < lineEnd;
    while ((starts[next] ?? Number.POSITIVE_INFINITY) < lineEnd) next += 1;
    const line = text.slice(lineStart, lineEnd);
    if (hit || keywords.some((keyword) => line.includes(keyword))) {
      const document = documentIn(line);
      if (document !== undefined) documents.push(shifted(document, lineStart));
    }
    lineStart = lineEnd + 1;
  }
  return documents;
}

function documentIn(line: string): JsonNode | undefined {
  for (const opener of ['{"', '{', '["', '[{']) {
    const at = line.indexOf(opener);
    const document = at === -1 ? undefined : parseJsonAt(line, at);
    if (document !== undefined) return document;
  }
  return undefined;
}

function shifted(node: JsonNode, by: number): JsonNode {
  if (by === 0) return node;
  return {
    value: node.value,
    start: node.start + by,
    end: node.end + by,
    ...(node.items === undefined ? {} : { items: node.items.map((item) => shifted(item, by)) }),
    ...(node.entries === undefined
      ? {}
      : {
          entries: node.entries.map((entry) => ({
            key: entry.key,
            name: shifted(entry.name, by),
            node: shifted(entry.node, by),
          })),
        }),
  };
}

function opensContainer(text: string, at: number): boolean {
  return text[at] === '{' || text[at] === '[';
}

/** Strings and names in the order of the text. */
function collectLeaves(node: JsonNode, leaves: JsonNode[]): void {
  if (node.items !== undefined) for (const item of node.items) collectLeaves(item, leaves);
  else if (node.entries !== undefined) {
    for (const { name, node: child } of node.entries) {
      leaves.push(name);
      collectLeaves(child, leaves);
    }
  } else leaves.push(node);
}

function collectEdits(
  text: string,
  node: JsonNode,
  value: JsonValue,
  renamed: WeakMap<object, ReadonlyMap<string, string>>,
  edits: Finding[],
): void {
  if (node.items !== undefined && Array.isArray(value)) {
    for (const [index, item] of node.items.entries()) {
      const next = value[index];
      if (next !== undefined) collectEdits(text, item, next, renamed, edits);
    }
  } else if (node.entries !== undefined && typeof value === 'object' && value !== null) {
    const names = renamed.get(value);
    for (const { key, name, node: child } of node.entries) {
      const newName = names?.get(key) ?? key;
      if (newName !== key) edits.push(edit(name, newName));
      const next = (value as { readonly [key: string]: JsonValue })[newName];
      if (next !== undefined) collectEdits(text, child, next, renamed, edits);
    }
  } else if (node.value !== value) edits.push(edit(node, value));
}

function edit({ start, end }: JsonNode, value: JsonValue): Finding {
  return { start, end, rule: 'document', replacement: JSON.stringify(value) };
}

/**
 * What was found in the text as it stands is, read unescaped, something else, and was left: a backslash and a letter are two characters
 * of a secret here and an escape there. Then nobody can say where it ends in the string, and all of the string goes.
 */
function isStillIn({ replacement = '' }: Finding, found: string): boolean {
  return replacement.includes(JSON.stringify(stripHiddenCharacters(unescaped(found))).slice(1, -1));
}

function unescaped(source: string): string {
  try {
    return String(JSON.parse(`"${source}"`));
  } catch {
    // Cut out of its string it is none by itself: as it stands then.
    return source;
  }
}

function masked({ start, end }: JsonNode, { rule, detail, label }: Finding): Finding {
  return { start, end, rule, replacement: JSON.stringify(marker(rule, detail, label)) };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The first that ends behind `at`, of ranges that are sorted and apart. */
function endingBehind<One extends Range>(ranges: readonly One[], at: number): One | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return ranges[low];
}

function enclosing(nodes: readonly JsonNode[], at: number): JsonNode | undefined {
  const node = endingBehind(nodes, at);
  return node !== undefined && node.start <= at ? node : undefined;
}

/** Sorted, and those that overlap made one. */
function united(ranges: readonly Range[]): readonly Range[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || start >= last.end) result.push({ start, end });
    else last.end = Math.max(last.end, end);
  }
  return result;
}
