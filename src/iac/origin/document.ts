import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import type { HclExpression } from '../hcl/syntax.ts';
import type { Scalar, SourcePlace } from './port.ts';
import { computed, type Entry, joined, type Symbolic } from './symbol.ts';

/** Stands for an expression in the text while it is read as YAML; of private use, so that no source has it. */
const mark = '\uE000';
const marked = /\uE000(\d+)\uE000/;

interface Reading {
  readonly parts: readonly Symbolic[];
  readonly placeAt: (begin: number, end?: number) => SourcePlace;
  /** What a tag of somebody's own means is not known. */
  readonly hidesTags?: boolean;
}

/** A text of several lines that is written as YAML or JSON, with expressions in it; any other is a text. */
export function readDocument(
  pieces: readonly (string | Symbolic)[],
  { text, range }: Pick<HclExpression, 'text' | 'range'>,
  place: SourcePlace,
): Symbolic {
  if (pieces.some((piece) => typeof piece === 'string' && piece.includes(mark))) return computed(place);
  const parts: Symbolic[] = [];
  const source = pieces
    .map((piece) => (typeof piece === 'string' ? piece : `${mark}${parts.push(piece) - 1}${mark}`))
    .join('');
  const lines = new LineCounter();
  const document = parseYaml(source, lines);
  if (document === undefined || !(isMap(document.contents) || isSeq(document.contents))) return joined(pieces, place);
  // A heredoc begins on the line after its mark.
  const begins = text.startsWith('<<') ? range.line + 1 : range.line;
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    const at = begins + line - 1;
    return { file: place.file, range: { line: at, column: col, endLine: at, endColumn: col } };
  };
  return { is: 'document', content: symbolOf(document.contents, { parts, placeAt }), place };
}

/**
 * A file of YAML that holds one object. Every part has the place it has in that file, from its first character to behind its last.
 * Undefined for anything else.
 */
export function readYamlFile(file: string, text: string): Symbolic | undefined {
  if (text.includes(mark)) return undefined;
  const lines = new LineCounter();
  const document = parseYaml(text, lines, 'error');
  if (document === undefined || !isMap(document.contents)) return undefined;
  const placeAt = (begin: number, end = begin): SourcePlace => {
    const [from, to] = [lines.linePos(begin), lines.linePos(end)];
    return { file, range: { line: from.line, column: from.col, endLine: to.line, endColumn: to.col } };
  };
  return {
    is: 'document',
    content: symbolOf(document.contents, { parts: [], placeAt, hidesTags: true }),
    place: placeAt(0),
  };
}

/** Undefined where it is none, or is nested deeper than the parser can follow. */
function parseYaml(
  source: string,
  lineCounter: LineCounter,
  // Silent, it takes the first of several documents, as an engine's own does.
  logLevel: 'silent' | 'error' = 'silent',
): Document.Parsed | undefined {
  try {
    // It would compare every key with every other; a set finds the second of a name as well.
    const document = parseDocument(source, { lineCounter, prettyErrors: false, logLevel, uniqueKeys: false });
    return document.errors.length > 0 || hasKeyTwice(document) ? undefined : document;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function hasKeyTwice(document: Document.Parsed): boolean {
  let isTwice = false;
  visit(document, {
    Map: (_, { items }) => {
      const keys = items.map(({ key }) => (isScalar(key) ? key.value : key));
      isTwice ||= new Set(keys).size < keys.length;
      return isTwice ? visit.BREAK : undefined;
    },
  });
  return isTwice;
}

/** Levels within each other; nothing that is meant goes deeper. */
const deepest = 200;

function symbolOf(node: ParsedNode | null, reading: Reading, depth = 0): Symbolic {
  const symbol = plainSymbol(node, reading, depth);
  const isAnchored = node !== null && !isAlias(node) && node.anchor !== undefined;
  return isAnchored && symbol.is !== 'document' && symbol.is !== 'computed' ? { ...symbol, anchored: true } : symbol;
}

const plainTags = ['map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`);

function plainSymbol(node: ParsedNode | null, reading: Reading, depth: number): Symbolic {
  const place = reading.placeAt(node?.range[0] ?? 0, node?.range[1]);
  if (node === null || isAlias(node) || depth > deepest) return computed(place);
  if (reading.hidesTags === true && node.tag !== undefined && !plainTags.includes(node.tag)) return computed(place);
  if (isSeq(node)) return { is: 'list', items: node.items.map((item) => symbolOf(item, reading, depth + 1)), place };
  if (isMap(node)) {
    const entries = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? key.value : undefined;
      if (name === undefined || String(name).includes(mark) || name === '<<') return computed(place);
      entries.set(String(name), { key: reading.placeAt(key.range[0]), value: symbolOf(value, reading, depth + 1) });
    }
    return { is: 'object', entries, place };
  }
  return scalarSymbol(node.value, reading.parts, place);
}

function scalarSymbol(value: unknown, parts: readonly Symbolic[], place: SourcePlace): Symbolic {
  if (typeof value === 'string' && value.includes(mark)) {
    const pieces = value.split(marked).map((piece, index) => (index % 2 === 0 ? piece : parts[Number(piece)]));
    const known = pieces.filter((piece) => piece !== undefined && piece !== '');
    const [only, ...more] = known;
    if (only !== undefined && typeof only !== 'string' && more.length === 0) return only;
    return joined(
      known.filter((piece) => piece !== undefined),
      place,
    );
  }
  return isPlain(value) ? { is: 'literal', value, place } : computed(place);
}

function isPlain(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
