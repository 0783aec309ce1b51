import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { daySeconds, secondsOf } from './duration.ts';
import { boundedMatcher, invalid, type Matcher, operatorOf, refused, tooWide } from './matcher.ts';
import { unquoted } from './quoted.ts';
import { childrenOf, parsed, within } from './syntax-tree.ts';

/**
 * What an agent may ask in PromQL. A server answers a query over labels as they are, and we mask them afterwards: whatever lets the
 * answer depend on a part of a label's text is a way to guess it. So matchers are handed back, to be judged by what the label holds
 * (guard.ts), and these are refused outright, whatever they are used for:
 *
 *  label_replace, label_join   cut and glue labels, so that what is masked comes back in pieces
 *  count_values, info          write labels of their own, which `on` then compares with others
 *  sort_by_label…              the order tells what is before and behind
 *  limitk, limit_ratio         choose by a hash of all labels
 */
export interface BoundedPromql {
  readonly query: string;
  readonly matchers: readonly Matcher[];
}

const functions = new Set(
  `abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh
  count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv double_exponential_smoothing exp
  first_over_time floor histogram_avg histogram_count histogram_fraction histogram_quantile histogram_stddev histogram_stdvar
  histogram_sum holt_winters hour idelta increase irate last_over_time ln log10 log2 mad_over_time max_over_time min_over_time
  minute month pi predict_linear present_over_time quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_desc
  sqrt stddev_over_time stdvar_over_time sum_over_time tan tanh time timestamp vector year`.split(/\s+/),
);

const aggregations = new Set('avg bottomk count group max min quantile stddev stdvar sum topk'.split(' '));

/** Of everything a query looks back over, by one range, subquery or offset. */
const longestDays = 31;
const mostSubqueryPoints = 11_000;

/** Throws `query-invalid`, `query-too-wide`, `query-refused`. */
export function boundedPromql(query: string): BoundedPromql {
  const matchers: Matcher[] = [];
  let subqueries = 0;
  for (const node of within(parsed(query, 'PromQL', (text) => parser.parse(text)))) {
    const text = query.slice(node.from, node.to);
    switch (node.name) {
      case 'FunctionIdentifier':
        if (!functions.has(text)) throw notAllowed(text);
        break;
      case 'AggregateOp':
        if (!aggregations.has(text)) throw notAllowed(text);
        break;
      case 'UnquotedLabelMatcher':
      case 'QuotedLabelMatcher':
        matchers.push(matcherOf(node, query));
        break;
      case 'QuotedLabelName':
        // In a matcher it is read with it; alone among matchers it is a metric's name.
        if (node.parent?.name === 'LabelMatchers') matchers.push(nameMatcher(text));
        break;
      case 'SubqueryExpr':
        subqueries += 1;
        if (subqueries > 1) throw tooWide('has more than one subquery', 'use one');
        assertSubquery(node, query);
        break;
      case 'DurationExpr':
      case 'OffsetDurationExpr':
        assertDuration(node, query);
        break;
      case 'StepInvariantExpr':
        if (!childrenOf(node).some(({ name }) => name === 'AtModifierPreprocessors'))
          throw tooWide('has @ with a time of its own', 'give the time of the query itself, or @ start() or @ end()');
        break;
    }
  }
  return { query, matchers };
}

function notAllowed(name: string): Error {
  return refused(
    `uses ${name}, which is not run for agents`,
    'ask for the series as they are; labels that are masked cannot be cut, glued, sorted or sampled by',
  );
}

function matcherOf(node: SyntaxNode, query: string): Matcher {
  const [name, op, value] = childrenOf(node).map((child) => ({
    of: child.name,
    text: query.slice(child.from, child.to),
  }));
  const label = name?.of === 'LabelName' ? name.text : unquoted(name?.text ?? '');
  const operator = operatorOf(op?.text ?? '');
  const text = unquoted(value?.text ?? '');
  if (label === undefined || operator === undefined || text === undefined) throw unreadable(node.from);
  return boundedMatcher({ label, op: operator, value: text });
}

function nameMatcher(literal: string): Matcher {
  const value = unquoted(literal);
  if (value === undefined) throw unreadable(0);
  return boundedMatcher({ label: '__name__', op: '=', value });
}

function unreadable(at: number): Error {
  return invalid(
    `has a text at character ${at + 1} with an escape that is not read here`,
    'use \\\\, \\" or backticks',
  );
}

/** A number with a unit. What is computed, or hides behind a variable of the server, cannot be bounded. */
function assertDuration(node: SyntaxNode, query: string): void {
  const [first, ...more] = childrenOf(node);
  if (first?.name === 'UnaryOp') return;
  const seconds = secondsOf(query.slice(node.from, node.to));
  if (more.length > 0 || first?.name !== 'NumberDurationLiteralInDurationContext' || seconds === undefined)
    throw invalid(`has a duration at character ${node.from + 1} that is not plain`, 'write it like 5m or 1d12h');
  if (seconds > longestDays * daySeconds)
    throw tooWide(`looks over more than ${longestDays} days`, 'use a shorter range or offset');
}

function assertSubquery(node: SyntaxNode, query: string): void {
  const [range, step] = childrenOf(node)
    .filter(({ name }) => name === 'DurationExpr')
    .map(({ from, to }) => secondsOf(query.slice(from, to)) ?? Number.POSITIVE_INFINITY);
  // Without a step the server takes its own interval: a minute, unless it was told otherwise.
  const points = (range ?? Number.POSITIVE_INFINITY) / (step ?? 15);
  if (!(points <= mostSubqueryPoints)) throw tooWide('has a subquery of too many steps', 'give a longer step: [1d:5m]');
}
