import { claimsOf } from '../claims.ts';
import { error, type ReportRule, shown } from '../rule.ts';

export const timesAreExact: ReportRule = {
  id: 'V5',
  title: 'No time is relative or a guess: how exact it is, the precision of a row says.',
  severities: ['error'],
  *check(input) {
    const notes = input.dossier.marks.flatMap(({ row, note }) =>
      note === undefined ? [] : [{ path: `timeline.${row}.note`, text: note }],
    );
    const written = claimsOf(input.narrative).map(({ path, claim }) => ({ path: `${path}.text`, text: claim.text }));
    for (const { path, text } of [...written, ...notes, { path: 'title', text: input.narrative.title }]) {
      const found = relative.exec(text)?.[0];
      if (found !== undefined)
        yield error(
          path,
          `“${shown(found)}” is relative or approximate`,
          'write the time in UTC, as the evidence has it',
        );
    }
  },
};

const unit = String.raw`(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?)\b`;
const relative = new RegExp(
  [
    String.raw`\b(?:\d+\s*${unit}|(?:a|an|some|few|several|two|three) ${unit})\s*(?:ago|later|earlier|before that|after that)\b`,
    String.raw`\bago\b`,
    String.raw`[~≈]\s*\d+(?::\d{2}|\s*${unit})`,
    String.raw`\b(?:about|around|roughly|approximately|approx\.?|circa|nearly|almost|some time)\s+(?:\d{1,2}:\d{2}|\d+\s*${unit}|(?:a|an) (?:minute|hour|day))`,
    String.raw`\bT\s?[+-]\s?\d`,
    String.raw`\b(?:recently|yesterday|last (?:night|week|month)|this (?:morning|afternoon|evening)|earlier today|(?:shortly|soon|moments|sometime|some time) (?:after|before|later|afterwards?)|a (?:few|couple of) (?:seconds|minutes|hours|days))\b`,
  ].join('|'),
  'i',
);
