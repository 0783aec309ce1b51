import { type JsonValue, stripHiddenCharacters } from '../kit/index.ts';
import { countMarkers, marker } from './marker.ts';
import { mergeFindings, rewrite } from './ranges.ts';
import type { Finding, RedactionCounts, StructuralRule } from './redactor.ts';
import { findInDocuments } from './structure/documents.ts';
import { walkValue } from './structure/walk.ts';
import { throughView, visibleView } from './views.ts';

/** The rounds of one reading: of what one author wrote, with the layers that are there for him. */
export interface Reading {
  /** Every layer, on the text as it stands. */
  find(text: string): Finding[];
  /** The layers that want to know behind which name a text stands. */
  findNamed(name: string, text: string): Finding[];
  readonly rules: readonly StructuralRule[];
}

export interface Settled<Content> {
  readonly content: Content;
  readonly counts: RedactionCounts;
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

function find(reading: Reading, text: string, depth: number): readonly Finding[] {
  return mergeFindings(
    text,
    findInDocuments(text, reading.find(text), {
      text: (inner, name) => redacted(reading, inner, depth + 1, name),
      rules: reading.rules,
      tooDeep: depth >= deepestDocument,
    }),
  );
}

/**
 * A terminal sequence takes the letter that ends it along: one left open before a token takes the token's first, and
 * what is left no longer looks like one. So a text with sequences is read both with them and without, and masked
 * before they are removed.
 */
function withoutSequences(reading: Reading, input: string): string {
  if (!input.includes(escapeCharacter) && !input.includes(controlIntroducer)) return stripHiddenCharacters(input);
  const text = input.toWellFormed().replace(/\r\n?/g, '\n');
  const view = visibleView(text);
  const findings = reading.find(view.text).map((finding) => throughView(finding, view));
  for (const asText of sequencesAsText(text)) {
    let next = 0;
    for (const finding of reading.find(asText).sort((one, other) => one.start - other.start)) {
      while ((view.sequences[next]?.end ?? Number.POSITIVE_INFINITY) <= finding.start) next += 1;
      const around = view.sequences[next];
      const start = around !== undefined && around.start <= finding.start ? around.end : finding.start;
      if (start < finding.end) findings.push({ ...finding, start });
    }
  }
  return stripHiddenCharacters(rewrite(text, mergeFindings(text, findings)));
}

function redacted(reading: Reading, input: string, depth: number, name?: string): string {
  try {
    let text = withoutSequences(reading, input);
    if (name !== undefined) text = rewrite(text, mergeFindings(text, reading.findNamed(name, text)));
    for (let round = 0; round < roundLimit; round += 1) {
      const findings = find(reading, text, depth);
      if (findings.length === 0) return text;
      text = rewrite(text, findings);
    }
    return marker('unsettled');
  } catch {
    // Whatever broke a layer, its text does not pass; the error may hold that text, so it is not passed on either.
    return marker('withheld');
  }
}

export function settledText(reading: Reading, input: string): Settled<string> {
  const text = redacted(reading, input, 0);
  if (text === input) return { content: text, counts: noCounts };
  const added = countMarkers(text);
  for (const [rule, count] of countMarkers(input)) added.set(rule, (added.get(rule) ?? 0) - count);
  return { content: text, counts: positive(added) };
}

export function settledValue(reading: Reading, input: JsonValue): Settled<JsonValue> {
  const added = new Map<string, number>();
  let value = input;
  for (let round = 0; round < roundLimit; round += 1) {
    const walked = walkValue(value, (text, name) => redacted(reading, text, 0, name), reading.rules);
    if (!walked.changed) return { content: value, counts: round === 0 ? noCounts : positive(added) };
    for (const [rule, count] of walked.added) added.set(rule, (added.get(rule) ?? 0) + count);
    value = walked.value;
  }
  return { content: marker('unsettled'), counts: { unsettled: 1 } };
}

const noCounts: RedactionCounts = Object.freeze({});

/** Markers that stand in the result beyond those the input came with. */
function positive(added: ReadonlyMap<string, number>): RedactionCounts {
  return Object.fromEntries([...added].filter(([, count]) => count > 0));
}
