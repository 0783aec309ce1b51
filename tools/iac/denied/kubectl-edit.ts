import type { ReadWords } from './flags.ts';
import type { Target } from './target.ts';
import type { Wished } from './wishes.ts';

/** One command of kubectl, its words sorted. */
export interface KubectlWords extends ReadWords {
  readonly stdin: string | undefined;
}

export interface KubectlEdit {
  readonly target: Target;
  readonly wished: readonly Wished[];
}
