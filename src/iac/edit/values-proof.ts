import type { Moved } from './differences.ts';
import type { FieldWish } from './port.ts';
import { compareDeclared, judge, mostOthers, notProven, type Proof, type Target } from './proof.ts';
import { applied, movedBy, positionOf, rangeBetween, type Splice } from './text.ts';
import { readingOf } from './values-readers.ts';
import type { World } from './world.ts';

/** The same for an edit of a file of values: nobody reads it but the one release, which is worked out again. */
export function proveValues(
  world: World,
  splice: Splice,
  target: Target,
  wish: FieldWish,
  kept: readonly FieldWish[],
): Proof {
  const { file, start, text } = splice;
  const before = world.text(file);
  if (before === undefined) return notProven;
  const after = applied(before, splice);
  world.work.spend(after.length);
  const others: string[] = [];
  let isRead = false;
  for (const [stack, { files }] of world.stacks) {
    const open = world.open(stack);
    // Of one that cannot be read nobody knows what it reads.
    if (open === undefined || files.length === 0) return notProven;
    const reading = readingOf(open, file);
    if (reading.is === 'unclear') return notProven;
    if (reading.is === 'no') continue;
    for (const address of reading.addresses) {
      if (stack === target.stack && address === target.address) isRead = true;
      else others.push(`${stack} ${address}`);
    }
  }
  if (others.length > 0) return { is: 'shared', others: others.slice(0, mostOthers) };
  const next = world.withText(file, after, target.stack);
  const [was, is] = [world.open(target.stack), next.open(target.stack)];
  const shift = movedBy(splice, before);
  const moved: Moved = {
    edited: { file, range: rangeBetween(positionOf(after, start), positionOf(after, start + text.length)) },
    place: ({ file: path, range }) => (path === file ? shift(range) : range),
  };
  const found = was && is && compareDeclared([was, is], target.address, moved, world.work);
  if (!isRead || found === undefined || found.others.length > 0) return notProven;
  return judge(next, found.mine, target, wish, kept);
}
