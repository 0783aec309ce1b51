import { readFile } from 'node:fs/promises';
import { Language, Parser, type ParseState, type TreeCursor } from 'web-tree-sitter';

/**
 * tree-sitter's view of a text, copied out of its WebAssembly: what every token is and where it stands. It also takes what
 * is no HCL at all, so it proves nothing.
 */
export interface SyntaxNode {
  readonly type: string;
  /** Offsets into the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Without comments. */
  readonly children: readonly SyntaxNode[];
}

export interface Syntax {
  readonly root: SyntaxNode;
  readonly comments: readonly SyntaxNode[];
  /** Where the first thing stands that the grammar does not know. */
  readonly unknownAt: number | undefined;
  /** How many nodes there are. */
  readonly size: number;
}

/** Milliseconds. Some texts that are no HCL take longer than anything real. */
const patience = 3_000;

let loading: Promise<Parser> | undefined;

/** Reads the text. Takes any text; nothing of it is executed, and nesting costs no stack. */
export async function readSyntax(text: string): Promise<Syntax> {
  loading ??= loadParser();
  const parser = await loading;
  const started = performance.now();
  let reached = 0;
  // Recovering from errors takes seconds in a large text, and nobody needs what it finds.
  const progressCallback = ({ hasError, currentOffset }: ParseState): boolean => {
    reached = currentOffset;
    return hasError || performance.now() - started > patience;
  };
  const tree = parser.parse(text, null, { progressCallback });
  if (tree === null) {
    parser.reset();
    return {
      root: { type: 'ERROR', start: 0, end: text.length, children: [] },
      comments: [],
      unknownAt: reached,
      size: 1,
    };
  }
  try {
    const cursor = tree.walk();
    const syntax = copy(cursor);
    cursor.delete();
    return syntax;
  } finally {
    tree.delete();
  }
}

async function loadParser(): Promise<Parser> {
  await Parser.init();
  const grammar = import.meta.resolve('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm');
  const language = await Language.load(await readFile(new URL(grammar)));
  return new Parser().setLanguage(language);
}

function copy(cursor: TreeCursor): Syntax {
  const comments: SyntaxNode[] = [];
  let size = 0;
  let unknownAt: number | undefined;
  const read = (): SyntaxNode & { readonly children: SyntaxNode[] } => {
    size += 1;
    if (unknownAt === undefined && (cursor.nodeType === 'ERROR' || cursor.nodeIsMissing)) unknownAt = cursor.startIndex;
    return { type: cursor.nodeType, start: cursor.startIndex, end: cursor.endIndex, children: [] };
  };
  const root = read();
  const above = [root];
  let descending = cursor.gotoFirstChild();
  while (above.length > 0) {
    if (!descending) {
      above.pop();
      if (above.length === 0 || !cursor.gotoParent()) break;
      descending = cursor.gotoNextSibling();
      continue;
    }
    const node = read();
    if (node.type === 'comment') comments.push(node);
    else above.at(-1)?.children.push(node);
    above.push(node);
    descending = cursor.gotoFirstChild();
    if (!descending) {
      above.pop();
      descending = cursor.gotoNextSibling();
    }
  }
  return { root, comments, unknownAt, size };
}
