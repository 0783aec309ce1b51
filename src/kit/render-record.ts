import type { RecordAnswer, RenderedAnswer } from './answer.ts';
import { defineErrors } from './errors.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { byteLength, largestThatFits } from './lines.ts';
import type { Tally } from './tally.ts';

const renderError = defineErrors({
  'answer-too-large': {
    audience: 'agent',
    meaning: 'The answer does not fit its byte budget and has no part that could be left out.',
  },
});

/** What stands beside a record's own data; no record has a key of these names. */
export const recordFrameKeys = [
  'headline',
  'as_of',
  'coverage',
  'truncated',
  'next_cursor',
  'notes',
  'redactions',
] as const;

/**
 * A record is validated by its reader against the tool's output schema, so it is never cut but at its `cut` array; one
 * that does not fit is refused.
 */
export function renderRecord(answer: RecordAnswer, tally: Tally, budget: number): RenderedAnswer {
  const framed = recordFrameKeys.find((key) => Object.hasOwn(answer.data, key));
  if (framed !== undefined) throw new TypeError(`a record has no key ${framed} of its own: the renderer writes it`);

  const data = Object.entries(answer.data).map(([key, value]) => ({
    key: tally.data(key),
    value: tally.record(value),
    isCut: key === answer.cut,
  }));
  const cuttable = data.find(({ isCut }) => isCut)?.value;
  const rows: readonly JsonValue[] = Array.isArray(cuttable) ? cuttable : [];
  const headline = answer.headline === undefined ? {} : { headline: tally.ownLine(answer.headline) };
  const coverage = {
    covered: tally.ownLine(answer.coverage.covered),
    missing: (answer.coverage.missing ?? []).map(({ what, why }) => ({
      what: tally.ownLine(what),
      why: tally.ownLine(why),
    })),
  };
  const notes = answer.notes === undefined ? {} : { notes: answer.notes.map((note) => tally.own(note)) };
  const fired = tally.fired();

  const compose = (shown: number): JsonObject => {
    const cut = shown < rows.length;
    return {
      ...headline,
      as_of: answer.asOf.toISOString(),
      coverage,
      truncated: cut,
      ...(cut && answer.continueAt !== undefined ? { next_cursor: answer.continueAt(shown) } : {}),
      ...Object.fromEntries(data.map(({ key, value, isCut }) => [key, isCut && cut ? rows.slice(0, shown) : value])),
      ...notes,
      ...(fired === undefined ? {} : { redactions: fired }),
    };
  };
  const fits = (shown: number): boolean => byteLength(JSON.stringify(compose(shown))) <= budget;
  const shown = largestThatFits(rows.length, fits);
  if (!fits(shown) || (shown === 0 && rows.length > 0)) {
    throw renderError('answer-too-large', {
      message: `the answer does not fit into ${budget} bytes`,
      next: 'ask for less, or with a larger budget (up to 24000)',
    });
  }
  const structured = compose(shown);
  const text = JSON.stringify(structured);
  return { text, structured, bytes: byteLength(text), truncated: shown < rows.length, redactions: tally.counts };
}
