import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseAllDocuments } from 'yaml';
import type { SourcePlace } from '../origin/port.ts';
import { computed, type Entry, type Symbolic } from '../origin/symbol.ts';

const mostDocuments = 1_000;
const deepest = 100;

/**
 * The documents of a YAML file. Undefined where it cannot be read: a template, which is none before it is filled in, or not YAML;
 * or where it goes deeper than anything that is meant. An alias is left open, so what a file says is never more than it has.
 */
export function readYamlDocuments(path: string, text: string): readonly Symbolic[] | undefined {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
  if (!Array.isArray(documents) || documents.length > mostDocuments) return undefined;
  if (documents.some(({ errors }) => errors.length > 0)) return undefined;
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = lineCounter.linePos(offset);
    return { file: path, range: { line, column: col, endLine: line, endColumn: col } };
  };
  const reading: Reading = { placeAt, isTooDeep: false };
  const symbols = documents.map(({ contents }) => symbolOf(contents, reading, 0));
  return reading.isTooDeep ? undefined : symbols;
}

interface Reading {
  readonly placeAt: (offset: number) => SourcePlace;
  isTooDeep: boolean;
}

function symbolOf(node: ParsedNode | null, reading: Reading, depth: number): Symbolic {
  const { placeAt } = reading;
  const place = placeAt(node?.range[0] ?? 0);
  if (depth > deepest) reading.isTooDeep = true;
  if (node === null || depth > deepest) return computed(place);
  if (isSeq(node)) return { is: 'list', items: node.items.map((item) => symbolOf(item, reading, depth + 1)), place };
  if (isMap(node)) {
    const entries = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      entries.set(String(key.value), { key: placeAt(key.range[0]), value: symbolOf(value, reading, depth + 1) });
    }
    return { is: 'object', entries, place };
  }
  if (!isScalar(node)) return computed(place);
  const { value } = node;
  const isPlain =
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? { is: 'literal', value, place } : computed(place);
}
