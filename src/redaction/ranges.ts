import { holdsOnlyMarkers, knownValueRule, marker } from './marker.ts';
import type { Finding } from './redactor.ts';

/**
 * Overlapping findings become one that covers them all, named by the widest; of two as wide, by the one that knows the
 * secret by its own shape; what a value is called says more than the word it stands behind. Findings that hold nothing but markers are dropped: there is nothing left to hide.
 */
export function mergeFindings(text: string, findings: readonly Finding[]): Finding[] {
  const sorted = findings
    .map((finding) => (finding.replacement === undefined ? keepEscapesWhole(text, finding) : finding))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start);
  const merged: { union: Finding; widest: Finding }[] = [];
  for (const finding of sorted) {
    const last = merged.at(-1);
    if (last === undefined || finding.start >= last.union.end) {
      merged.push({ union: finding, widest: finding });
      continue;
    }
    const widest = moreTelling(finding, last.widest) ? finding : last.widest;
    const end = Math.max(last.union.end, finding.end);
    last.widest = widest;
    last.union = { ...widest, start: last.union.start, end };
  }
  return merged
    .map(({ union }) => union)
    .filter(
      (finding) => finding.replacement !== undefined || !holdsOnlyMarkers(text.slice(finding.start, finding.end)),
    );
}

/** One pass over the text. */
export function rewrite(text: string, findings: readonly Finding[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, rule, detail, label, replacement } of findings) {
    result += text.slice(at, start) + (replacement ?? marker(rule, detail, label));
    at = end;
  }
  return result + text.slice(at);
}

function moreTelling(one: Finding, other: Finding): boolean {
  if (isKnown(one) && other.byContext === true) return true;
  if (isKnown(other) && one.byContext === true) return false;
  const difference = width(one) - width(other);
  if (difference !== 0) return difference > 0;
  return (other.byContext === true && one.byContext !== true) || (isKnown(one) && !isKnown(other));
}

function isKnown({ rule }: Finding): boolean {
  return rule === knownValueRule;
}

function width({ start, end }: Finding): number {
  return end - start;
}

/** A range that cuts an escape sequence in half would leave a backslash before the marker, or half of one behind it. */
function keepEscapesWhole(text: string, finding: Finding): Finding {
  let { start, end } = finding;
  if (backslashesBefore(text, start) % 2 === 1) {
    const escaped = text[start] ?? '';
    if (/^u[0-9A-Fa-f]{4}/.test(text.slice(start, start + 5))) start += 5;
    else if ('nrtbf"\\/'.includes(escaped)) start += 1;
  }
  if (end > start && backslashesBefore(text, end) % 2 === 1) end -= 1;
  return start === finding.start && end === finding.end ? finding : { ...finding, start, end };
}

function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (count < Math.min(at, 64) && text[at - 1 - count] === '\\') count += 1;
  return count;
}
