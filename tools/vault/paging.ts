import { z } from 'zod';
import type { Cell, Page } from '../../src/kit/index.ts';

const perPage = 100;

/** The rows of a table from where its cursor is. */
export function pageOf(rows: readonly (readonly Cell[])[], { page }: { readonly page: Page }) {
  const skipped = z.object({ offset: z.int().min(0) }).safeParse(page.position).data?.offset ?? 0;
  return {
    rows: rows.slice(skipped, skipped + perPage),
    total: rows.length,
    skipped,
    continueAt: (row: number) => page.mint({ offset: row }),
  };
}
