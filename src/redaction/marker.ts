import { looksRandom } from './values.ts';

/** What the markers of known values are counted by, and what an agent is shown of what it wrote itself. */
export const knownValueRule = 'known-value';

const labelShape = '[A-Za-z0-9._/@~-]{1,160}#[A-Za-z0-9._/@~-]{1,80}@v[0-9]{1,9}';
const labelMarker = `«secret:(${labelShape}(?:\\|${labelShape}){0,2})»`;
const ruleMarker = '«redacted:([a-z0-9-]{1,40})(?::[A-Za-z0-9-]{1,24})?»';
const markers = new RegExp(`${ruleMarker}|${labelMarker}`, 'g');
const labelHere = new RegExp(labelMarker, 'y');

/** `«` */
export const openMark = 0xab;

const markerHere = new RegExp(ruleMarker, 'y');

/** Behind the marker of a rule that starts at `at`; `at` itself when none does. */
export function markerEnd(text: string, at: number): number {
  markerHere.lastIndex = at;
  return at + (markerHere.exec(text)?.[0].length ?? 0);
}

/**
 * Behind the marker of a known value. Whoever can write to a log can write one, with a token for a path: so it is no place to
 * pass over. Only what would be a secret because of the word before it is none in here.
 */
export function labelMarkerEnd(text: string, at: number): number {
  labelHere.lastIndex = at;
  const found = labelHere.exec(text);
  return found !== null && isLabel(found[1] ?? '') ? at + found[0].length : at;
}

/** `secret/apps/mail#password@v3`. A name may be anything Vault takes: what could end a marker or hide a secret is left out. */
export function labelText(path: string, key: string, version: number): string {
  return `${labelPart(path, 160)}#${labelPart(key, 80)}@v${Math.min(version, 999_999_999)}`;
}

function labelPart(name: string, most: number): string {
  const plain = name
    .replace(/[^A-Za-z0-9._/@-]+/g, '-')
    .replace(/[^/]+/g, (piece) => (looksRandom(piece) ? `${piece.slice(0, 4)}~` : piece));
  return plain.length > most ? `${plain.slice(0, most - 1)}~` : plain || '-';
}

/** As `labelText` writes it: with no part that could be a secret. */
function isLabel(label: string): boolean {
  return !label.split(/[|#/]/).some((piece) => looksRandom(piece.replace(/@v[0-9]{1,9}$/, '')));
}

/** What stands where a secret stood. A detail that could carry anything but a plain word is left out. */
export function marker(rule: string, detail?: string, label?: string): string {
  if (label !== undefined) return `«secret:${label}»`;
  const plain = detail !== undefined && /^[A-Za-z0-9-]{1,24}$/.test(detail) ? `:${detail}` : '';
  return `«redacted:${rule}${plain}»`;
}

/** True when nothing a reader could use is left but markers. */
export function holdsOnlyMarkers(text: string): boolean {
  return holdsMarker(text) && !/[\p{L}\p{N}]/u.test(text.replace(markers, withoutRealOnes));
}

export function countMarkers(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  if (!holdsMarker(text)) return counts;
  for (const [, rule = knownValueRule, label] of text.matchAll(markers)) {
    if (label === undefined || isLabel(label)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return counts;
}

/** A marker, or what looks like one: something was masked there, or somebody says so. */
export function holdsMarker(text: string): boolean {
  return text.includes('«redacted:') || text.includes('«secret:');
}

function withoutRealOnes(whole: string, _rule: string | undefined, label: string | undefined): string {
  return label === undefined || isLabel(label) ? '' : whole;
}
