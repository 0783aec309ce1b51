import { labelMarkerEnd, markerEnd, openMark } from './marker.ts';
import type { Finding } from './redactor.ts';
import type { PatternRule } from './rules/rule.ts';
import { Scan } from './scan.ts';

/**
 * Walks a text once and wakes the rules whose anchor stands there. Three characters are folded to five bits each and
 * looked up in one table; letters fold without case, and what the table lets through is compared in full.
 */
interface Anchor {
  readonly literal: string;
  readonly folded: boolean;
  readonly rule: number;
}

export interface Scanned {
  readonly findings: readonly Finding[];
  readonly steps: number;
}

export type Scanner = (text: string) => Scanned;

const otherFold = 31;

/** Letters by themselves, digits as one, the punctuation anchors use, everything else. */
const folds = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code).toLowerCase();
  if (code < 128 && character >= 'a' && character <= 'z') return character.charCodeAt(0) - 97;
  if (character >= '0' && character <= '9') return 26;
  const mark = '_-.:'.indexOf(character);
  return mark === -1 || code > 127 ? otherFold : 27 + mark;
});

export function createScanner(rules: readonly PatternRule[]): Scanner {
  const { slots, groups } = indexOf(rules);

  return (text) => {
    const scan = new Scan(text);
    const findings: Finding[] = [];
    let resume: Float64Array | undefined;
    // One step behind the end, so that an anchor of two characters is also seen there.
    const last = text.length;
    let key = 0;
    // Behind the marker that was passed last: what it says is no text to read.
    let passed = 0;
    // Behind the label of a known value: a token in it is one, but `secret:` before it is no name of a value.
    let labelled = 0;
    for (let index = 0; index <= last; index += 1) {
      const code = index < last ? text.charCodeAt(index) : 0;
      key = ((key << 5) | (folds[code] ?? otherFold)) & 0x7fff;
      if (code === openMark && index >= passed) {
        passed = markerEnd(text, index);
        if (index >= labelled) labelled = labelMarkerEnd(text, index);
      }
      const slot = slots[key] ?? 0;
      if (slot === 0) continue;
      const at = index - 2;
      if (at < passed) continue;
      resume ??= new Float64Array(rules.length);
      for (const anchor of groups[slot] ?? []) {
        if (at < (resume[anchor.rule] ?? 0)) continue;
        const { literal, folded } = anchor;
        if (folded ? !scan.startsWithFolded(literal, at) : !scan.startsWith(literal, at)) continue;
        const reading = rules[anchor.rule]?.read(scan, at, at + literal.length);
        if (reading === undefined) continue;
        resume[anchor.rule] = reading.resume;
        for (const finding of reading.findings) {
          if (at >= labelled || finding.byContext !== true) findings.push(finding);
        }
      }
    }
    return { findings, steps: scan.steps + last };
  };
}

function indexOf(rules: readonly PatternRule[]): { slots: Uint16Array; groups: Anchor[][] } {
  const slots = new Uint16Array(0x8000);
  const groups: Anchor[][] = [[]];
  const add = (key: number, anchor: Anchor): void => {
    const slot = slots[key] ?? 0;
    if (slot === 0) {
      slots[key] = groups.length;
      groups.push([anchor]);
    } else groups[slot]?.push(anchor);
  };
  for (const [rule, { anchors, folded = false }] of rules.entries()) {
    for (const literal of anchors) {
      const anchor = { literal, folded, rule };
      const bits = (index: number): number => folds[literal.charCodeAt(index)] ?? otherFold;
      const pair = (bits(0) << 10) | (bits(1) << 5);
      if (literal.length > 2) add(pair | bits(2), anchor);
      else for (let third = 0; third < 32; third += 1) add(pair | third, anchor);
    }
  }
  return { slots, groups };
}
