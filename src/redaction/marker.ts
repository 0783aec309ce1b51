const markers = /«redacted:([a-z0-9-]{1,40})(?::[A-Za-z0-9-]{1,24})?»/g;

/** `«` */
export const openMark = 0xab;

const markerHere = new RegExp(markers.source, 'y');

/** Behind the marker that starts at `at`; `at` itself when none does. */
export function markerEnd(text: string, at: number): number {
  markerHere.lastIndex = at;
  return at + (markerHere.exec(text)?.[0].length ?? 0);
}

/** What stands where a secret stood. A detail that could carry anything but a plain word is left out. */
export function marker(rule: string, detail?: string): string {
  const plain = detail !== undefined && /^[A-Za-z0-9-]{1,24}$/.test(detail) ? `:${detail}` : '';
  return `«redacted:${rule}${plain}»`;
}

/** True when nothing a reader could use is left but markers. */
export function holdsOnlyMarkers(text: string): boolean {
  return text.includes('«redacted:') && !/[\p{L}\p{N}]/u.test(text.replace(markers, ''));
}

export function countMarkers(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  if (!text.includes('«redacted:')) return counts;
  for (const [, rule = ''] of text.matchAll(markers)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}
