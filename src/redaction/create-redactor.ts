import { type JsonValue, stripHiddenCharacters } from '../kit/index.ts';
import { countMarkers, marker } from './marker.ts';
import { patternLayer } from './pattern-layer.ts';
import { mergeFindings, rewrite } from './ranges.ts';
import type { ExtensibleRedactor, Finding, RedactionCounts, RedactionLayer, StructuralRule } from './redactor.ts';
import { findInDocuments } from './structure/documents.ts';
import { structuralRules } from './structure/rules.ts';
import { walkValue } from './structure/walk.ts';

export interface RedactorOptions {
  /** Beside the pattern rules, which always run. */
  readonly layers?: readonly RedactionLayer[];
  readonly structuralRules?: readonly StructuralRule[];
}

const escapeCharacter = String.fromCodePoint(0x1b);
const controlIntroducer = String.fromCodePoint(0x9b);
const sequence = new RegExp(
  `(?:${escapeCharacter}\\[|${controlIntroducer})[0-?]{0,64}[ -/]{0,8}[@-~]|${escapeCharacter}[@-Z\\\\^_]`,
  'g',
);

/** Real text settles in two rounds, one that finds and one that finds nothing more. */
const roundLimit = 8;

export function createRedactor(options: RedactorOptions = {}): ExtensibleRedactor {
  const layers: RedactionLayer[] = [patternLayer, ...(options.layers ?? [])];
  const rules: StructuralRule[] = [...structuralRules, ...(options.structuralRules ?? [])];

  const find = (text: string): readonly Finding[] => {
    const plain = layers.flatMap((layer) => layer.find(text));
    return mergeFindings(text, findInDocuments(text, plain, { text: redacted, rules }));
  };

  /**
   * A terminal sequence takes the letter that ends it along: one left open before a token takes the token's first, and
   * what is left no longer looks like one. What a sequence would cut into is masked behind it before it is removed.
   */
  const withoutCutSecrets = (input: string): string => {
    if (!input.includes(escapeCharacter) && !input.includes(controlIntroducer)) return input;
    const visible = input.replaceAll(escapeCharacter, ' ').replaceAll(controlIntroducer, ' ');
    const found = layers.flatMap((layer) => layer.find(visible)).sort((one, other) => one.start - other.start);
    const cut: Finding[] = [];
    let next = 0;
    for (const { index, 0: whole } of input.matchAll(sequence)) {
      const behind = index + whole.length;
      while ((found[next]?.start ?? Number.POSITIVE_INFINITY) < index) next += 1;
      for (let at = next; (found[at]?.start ?? Number.POSITIVE_INFINITY) < behind; at += 1) {
        const finding = found[at];
        if (finding !== undefined && finding.end > behind) cut.push({ ...finding, start: behind });
      }
    }
    return rewrite(input, mergeFindings(input, cut));
  };

  const redacted = (input: string): string => {
    try {
      let text = stripHiddenCharacters(withoutCutSecrets(input));
      for (let round = 0; round < roundLimit; round += 1) {
        const findings = find(text);
        if (findings.length === 0) return text;
        text = rewrite(text, findings);
      }
      return marker('unsettled');
    } catch {
      // Whatever broke a layer, its text does not pass; the error may hold that text, so it is not passed on either.
      return marker('withheld');
    }
  };

  const redactedValue = (input: JsonValue): JsonValue => {
    let value = input;
    for (let round = 0; round < roundLimit; round += 1) {
      const walked = walkValue(value, redacted, rules);
      if (!walked.changed) return value;
      value = walked.value;
    }
    return marker('unsettled');
  };

  return {
    text: (input) => {
      const text = redacted(input);
      return { text, counts: text === input ? noCounts : newMarkers(countMarkers(input), countMarkers(text)) };
    },
    value: <Value extends JsonValue>(input: Value) => {
      const value = redactedValue(input);
      const counts = value === input ? noCounts : newMarkers(markersOf(input), markersOf(value));
      // Same shape: only strings and numbers become strings.
      return { value: value as Value, counts };
    },
    addLayer: (layer) => void layers.push(layer),
    addStructuralRule: (rule) => void rules.push(rule),
  };
}

const noCounts: RedactionCounts = Object.freeze({});

/** Markers that stand in the result beyond those the input came with. */
function newMarkers(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): RedactionCounts {
  const counts: Record<string, number> = {};
  for (const [rule, count] of after) {
    const added = count - (before.get(rule) ?? 0);
    if (added > 0) counts[rule] = added;
  }
  return counts;
}

function markersOf(value: JsonValue): Map<string, number> {
  return countMarkers(JSON.stringify(value));
}
