import { parser } from '@grafana/lezer-logql';
import type { SyntaxNode } from '@lezer/common';
import { boundedMatcher, invalid, type Matcher, operatorOf, refused, tooWide } from './matcher.ts';
import { unquoted } from './quoted.ts';
import { childrenOf, parsed, within } from './syntax-tree.ts';

/**
 * What an agent may ask in LogQL: lines, by streams and line filters. The selector goes to the server; a filter never does, since the
 * server would compare it with lines as they were printed. It is run here, on what is left of them after redaction.
 */
export interface BoundedLogql {
  readonly matchers: readonly Matcher[];
  /** A line passes when every one of them says so. */
  readonly filters: readonly LineFilter[];
}

export interface LineFilter {
  readonly op: '|=' | '!=' | '|~' | '!~';
  /** One of several suffices for `|=` and `|~`; each excludes for the others. */
  readonly texts: readonly string[];
}

const mostFilters = 10;
const longestFilter = 300;

/** Throws `query-invalid`, `query-too-wide`, `query-refused`. */
export function boundedLogql(query: string): BoundedLogql {
  const matchers: Matcher[] = [];
  const filters: LineFilter[] = [];
  for (const node of within(parsed(query, 'LogQL', (text) => parser.parse(text)))) {
    const text = query.slice(node.from, node.to);
    if (node.name === 'MetricExpr')
      throw invalid('counts lines instead of giving them', 'ask for lines: {namespace="…"} |= "…"');
    if (node.name === 'Selector') matchers.push(...matchersOf(node, query));
    if (node.name === 'LineFilter') filters.push(filterOf(node, query));
    // Lists of filters hold each other; a stage of any other sort is told by its first words.
    if (node.name === 'PipelineStage' && node.firstChild?.name !== 'LineFilters') throw stageRefused(text);
  }
  if (filters.length > mostFilters) throw tooWide(`has more than ${mostFilters} filters`, 'leave some out');
  if (!matchers.some(isSelecting))
    throw tooWide('selects every stream there is', 'name a label with = or =~ that is not empty: {namespace="web"}');
  return { matchers, filters };
}

/** Loki asks for one that an absent label does not satisfy; `.+` would pass there, and selects as much as nothing does. */
function isSelecting({ op, value }: Matcher): boolean {
  return (op === '=' || op === '=~') && value !== '' && !/^[.*+?()|^$]*$/.test(value);
}

function matchersOf(selector: SyntaxNode, query: string): readonly Matcher[] {
  return [...within(selector)]
    .filter(({ name }) => name === 'Matcher')
    .map((node) => {
      const [label, op, value] = childrenOf(node).map(({ from, to }) => query.slice(from, to));
      const operator = operatorOf(op ?? '');
      const text = unquoted(value ?? '');
      if (label === undefined || operator === undefined || text === undefined) throw unreadable(node.from);
      return boundedMatcher({ label, op: operator, value: text });
    });
}

function filterOf(node: SyntaxNode, query: string): LineFilter {
  const parts = [...within(node)];
  const op = query.slice(node.from, parts.find(({ name }) => name === 'Filter')?.to ?? node.from);
  const isKnown = op === '|=' || op === '!=' || op === '|~' || op === '!~';
  if (!isKnown || parts.some(({ name }) => name === 'FilterOp')) throw stageRefused(query.slice(node.from, node.to));
  const texts = parts
    .filter(({ name }) => name === 'String')
    .map(({ from, to }) => {
      const text = unquoted(query.slice(from, to));
      if (text === undefined) throw unreadable(from);
      if (text.length > longestFilter)
        throw tooWide(`has a filter of more than ${longestFilter} characters`, 'use a shorter one');
      return text;
    });
  return { op, texts };
}

function unreadable(at: number): Error {
  return invalid(`has a text at character ${at + 1} with an escape that is not read here`, 'use backticks');
}

function stageRefused(stage: string): Error {
  return refused(
    `has the stage ${JSON.stringify(stage.slice(0, 40))}, which is not run for agents`,
    'use a selector and the line filters |= != |~ !~; they are applied to redacted lines',
  );
}
