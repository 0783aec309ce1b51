import type { HclRange } from '../hcl/syntax.ts';

/**
 * Where what a plan says stands in the source. An agent sees a value only where it follows from what stands there; everything
 * else might be made of a secret, and is «computed».
 */
export interface SourcePlace {
  readonly file: string;
  readonly range: HclRange;
}

export type Scalar = string | number | boolean | null;

export type ValuePath = readonly (string | number)[];

export interface PlanOrigins {
  /**
   * Where the value at that path of that resource is written down literally; undefined when it is computed. A path goes on
   * inside YAML and JSON strings: `['yaml_body', 'spec', 'replicas']`.
   */
  literal(address: string, path: ValuePath, value: Scalar): SourcePlace | undefined;
  /** Whether every step of that path is written down, though the value there may be computed. */
  hasPath(address: string, path: ValuePath): boolean;
  /** The block of the resource, and the module calls that lead to it, outermost first. */
  places(address: string): readonly SourcePlace[];
  /** Whether how many instances there are, and what their keys are, follows from literals alone, and this is one of them. */
  hasLiteralKeys(address: string): boolean;
  /** Whether this text stands in the source as it is: for the words of a diagnostic. */
  isWritten(text: string): boolean;
}
