import type { ImportedDraft } from '../engine.ts';
import type { LinkType } from '../entry.ts';

/** What a file of memories becomes, before any of it is stored: nothing of the file is in neither list. */
export interface ImportPlan {
  readonly planned: readonly Planned[];
  readonly refused: readonly Remark[];
  /** What was done otherwise than the file says: joined, split, passed over. */
  readonly notes: readonly Remark[];
}

export interface Planned {
  /** With `formerId`, and without links: they are made when everything is stored. */
  readonly draft: ImportedDraft & { readonly formerId: string };
  readonly line: number;
  readonly links: readonly FormerLink[];
}

/** By what the target is called where it comes from. */
export interface FormerLink {
  readonly type: LinkType;
  readonly to: string;
}

export interface Remark {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}
