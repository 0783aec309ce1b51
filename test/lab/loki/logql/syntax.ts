import type { Matcher } from '../regexp/match.ts';

/** LogQL as far as the stand-in speaks it. */
export type Query = LogQuery | MetricQuery;

export interface LogQuery {
  readonly kind: 'log';
  readonly matchers: readonly LabelMatcher[];
  readonly stages: readonly Stage[];
}

export interface LabelMatcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  /** Whether a value of the label fits; a missing label is the empty value. */
  readonly fits: (value: string) => boolean;
}

export type Stage =
  | { readonly kind: 'line'; readonly keep: boolean; readonly any: readonly Matcher[] }
  | { readonly kind: 'json'; readonly fields: readonly FieldPath[] }
  | {
      readonly kind: 'logfmt';
      readonly strict: boolean;
      readonly keepEmpty: boolean;
      readonly fields: readonly FieldPath[];
    }
  | { readonly kind: 'label'; readonly filter: LabelFilter };

/** `label="path"` after a parser: only this field, under this name. */
export interface FieldPath {
  readonly label: string;
  readonly path: readonly (string | number)[];
}

export type LabelFilter =
  | { readonly kind: 'and' | 'or'; readonly of: readonly LabelFilter[] }
  | { readonly kind: 'text'; readonly matcher: LabelMatcher }
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly op: Comparison;
      readonly unit: 'number' | 'duration' | 'bytes';
      /** Durations in nanoseconds. */
      readonly value: number;
    };

export type Comparison = '==' | '!=' | '>' | '>=' | '<' | '<=';

export type MetricQuery = RangeAggregation | VectorAggregation | Calculated;

/** A query whose values are calculated on, or compared: those that do not compare are left out. */
export interface Calculated {
  readonly kind: 'calculated';
  readonly of: MetricQuery;
  /** One after the other. */
  readonly calculations: readonly Calculation[];
}

export interface Calculation {
  readonly op: Comparison | '+' | '-' | '*' | '/' | '%' | '^';
  readonly number: number;
}

export const rangeOperations = [
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
] as const;

export interface RangeAggregation {
  readonly kind: 'range';
  readonly operation: (typeof rangeOperations)[number];
  readonly of: LogQuery;
  /** Nanoseconds. */
  readonly range: bigint;
  readonly offset: bigint;
}

export const vectorOperations = ['sum', 'avg', 'min', 'max', 'count', 'topk', 'bottomk'] as const;

export interface VectorAggregation {
  readonly kind: 'vector';
  readonly operation: (typeof vectorOperations)[number];
  /** How many, of topk and bottomk. */
  readonly count: number;
  readonly grouping: { readonly without: boolean; readonly labels: readonly string[] };
  readonly of: MetricQuery;
}
