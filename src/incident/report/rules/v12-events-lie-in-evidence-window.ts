import type { Evidence } from '../../evidence.ts';
import { unitOf } from '../../timeline/sighting.ts';
import { error, type ReportRule } from '../rule.ts';

export const eventsLieInEvidenceWindow: ReportRule = {
  id: 'V12',
  title: 'A time lies in what the cited evidence covers.',
  severities: ['error'],
  *check(input) {
    const byId = new Map(input.dossier.evidence.map((evidence) => [evidence.id, evidence]));
    const covers = (ids: readonly string[], at: number, slack: number) => {
      const cited = ids.flatMap((id) => byId.get(id) ?? []);
      return cited.length === 0 || cited.some((evidence) => within(evidence, at, slack));
    };
    for (const { key, at, evidence, precision, excluded } of input.timeline)
      if (excluded === undefined && !covers(evidence, at.getTime(), Math.max(slackMs, unitOf[precision])))
        yield error(
          `timeline.${key}`,
          'the row is outside of what its evidence covers',
          'gather a window that covers it, or leave the row out and say why',
        );
    for (const [index, { at, claim }] of input.narrative.cause.steps.entries())
      if (at !== undefined && !covers(claim.evidence, Date.parse(at), slackMs))
        yield error(
          `cause.steps[${index}].at`,
          'the step is outside of what its evidence covers',
          'cite evidence of that time',
        );
    for (const [index, { id, from, to }] of input.dossier.evidence.entries())
      if (from.getTime() > to.getTime())
        yield error(`evidence[${index}]`, `the window of ${id} ends before it begins`, 'gather it again');
  },
};

const slackMs = 60_000;

function within({ from, to, clockOffsetMs = 0 }: Evidence, at: number, slack: number): boolean {
  const ahead = Math.abs(clockOffsetMs);
  return at >= from.getTime() - slack - ahead && at <= to.getTime() + slack + ahead;
}
