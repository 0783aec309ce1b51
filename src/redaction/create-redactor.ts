import { type JsonValue, stripHiddenCharacters } from '../kit/index.ts';
import { countMarkers, marker } from './marker.ts';
import { encodingLayer, patternLayer } from './pattern-layer.ts';
import { mergeFindings, rewrite } from './ranges.ts';
import type { ExtensibleRedactor, Finding, RedactionCounts, RedactionLayer, StructuralRule } from './redactor.ts';
import { findInDocuments } from './structure/documents.ts';
import { structuralRules } from './structure/rules.ts';
import { walkValue } from './structure/walk.ts';

export interface RedactorOptions {
  /** Beside the pattern rules and the encodings, which always run. */
  readonly layers?: readonly RedactionLayer[];
  readonly structuralRules?: readonly StructuralRule[];
}

/** Real text settles in two rounds, one that finds and one that finds nothing more. */
const roundLimit = 8;

export function createRedactor(options: RedactorOptions = {}): ExtensibleRedactor {
  const layers: RedactionLayer[] = [patternLayer, encodingLayer, ...(options.layers ?? [])];
  const rules: StructuralRule[] = [...structuralRules, ...(options.structuralRules ?? [])];

  const find = (text: string): readonly Finding[] => {
    const plain = layers.flatMap((layer) => layer.find(text));
    return mergeFindings(text, findInDocuments(text, plain, { text: redacted, rules }));
  };

  const redacted = (input: string): string => {
    try {
      let text = stripHiddenCharacters(input);
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
