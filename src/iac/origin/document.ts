import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { HclExpression } from '../hcl/syntax.ts';
import type { Scalar, SourcePlace } from './port.ts';
import { computed, type Entry, joined, type Symbolic } from './symbol.ts';

/** Stands for an expression in the text while it is read as YAML; of private use, so that no source has it. */
const mark = '\uE000';
const marked = /\uE000(\d+)\uE000/;

interface Reading {
  readonly parts: readonly Symbolic[];
  readonly placeAt: (offset: number) => SourcePlace;
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
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  if (document.errors.length > 0 || !(isMap(document.contents) || isSeq(document.contents)))
    return joined(pieces, place);
  // A heredoc begins on the line after its mark.
  const begins = text.startsWith('<<') ? range.line + 1 : range.line;
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    const at = begins + line - 1;
    return { file: place.file, range: { line: at, column: col, endLine: at, endColumn: col } };
  };
  return { is: 'document', content: symbolOf(document.contents, { parts, placeAt }), place };
}

function symbolOf(node: ParsedNode | null, reading: Reading): Symbolic {
  const place = reading.placeAt(node?.range[0] ?? 0);
  if (node === null || isAlias(node)) return computed(place);
  if (isSeq(node)) return { is: 'list', items: node.items.map((item) => symbolOf(item, reading)), place };
  if (isMap(node)) {
    const entries = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? key.value : undefined;
      if (name === undefined || String(name).includes(mark) || name === '<<') return computed(place);
      entries.set(String(name), { key: reading.placeAt(key.range[0]), value: symbolOf(value, reading) });
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
