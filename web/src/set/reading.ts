import type { SetPage } from '../../../src/keep/console/api.ts';
import { digestsOf } from './summary.ts';

/**
 * What somebody reads is not swapped under their eyes: a plan that can be signed and is not the one that was read waits in `newer`
 * until they turn to it, whatever the page showed in between.
 */
export interface Reading {
  readonly shown: SetPage | undefined;
  readonly newer: SetPage | undefined;
  /** What was read last that could be signed. */
  readonly read: string | undefined;
}

export const nothingRead: Reading = { shown: undefined, newer: undefined, read: undefined };

const signed: readonly SetPage['may'][number][] = ['approve', 'break-glass', 'consent'];
const canBeSigned = (page: SetPage): boolean => page.may.some((verb) => signed.includes(verb));

export function readOn(reading: Reading, page: SetPage): Reading {
  if (!canBeSigned(page)) return { ...reading, shown: page, newer: undefined };
  const digests = digestsOf(page);
  if (reading.read !== undefined && reading.read !== digests) return { ...reading, newer: page };
  return { shown: page, newer: undefined, read: digests };
}

export function turnTo(page: SetPage): Reading {
  return { shown: page, newer: undefined, read: digestsOf(page) };
}
