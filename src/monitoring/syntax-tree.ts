import type { SyntaxNode, Tree } from '@lezer/common';
import { invalid, tooWide } from './matcher.ts';

/** Longer is no question of a reader, and deeper is no query of anybody. */
const longestQuery = 4_000;
const mostNodes = 1_500;

/** Parses with one of the two grammars. Throws `query-invalid` with the position of the first error, or `query-too-wide`. */
export function parsed(query: string, language: string, parse: (text: string) => Tree): SyntaxNode {
  if (query.length > longestQuery) throw tooWide(`has more than ${longestQuery} characters`, 'ask for less at once');
  if (query.trim() === '') throw invalid('is empty', `give ${language}`);
  // A comment or a hidden character may be read by a server otherwise than by the grammar.
  const odd = /[^\P{C}\n\t]|[\u2028\u2029]/u.exec(query);
  if (odd !== null) throw invalid(`has a hidden character at ${odd.index + 1}`);
  const tree = parse(query);
  let nodes = 0;
  tree.iterate({
    enter({ type, name, from }) {
      nodes += 1;
      if (type.isError) throw invalid(`is not ${language}: ${placeOf(query, from)}`);
      if (name === 'LineComment') throw invalid(`has a comment at ${from + 1}`, 'leave comments out');
    },
  });
  if (nodes > mostNodes) throw tooWide('has too many parts', 'ask for less at once');
  return tree.topNode;
}

function placeOf(query: string, at: number): string {
  const near = query.slice(at, at + 20);
  return near.trim() === ''
    ? `it ends too early, at character ${at + 1}`
    : `at character ${at + 1}, near ${JSON.stringify(near)}`;
}

/** Every node below, the node itself first. */
export function* within(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) yield* within(child);
}

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}
