import { z } from 'zod';
import { type Page, type TextAnswer, Untrusted } from '../../src/kit/index.ts';

const rowPosition = z.object({ skip: z.int().min(0) });

/** How many rows lie before this page. */
export function skippedBy({ position }: Page): number {
  return rowPosition.safeParse(position).data?.skip ?? 0;
}

const bytePosition = z.object({ byte: z.int().min(0) });

/** How many bytes of a text lie before this page. */
export function bytesBefore({ position }: Page): number {
  return bytePosition.safeParse(position).data?.byte ?? 0;
}

export type Blocks = TextAnswer['blocks'];

/** Headline, coverage, notes and the cursor of an answer; two fences around a block. */
const frameBytes = 1_000;
const fenceBytes = 160;

/** The room that is left for more. */
export function roomBeside(blocks: Blocks, room: number): number {
  return Math.max(200, room - frameBytes - sizeOf(blocks));
}

/** As many things as fit, each whole and at least one; the rest by the cursor. */
export function pageOf<Thing>(
  things: readonly Thing[],
  blocksOf: (thing: Thing, index: number) => Blocks,
  { page, room, beside = [] }: { readonly page: Page; readonly room: number; readonly beside?: Blocks },
): { readonly blocks: Blocks; readonly nextCursor?: string } {
  const skip = skippedBy(page);
  const blocks: Blocks[number][] = [];
  let next = skip;
  for (const thing of things.slice(skip)) {
    const own = blocksOf(thing, next);
    if (next > skip && sizeOf([...beside, ...blocks, ...own]) > room - frameBytes) break;
    blocks.push(...own);
    next += 1;
  }
  return { blocks, ...(next < things.length ? { nextCursor: page.mint({ skip: next }) } : {}) };
}

function sizeOf(blocks: Blocks): number {
  return blocks.reduce((sum, block) => {
    if (block instanceof Untrusted) return sum + block.bytes + fenceBytes;
    return sum + Buffer.byteLength(typeof block === 'string' ? block : block.echo) + 1;
  }, 0);
}
