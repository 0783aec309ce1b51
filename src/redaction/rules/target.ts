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
