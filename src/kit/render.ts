import type { Answer, Coverage, RenderedAnswer } from './answer.ts';
import { budgets } from './answer.ts';
import { assemble } from './lines.ts';
import { renderRecord } from './render-record.ts';
import { tableBody } from './render-table.ts';
import { textBody } from './render-text.ts';
import { type Redactions, Tally } from './tally.ts';

/**
 * Turns an answer into bytes: strip hidden characters, redact, then cut to the budget at row or line boundaries, and say
 * so. Text that came from outside is fenced (lines.ts).
 */
export interface RenderOptions extends Redactions {
  /** Bytes; never more than the ceiling, whatever is asked. */
  readonly budget: number;
}

/** @throws CastellanError `answer-too-large` when a record cannot be cut to its budget */
export function renderAnswer(answer: Answer, options: RenderOptions): RenderedAnswer {
  const tally = new Tally(options);
  const budget = Math.min(options.budget, budgets.ceiling);
  if (answer.kind === 'record') return renderRecord(answer, tally, budget);
  const headline = answer.headline === undefined ? [] : [tally.ownLine(answer.headline)];
  const head = [...headline, frameLine(answer.asOf, answer.coverage, tally)];
  const notes = (answer.notes ?? []).map((note) => tally.own(note));
  const body = answer.kind === 'table' ? tableBody(answer, tally) : textBody(answer, tally);
  return assemble({ head, body, notes, tally, budget });
}

/** How many of the things that could not be seen are named; the rest are counted. */
const missingNamed = 10;

function frameLine(asOf: Date, coverage: Coverage, tally: Tally): string {
  const missing = coverage.missing ?? [];
  const named = missing.slice(0, missingNamed).map(({ what, why }) => tally.ownLine(`${what} (${why})`));
  const more = missing.length > missingNamed ? [`and ${missing.length - missingNamed} more`] : [];
  const unseen = missing.length === 0 ? '' : ` · NOT SEEN: ${[...named, ...more].join('; ')}`;
  return `as of ${asOf.toISOString()} · covers ${tally.ownLine(coverage.covered)}${unseen}`;
}
