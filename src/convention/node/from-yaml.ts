import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type Scalar as YamlScalar,
} from 'yaml';
import { list, map, type Node, type Place, scalar, unknown } from './node.ts';
import { plainYaml } from './plain-yaml.ts';

/**
 * YAML as Kubernetes' own parser reads it, 1.1: `hostNetwork: yes` is true there. One document; what is no valid YAML, has
 * several documents or aliases without end, is undefined.
 */
export function nodeOfYaml(text: string, options: YamlOptions = {}): Node | undefined {
  return plainYaml(text, options.start) ?? parsedYaml(text, options);
}

interface YamlOptions {
  /** Where the text begins. */
  readonly start?: Place | undefined;
  /** What stands in place of a part that is not known. */
  readonly holes?: RegExp;
}

/** By the real parser, whatever the text. */
export function parsedYaml(text: string, { start, holes }: YamlOptions = {}): Node | undefined {
  const lines = new LineCounter();
  try {
    // Keys that are there twice are refused below: the parser compares each with each.
    const options = { version: '1.1', lineCounter: lines, uniqueKeys: false, logLevel: 'silent' } as const;
    const documents = parseAllDocuments(text, options);
    if (!Array.isArray(documents)) return undefined;
    const [document, ...others] = documents.filter(({ contents }) => contents !== null);
    if (document === undefined || others.length > 0 || document.errors.length > 0) return undefined;
    const placeOf = (offset: number | undefined): Place | undefined =>
      start === undefined || offset === undefined
        ? start
        : { file: start.file, line: start.line + lines.linePos(offset).line - 1 };
    return reader({ document, placeOf, holes })(document.contents, 0);
  } catch (error) {
    // The parser's own stack ends too.
    if (error instanceof Refusal || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** This is more, or other, than anybody writes. */
class Refusal extends Error {}

interface Reading {
  readonly document: Document;
  readonly placeOf: (offset: number | undefined) => Place | undefined;
  readonly holes: RegExp | undefined;
}

function reader({ document, placeOf, holes }: Reading): (value: unknown, depth: number) => Node {
  let nodes = 0;
  let aliases = 0;
  const read = (value: unknown, depth: number): Node => {
    nodes += 1;
    if (nodes > mostNodes || depth > deepest) throw new Refusal();
    if (isAlias(value)) {
      aliases += 1;
      const meant = value.resolve(document);
      // Each is looked for in the whole document.
      if (meant === undefined || aliases > mostAliases) throw new Refusal();
      return read(meant, depth + 1);
    }
    const place = placeOf(isNode(value) ? value.range?.[0] : undefined);
    if (isSeq(value)) {
      const items = value.items.map((item) => read(item, depth + 1));
      return list(items, { place });
    }
    if (isMap(value)) return readMap(value.items, depth, place);
    return isScalar(value) ? readScalar(value, place) : scalar(null, place);
  };
  const readScalar = ({ value, source }: YamlScalar, place: Place | undefined): Node => {
    if (typeof value === 'string') return holes?.test(value) ? unknown(place) : scalar(value, place);
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return scalar(value, place);
    return scalar(source ?? String(value), place);
  };
  const readMap = (pairs: readonly Pair[], depth: number, place: Place | undefined): Node => {
    const merged = new Map<string, Node>();
    const own = new Map<string, Node>();
    let open = false;
    for (const { key: keyNode, value } of pairs) {
      const key = keyText(keyNode);
      const node = read(value, depth + 1);
      if (holes?.test(key)) open = true;
      else if (key === '<<') for (const [name, inner] of mergedEntries(node)) merged.set(name, inner);
      else if (own.has(key)) throw new Refusal();
      else own.set(key, node);
    }
    return map([...merged, ...own], { open, place });
  };
  return read;
}

/** The key of a merge is a symbol in this parser, described by what was written. */
function keyText(key: unknown): string {
  const value = isScalar(key) ? key.value : key;
  return typeof value === 'symbol' ? (value.description ?? '') : String(value);
}

const mostNodes = 200_000;
const mostAliases = 1_000;
const deepest = 100;

function mergedEntries(node: Node): Iterable<readonly [string, Node]> {
  if (node.kind === 'map') return node.entries;
  return node.kind === 'list' ? node.items.flatMap((item) => [...mergedEntries(item)]).reverse() : [];
}
