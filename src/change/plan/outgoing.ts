import { type Redact, stripHiddenCharacters } from '../../kit/index.ts';
import type { PlanOrigins } from './origin.ts';
import type { PlanReading } from './reading.ts';
import { createSecretMatcher } from './secret-matcher.ts';

/** What stands where a value may not. */
export const words = {
  computed: '«computed»',
  sensitive: '«sensitive»',
  unknown: '«known after apply»',
  rearranged: '«in another order or writing»',
} as const;

/** The second layer: whatever the first let through is searched for every secret of the plan, and for what looks like one. */
export type Outgoing = (text: string) => string;

export interface OutgoingOptions {
  readonly secrets: ReadonlySet<string>;
  readonly veiled?: ReadonlySet<string> | undefined;
  readonly origins: PlanOrigins;
  readonly baseOrigins?: PlanOrigins | undefined;
  readonly redact: Redact;
}

export function createOutgoing({ secrets, veiled, origins, baseOrigins, redact }: OutgoingOptions): Outgoing {
  const matcher = createSecretMatcher({
    secrets,
    ...(veiled === undefined ? {} : { veiled }),
    isWritten: (text) => origins.isWritten(text) || (baseOrigins?.isWritten(text) ?? false),
  });
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const masked = redact(matcher.mask(stripHiddenCharacters(text))).text;
    known.set(text, masked);
    return masked;
  };
}

export interface MaskOptions {
  /** Of the proposed tree. */
  readonly origins: PlanOrigins;
  /** Of the tree it is compared with: what a value was before is shown where that says it literally. */
  readonly baseOrigins: PlanOrigins;
  readonly redact: Redact;
  /** The keep's own: an unkeyed digest of values would let anybody try guesses at them. */
  readonly digestKey: string | Uint8Array;
}

export function outgoingOf(reading: PlanReading, options: MaskOptions): Outgoing {
  return createOutgoing({ ...options, secrets: reading.secrets, veiled: reading.veiled });
}
