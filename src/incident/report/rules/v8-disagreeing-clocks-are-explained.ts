import { writeDuration } from '../duration.ts';
import { type ReportRule, warning } from '../rule.ts';

export const disagreeingClocksAreExplained: ReportRule = {
  id: 'V8',
  title: 'Where sources differ about a time by more than a minute, a note says why.',
  severities: ['warning'],
  applies: ({ timeline }) => timeline.some(({ disagreementMs }) => disagreementMs !== undefined),
  *check(input) {
    const row = input.timeline.find(
      ({ disagreementMs, excluded, note }) =>
        disagreementMs !== undefined && excluded === undefined && note === undefined,
    );
    if (row !== undefined && input.narrative.clockNotes.length === 0)
      yield warning(
        `timeline.${row.key}`,
        `sources differ by ${writeDuration(row.disagreementMs ?? 0)} about one event`,
        'say in clockNotes which clock is wrong, or explain the row',
      );
  },
};
