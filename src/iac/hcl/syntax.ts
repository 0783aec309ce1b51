/**
 * HCL as a tree whose every part knows where it stands. `parseHcl` (parse.ts) makes it: the official parser proves that the
 * text is valid and says what is wrong, tree-sitter gives positions.
 */
export interface HclRange {
  /** From 1; columns count UTF-16 units, as editors do. The end is the first place behind. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface HclFile {
  readonly path: string;
  readonly body: HclBody;
  readonly comments: readonly HclComment[];
}

export interface HclComment {
  /** Without its marks. */
  readonly text: string;
  readonly range: HclRange;
}

export interface HclBody {
  readonly attributes: readonly HclAttribute[];
  readonly blocks: readonly HclBlock[];
}

/** `resource "kubectl_manifest" "deployment" { … }`: type `resource`, labels `kubectl_manifest`, `deployment`. */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: HclBody;
  readonly range: HclRange;
}

export interface HclAttribute {
  readonly name: string;
  readonly value: HclExpression;
  readonly range: HclRange;
}

export type HclExpression = { readonly range: HclRange; readonly text: string } & (
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** A quoted or heredoc string with `${}` or `%{}` in it: literal pieces and expressions, in order. */
  | { readonly kind: 'template'; readonly parts: readonly (string | HclExpression)[] }
  | {
      readonly kind: 'object';
      readonly items: readonly { readonly key: HclExpression; readonly value: HclExpression }[];
    }
  | { readonly kind: 'tuple'; readonly items: readonly HclExpression[] }
  /** `var.memory`, `module.x.name`, `local.labels["a"]`, `kubectl_manifest.a[0].name`, `each.key`. A bare word is a reference. */
  | { readonly kind: 'reference'; readonly root: string; readonly steps: readonly HclStep[] }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly HclExpression[];
      /** `f(list...)`: the last argument is a list of arguments. */
      readonly expands: boolean;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: HclExpression;
      readonly whenTrue: HclExpression;
      readonly whenFalse: HclExpression;
    }
  | {
      readonly kind: 'for';
      readonly object: boolean;
      /** `[value]` or `[key, value]`: names that mean something in `key`, `value` and `condition` only. */
      readonly variables: readonly string[];
      readonly collection: HclExpression;
      readonly key: HclExpression | undefined;
      readonly value: HclExpression;
      readonly condition: HclExpression | undefined;
      /** `{ for … : key => value... }`: values of one key become a list. */
      readonly groups: boolean;
    }
  /**
   * Arithmetic, comparison, logic, negation, by their operator. What is picked out of something that is no reference has the
   * operators `.` and `[]`, with the name or the index as the second operand, and `[*]`: `f(x)[0].d`.
   */
  | { readonly kind: 'operation'; readonly operator: string; readonly operands: readonly HclExpression[] }
);

/** `.name`, `[0]`, `["key"]`, `[each.key]`, `[*]` and `.*`. */
export type HclStep =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: string | number | HclExpression }
  | { readonly kind: 'splat' };
