import { createHash } from 'node:crypto';
import { messageTemplate } from '../../cluster/index.ts';
import { stripHiddenCharacters } from '../../kit/index.ts';
import { canonicalJson } from '../../store/canonical-json.ts';

/** Of an alert, its own fingerprint; of anything else, what was seen and where. */
export type Sameness =
  | { readonly alert: string }
  | { readonly symptom: string; readonly services: readonly string[]; readonly namespaces: readonly string[] };

/**
 * What makes two openings the same: `alert-` or `symptom-` and 32 hex digits. Of a symptom everything that differs from one time to
 * the next is left out: numbers, times, addresses, ids, the ends of pod names; so are case, punctuation, and the order of names.
 */
export function fingerprintOf(of: Sameness): string {
  if ('alert' in of) return `alert-${digest(of.alert.trim().toLowerCase())}`;
  return `symptom-${digest({ symptom: symptomTemplate(of.symptom), services: names(of.services), namespaces: names(of.namespaces) })}`;
}

/** An id that happens to have no digit; the parts of a UUID are one id. */
const hexadecimal = /(?<![a-z0-9])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?:0x)?[0-9a-f]{8,})(?![a-z0-9])/g;
/** With `::` or three colons in it, so that a time or `host:port` is not meant. */
const ipv6 = /(?<![a-z0-9:])(?=[0-9a-f:.]*(?:::|:[0-9a-f]*:[0-9a-f]*:))[0-9a-f:.]{3,}(?![a-z0-9:])/g;

export function symptomTemplate(symptom: string): string {
  const plain = stripHiddenCharacters(symptom).normalize('NFKC').toLowerCase();
  const bare = plain.slice(0, longest).replace(ipv6, '0').replace(hexadecimal, '0');
  return messageTemplate(bare)
    .replace(/[^\p{L}\p{N}\p{M}#]+/gu, ' ')
    .replace(/#(?: ?#)*/g, '#')
    .trim();
}

/** What comes behind does not tell two symptoms apart. */
const longest = 4_000;

function names(given: readonly string[]): readonly string[] {
  return [...new Set(given.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''))].sort();
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);
}
