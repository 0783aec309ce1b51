import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Scalar } from '../origin/port.ts';
import type { Symbolic } from '../origin/symbol.ts';
import { lineAround } from './layout.ts';
import type { FieldPath } from './port.ts';
import { type Splice, stretchOf } from './text.ts';
import { scalarText, valueText } from './values-text.ts';

/** Edits of a file of YAML that holds the values of a release. */

export function isValuesFile(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

/** Another scalar where this one stands, in one line. */
export function valueReplaced(
  text: string,
  leaf: Extract<Symbolic, { is: 'literal' }>,
  wished: Scalar,
): readonly Splice[] {
  const { file, range } = leaf.place;
  const stretch = stretchOf(text, range);
  const now = stretch === undefined ? undefined : valueText(text.slice(...stretch), leaf.value, wished);
  return stretch === undefined || now === undefined ? [] : [{ file, start: stretch[0], end: stretch[1], text: now }];
}

/** A key more in a map that is written in lines; where anything about the place is out of the ordinary, nothing. */
export function valueAdded(text: string, container: Symbolic, rest: FieldPath, wished: Scalar): readonly Splice[] {
  const { file, range } = container.place;
  const stretch = stretchOf(text, range);
  const keys = rest.filter((step) => typeof step === 'string');
  if (container.is !== 'object' || stretch === undefined || keys.length !== rest.length || text.includes('\r'))
    return [];
  const map = plainMapAt(text, stretch[0]);
  const last = map?.items.at(-1);
  if (map === undefined || last === undefined || !isScalar(last.key) || last.value === null) return [];
  const column = indentOf(text, map);
  const line = lineAround(text, endOf(text, last.value));
  const isPlainEnd = /^\s*$/.test(text.slice(endOf(text, last.value), line.end));
  if (column === undefined || !isPlainEnd || line.next !== line.end + 1 || /^\s*#/.test(text.slice(line.next)))
    return [];
  const written = linesOf(keys, wished, column);
  return written === undefined ? [] : [{ file, start: line.next, end: line.next, text: written }];
}

function linesOf(keys: readonly string[], wished: Scalar, column: number): string | undefined {
  const names = keys.map((key) => scalarText(key));
  const value = scalarText(wished);
  if (value === undefined || names.includes(undefined)) return undefined;
  return names
    .map((name, depth) => {
      const isLast = depth === names.length - 1;
      return `${' '.repeat(column + 2 * depth)}${name}:${isLast ? ` ${value}` : ''}\n`;
    })
    .join('');
}

type PlainMap = YAMLMap.Parsed<ParsedNode, ParsedNode | null>;

/** The map in lines that begins there, in a file without anchors, aliases, tags or a second document. */
function plainMapAt(text: string, offset: number): PlainMap | undefined {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error', uniqueKeys: false });
  if (document.errors.length > 0) return undefined;
  let found: PlainMap | undefined;
  let isPlain = true;
  visit(document, (_, node) => {
    if (isAlias(node) || (isNode(node) && (node.anchor !== undefined || node.tag !== undefined))) isPlain = false;
    if (isMap(node) && node.range?.[0] === offset && node.flow !== true) found ??= node as PlainMap;
  });
  return isPlain ? found : undefined;
}

/** Where all of its keys begin, each alone at the head of its line; undefined where one does not. */
function indentOf(text: string, { items }: PlainMap): number | undefined {
  const columns = items.map(({ key }) => {
    const start = key.range[0];
    const line = lineAround(text, start);
    return line.indent.length === start - line.start && !line.indent.includes('\t') ? line.indent.length : undefined;
  });
  const [column, ...others] = new Set(columns);
  return others.length > 0 ? undefined : column;
}

/** Behind its last character that is no white space. A text of several lines ends where its own indent says, and is none here. */
function endOf(text: string, node: ParsedNode): number {
  const last = isCollection(node) && node.flow !== true ? node.items.at(-1) : undefined;
  const inner = isPair(last) ? last.value : last;
  if (inner === null) return text.length;
  if (inner !== undefined) return endOf(text, inner);
  const whole = text.slice(node.range[0], node.range[1]);
  return whole.includes('\n') ? text.length : node.range[1];
}
