import type { NameClass } from '../key-names.ts';
import type { Scan } from '../scan.ts';

/** A name that says its value is a secret, where it stands. */
export interface Target {
  readonly scan: Scan;
  readonly name: string;
  readonly kind: NameClass;
  readonly start: number;
  readonly nameEnd: number;
}

/**
 * What was taken for a value may end in the name of the next one (`--token token: …`), so its last part is read again: as
 * much as cannot make the work grow faster than the text.
 */
export function resumeBehind({ nameEnd }: Target, end: number): number {
  return Math.max(nameEnd, end - 256);
}
