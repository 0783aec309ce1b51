import { parseError, QueryError } from '../query-error.ts';
import { Cursor } from './cursor.ts';
import { parseCalculations } from './operators.ts';
import { parseSelector } from './selector.ts';
import { parseStages } from './stages.ts';
import {
  type LogQuery,
  type MetricQuery,
  type Query,
  type RangeAggregation,
  rangeOperations,
  type VectorAggregation,
  vectorOperations,
} from './syntax.ts';
import { parseDuration } from './units.ts';

/** Loki refuses longer ones too; it bounds how deep an expression can nest as well. */
const longestQuery = 131_072;
const deepestNesting = 100;

/** Throws QueryError, and nothing else. */
export function parseQuery(source: string): Query {
  if (source.length > longestQuery) {
    throw parseError(`input size too long (${source.length} > ${longestQuery})`);
  }
  const cursor = new Cursor(source);
  if (cursor.ended) throw parseError('syntax error: unexpected $end');
  const query = parseExpression(cursor, 0);
  if (!cursor.ended) throw cursor.unexpected();
  return query;
}

/** A query for lines, as the series and label endpoints take too. */
export function parseLogQuery(source: string): LogQuery {
  const query = parseQuery(source);
  if (query.kind !== 'log') throw new QueryError('only label matchers are supported');
  return query;
}

function parseExpression(cursor: Cursor, depth: number): Query {
  const query = parseOperand(cursor, depth);
  if (query.kind === 'log') return query;
  const calculations = parseCalculations(cursor);
  return calculations.length === 0 ? query : { kind: 'calculated', of: query, calculations };
}

function parseOperand(cursor: Cursor, depth: number): Query {
  if (depth > deepestNesting) throw parseError('the query nests too deeply', cursor.token.position);
  if (cursor.sees('{')) return parseLines(cursor);
  if (cursor.take('(')) {
    const query = parseExpression(cursor, depth + 1);
    cursor.expect(')');
    return query;
  }
  const { kind, text } = cursor.token;
  if (kind === 'identifier' && cursor.isFunction) {
    const range = rangeOperations.find((name) => name === text);
    if (range !== undefined) return parseRange(cursor, range);
    const vector = vectorOperations.find((name) => name === text);
    if (vector !== undefined) return parseVector(cursor, vector, depth);
  }
  throw cursor.unexpected();
}

function parseLines(cursor: Cursor): LogQuery {
  return { kind: 'log', matchers: parseSelector(cursor), stages: parseStages(cursor) };
}

function parseRange(cursor: Cursor, operation: RangeAggregation['operation']): RangeAggregation {
  cursor.advance();
  cursor.expect('(', '(');
  let inner = 0;
  while (cursor.take('(')) inner += 1;
  if (!cursor.sees('{')) throw cursor.unexpected('NUMBER', '{', '(');
  const matchers = parseSelector(cursor);
  // The range may stand before the pipeline or after it.
  const early = cursor.token.kind === 'range' ? takeRange(cursor) : undefined;
  const stages = parseStages(cursor);
  while (inner > 0) {
    cursor.expect(')');
    inner -= 1;
  }
  if (early === undefined && cursor.token.kind !== 'range') throw cursor.unexpected();
  const range = early ?? takeRange(cursor);
  let offset = 0n;
  if (cursor.takeWord('offset')) {
    offset = parseDuration(cursor.expectKind('duration', 'DURATION').text) ?? 0n;
  }
  cursor.expect(')', ')');
  return { kind: 'range', operation, of: { kind: 'log', matchers, stages }, range, offset };
}

function takeRange(cursor: Cursor): bigint {
  const { text, position } = cursor.advance();
  const range = parseDuration(text);
  if (range !== undefined && range >= 0n) return range;
  const [, unit] = /^\d+(?:\.\d*)?([a-z]+)$/.exec(text) ?? [];
  const mistake =
    unit === undefined ? `not a valid duration string: "${text}"` : `unknown unit "${unit}" in duration "${text}"`;
  throw parseError(mistake, position);
}

function parseVector(cursor: Cursor, operation: VectorAggregation['operation'], depth: number): VectorAggregation {
  cursor.advance();
  let grouping = parseGrouping(cursor);
  cursor.expect('(');
  const ranked = operation === 'topk' || operation === 'bottomk';
  let count = 0;
  if (ranked) {
    if (cursor.token.kind === 'identifier' && cursor.isFunction) {
      throw parseError(`parameter required for operation ${operation}`);
    }
    const { text } = cursor.expectKind('number');
    count = Number(text);
    if (!Number.isInteger(count)) throw parseError(`invalid parameter ${operation}(${text},`);
    if (count < 1) throw parseError(`invalid parameter (must be greater than 0) ${operation}(${text}`);
    cursor.expect(',');
  }
  const of = parseMetric(cursor, depth + 1);
  cursor.expect(')');
  grouping ??= parseGrouping(cursor);
  return { kind: 'vector', operation, count, grouping: grouping ?? { without: false, labels: [] }, of };
}

function parseMetric(cursor: Cursor, depth: number): MetricQuery {
  const query = parseExpression(cursor, depth);
  if (query.kind === 'log') throw cursor.unexpected();
  return query;
}

function parseGrouping(cursor: Cursor): VectorAggregation['grouping'] | undefined {
  const without = cursor.seesWord('without');
  if (!without && !cursor.seesWord('by')) return undefined;
  cursor.advance();
  cursor.expect('(', '(');
  const labels: string[] = [];
  if (!cursor.take(')')) {
    labels.push(cursor.expectKind('identifier', 'IDENTIFIER', ')').text);
    while (cursor.take(',')) labels.push(cursor.expectKind('identifier', 'IDENTIFIER').text);
    cursor.expect(')', ')', ',');
  }
  return { without, labels };
}
