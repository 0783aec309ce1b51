import { type JsonValue, stripHiddenCharacters } from '../kit/index.ts';
import { countMarkers, marker } from './marker.ts';
import { patternLayer } from './pattern-layer.ts';
import { mergeFindings, rewrite } from './ranges.ts';
import type { ExtensibleRedactor, Finding, RedactionCounts, RedactionLayer, StructuralRule } from './redactor.ts';
import { findInDocuments } from './structure/documents.ts';
import { structuralRules } from './structure/rules.ts';
import { walkValue } from './structure/walk.ts';
import { throughView, visibleView } from './views.ts';

interface RedactorOptions {
  /** Beside the pattern rules, which always run. */
  readonly layers?: readonly RedactionLayer[];
  readonly structuralRules?: readonly StructuralRule[];
}

const escapeCharacter = String.fromCodePoint(0x1b);
const controlIntroducer = String.fromCodePoint(0x9b);
const parameters = new RegExp(`[${escapeCharacter}${controlIntroducer}]\\[?[0-?]{0,64}[ -/]{0,8}`, 'g');

/** What a sequence may have taken from the text behind it: its letter, or what passed for its parameters too. */
function sequencesAsText(text: string): readonly string[] {
  return [
    text.replaceAll(escapeCharacter, ' ').replaceAll(controlIntroducer, ' '),
    text.replace(parameters, (whole) => ' '.repeat(whole.length)),
  ];
}

/**
 * How many strings of documents a document may stand in and still be read as one. Each level doubles the backslashes of
 * those below it when it is written again, so without a bound a few kilobytes could grow to gigabytes.
 */
const deepestDocument = 4;

/** Real text settles in two rounds, one that finds and one that finds nothing more. */
const roundLimit = 8;

export function createRedactor(options: RedactorOptions = {}): ExtensibleRedactor {
  const layers: RedactionLayer[] = [patternLayer, ...(options.layers ?? [])];
  const rules: StructuralRule[] = [...structuralRules, ...(options.structuralRules ?? [])];

  const findPlain = (text: string): Finding[] => layers.flatMap((layer) => layer.find(text));

  const find = (text: string, depth: number): readonly Finding[] =>
    mergeFindings(
      text,
      findInDocuments(text, findPlain(text), {
        text: (inner) => redacted(inner, depth + 1),
        rules,
        tooDeep: depth >= deepestDocument,
      }),
    );

  /**
   * A terminal sequence takes the letter that ends it along: one left open before a token takes the token's first, and
   * what is left no longer looks like one. So a text with sequences is read both with them and without, and masked
   * before they are removed.
   */
  const withoutSequences = (input: string): string => {
    if (!input.includes(escapeCharacter) && !input.includes(controlIntroducer)) return stripHiddenCharacters(input);
    const text = input.toWellFormed().replace(/\r\n?/g, '\n');
    const view = visibleView(text);
    const findings = findPlain(view.text).map((finding) => throughView(finding, view));
    for (const asText of sequencesAsText(text)) {
      let next = 0;
      for (const finding of findPlain(asText).sort((one, other) => one.start - other.start)) {
        while ((view.sequences[next]?.end ?? Number.POSITIVE_INFINITY) <= finding.start) next += 1;
        const around = view.sequences[next];
        const start = around !== undefined && around.start <= finding.start ? around.end : finding.start;
        if (start < finding.end) findings.push({ ...finding, start });
      }
    }
    return stripHiddenCharacters(rewrite(text, mergeFindings(text, findings)));
  };

  const redacted = (input: string, depth: number): string => {
    try {
      let text = withoutSequences(input);
      for (let round = 0; round < roundLimit; round += 1) {
        const findings = find(text, depth);
        if (findings.length === 0) return text;
        text = rewrite(text, findings);
      }
      return marker('unsettled');
    } catch {
      // Whatever broke a layer, its text does not pass; the error may hold that text, so it is not passed on either.
      return marker('withheld');
    }
  };

  const redactedValue = (input: JsonValue): { value: JsonValue; counts: RedactionCounts } => {
    const added = new Map<string, number>();
    let value = input;
    for (let round = 0; round < roundLimit; round += 1) {
      const walked = walkValue(value, (text) => redacted(text, 0), rules);
      if (!walked.changed) return { value, counts: round === 0 ? noCounts : positive(added) };
      for (const [rule, count] of walked.added) added.set(rule, (added.get(rule) ?? 0) + count);
      value = walked.value;
    }
    return { value: marker('unsettled'), counts: { unsettled: 1 } };
  };

  return {
    text: (input) => {
      const text = redacted(input, 0);
      if (text === input) return { text, counts: noCounts };
      const added = countMarkers(text);
      for (const [rule, count] of countMarkers(input)) added.set(rule, (added.get(rule) ?? 0) - count);
      return { text, counts: positive(added) };
    },
    value: <Value extends JsonValue>(input: Value) => {
      const { value, counts } = redactedValue(input);
      // Same shape: only strings and numbers become strings.
      return { value: value as Value, counts };
    },
    addLayer: (layer) => void layers.push(layer),
    addStructuralRule: (rule) => void rules.push(rule),
  };
}

const noCounts: RedactionCounts = Object.freeze({});

/** Markers that stand in the result beyond those the input came with. */
function positive(added: ReadonlyMap<string, number>): RedactionCounts {
  return Object.fromEntries([...added].filter(([, count]) => count > 0));
}
