import { basename } from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import type { ConfigErrorCode } from './errors.ts';
import type { ConfigPath, Problem } from './problem.ts';
import { readSmallFile, systemCode } from './small-file.ts';

/**
 * castellan.yaml as a tree that still knows its lines. The parser's own words quote the file, so not one of them is
 * passed on: a literal secret may stand right there.
 */
export interface YamlFile {
  /** `{}` when the file says nothing; undefined when it could not be read. */
  readonly tree: unknown;
  readonly problems: readonly Problem[];
  /** `castellan.yaml:3:5` of the deepest part of the path that is written down. */
  placeOf(path: ConfigPath): string;
  /** Whether the whole path is written down. */
  has(path: ConfigPath): boolean;
}

const limitBytes = 262_144;
/** Aliases that share a mapping are welcome; ones that multiply each other are not. */
const maximumAliases = 50;

export const noFile: YamlFile = { tree: {}, problems: [], placeOf: () => '', has: () => false };

export function readYamlFile(file: string): YamlFile {
  const failed = (code: ConfigErrorCode, message: string, next: string): YamlFile => ({
    tree: undefined,
    problems: [{ code, where: '', message, next }],
    placeOf: () => basename(file),
    has: () => false,
  });
  try {
    const { text, stats } = readSmallFile(file, limitBytes);
    if (text === undefined) {
      const what = stats.isFile() ? `is larger than ${limitBytes} bytes` : 'is not a file';
      return failed('config-unreadable', `${file} ${what}`, 'name a castellan.yaml with --config or CASTELLAN_CONFIG');
    }
    if ((stats.mode & 0o002) !== 0) {
      return failed(
        'config-unreadable',
        `${file} can be changed by every user of this machine`,
        `run: chmod o-w ${file}`,
      );
    }
    return parseYaml(text, basename(file));
  } catch (error) {
    if (error instanceof TypeError) return failed('config-unreadable', `${file} is not UTF-8 text`, 'save it as UTF-8');
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT'
      ? failed(
          'config-not-found',
          `there is no ${file}`,
          '`castellan init` writes one; --config and CASTELLAN_CONFIG name another',
        )
      : failed(
          'config-unreadable',
          `${file} cannot be read (${code})`,
          'give it, and the folders above it, to the user Castellan runs as',
        );
  }
}

/** `name` is what places are told by. */
function parseYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const malformed = (where: string, message: string): YamlFile => ({
    tree: undefined,
    problems: [
      {
        code: 'config-malformed',
        where,
        message,
        next: 'correct the YAML there; `castellan config schema` helps an editor',
      },
    ],
    placeOf: () => where,
    has: () => false,
  });
  const document = parseDocument(text, {
    prettyErrors: false,
    lineCounter: lines,
    stringKeys: true,
    logLevel: 'error',
  });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) return malformed(at(fault.pos[0]), wordsFor(fault.code));
  const tree = plainTree(document);
  if (tree === undefined)
    return malformed(
      name,
      'repeats itself through anchors and aliases more than it may, or names one that is not there',
    );
  return {
    tree: tree ?? {},
    problems: [],
    placeOf: (path) => at(nodeAt(document, path).offset),
    has: (path) => nodeAt(document, path).complete,
  };
}

/** Undefined when the aliases cannot be followed. */
function plainTree(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: maximumAliases }) ?? {};
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function nodeAt(document: Document.Parsed, path: ConfigPath): { readonly offset: number; readonly complete: boolean } {
  let node: unknown = document.contents;
  let offset = startOf(document.contents);
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return { offset, complete: false };
      offset = startOf(pair.key);
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number' && node.items[key] !== undefined) {
      node = node.items[key];
      offset = startOf(node);
    } else return { offset, complete: false };
  }
  return { offset, complete: true };
}

function startOf(node: unknown): number {
  return isNode(node) ? ((node as ParsedNode).range?.[0] ?? 0) : 0;
}

function wordsFor(code: string): string {
  return faults[code] ?? 'is not the YAML it looks like';
}

const faults: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'has an alias that cannot be',
  BAD_DQ_ESCAPE: 'has an escape in double quotes that does not exist; single quotes take everything as it is',
  BAD_INDENT: 'is indented unlike its surroundings, or a bracket is not closed',
  BAD_SCALAR_START: 'begins with a character that YAML keeps for itself; put the value in single quotes',
  BLOCK_AS_IMPLICIT_KEY: 'has a second colon in one line; put the value in single quotes',
  DUPLICATE_KEY: 'is a key that stands there already',
  MISSING_CHAR: 'lacks a closing quote, a colon or a bracket',
  MULTIPLE_DOCS: 'begins a second document; only one is read',
  MULTILINE_IMPLICIT_KEY: 'is a key over several lines, or lacks a colon',
  NON_STRING_KEY: 'is a key that is not text',
  RESOURCE_EXHAUSTION: 'nests too deeply',
  TAB_AS_INDENT: 'is indented with a tab; YAML takes spaces',
  TAG_RESOLVE_FAILED: 'has a tag (!) that means nothing here',
  UNEXPECTED_TOKEN: 'stands where nothing may',
};
