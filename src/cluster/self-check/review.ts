import type { Transport } from '../transport/transport.ts';
import { allowedCanaries } from './canary.ts';
import { parseRights } from './rights.ts';

/** What reviews of several namespaces came to. */
export interface Review {
  /** Rights the credential has and should not. */
  readonly excess: readonly { readonly right: string; readonly namespace: string }[];
  readonly reviewed: readonly string[];
  /** Namespaces whose rules the API server did not list whole: there the canaries speak alone. */
  readonly incomplete: readonly string[];
  /** How many namespaces were not reviewed. */
  readonly left: number;
}

/** Reviews run while tools read over the same few connections: two at a time leave them room. */
const atOnce = 2;

/** Asks for the rights in each namespace. */
export async function reviewRights(
  transport: Pick<Transport, 'review'>,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Review> {
  const excess: { right: string; namespace: string }[] = [];
  const incomplete: string[] = [];
  const waiting = namespaces.values();
  const work = async (): Promise<void> => {
    for (const namespace of waiting) {
      const rights = parseRights(await transport.review('rules', { namespace }, signal));
      const canaries = rights.complete ? [] : await allowedCanaries(transport, namespace, signal);
      if (!rights.complete) incomplete.push(namespace);
      for (const right of new Set([...rights.excess, ...canaries])) excess.push({ right, namespace });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { excess, reviewed: namespaces, incomplete, left: 0 };
}

const mostRights = 8;
const mostPlaces = 3;

/**
 * `get secrets; patch deployments.apps in namespace web; and 3 more`, or nothing: bounded, whatever a role holds.
 * `everywhere` are rights known to hold in all namespaces.
 */
export function describeExcess({ excess, reviewed }: Review, everywhere: readonly string[] = []): string {
  const places = new Map<string, readonly string[]>(everywhere.map((right) => [right, reviewed]));
  for (const { right, namespace } of excess) {
    const known = places.get(right) ?? [];
    if (!known.includes(namespace)) places.set(right, [...known, namespace]);
  }
  const told = [...places].map(([right, namespaces]) =>
    namespaces.length === reviewed.length ? right : `${right} in namespace ${enumerate(namespaces, mostPlaces, ', ')}`,
  );
  return enumerate(told, mostRights, '; ');
}

export function enumerate(items: readonly string[], most: number, separator: string): string {
  const rest = items.length - most;
  return [...items.slice(0, most), ...(rest > 0 ? [`and ${rest} more`] : [])].join(separator);
}
