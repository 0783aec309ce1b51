import { z } from 'zod';
import type { Page } from '../../src/kit/index.ts';

const position = z.object({ skip: z.int().min(0) });

/** How many rows lie before this page. */
export function skippedBy({ position: at }: Page): number {
  return position.safeParse(at).data?.skip ?? 0;
}
