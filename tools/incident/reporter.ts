import { thresholds } from '../../src/incident/history/verdict.ts';
import { parseNarrative } from '../../src/incident/report/parse-narrative.ts';
import { renderReport } from '../../src/incident/report/render.ts';
import { skeletonOf } from '../../src/incident/report/skeleton.ts';
import { validate } from '../../src/incident/report/validate.ts';
import { compileTimeline } from '../../src/incident/timeline/compile.ts';
import type { Rubric } from '../../src/incident/triage/rubric.ts';
import type { Reporter } from './port.ts';

/** Everything about reports that is pure, put together. */
export function openReporter(rubric: Rubric, platformStacks: readonly string[]): Reporter {
  return {
    compile: compileTimeline,
    skeleton: (dossier, timeline) => {
      const { needs, ...known } = skeletonOf(dossier, timeline);
      return { json: JSON.stringify(known, null, 1), needs };
    },
    parse: parseNarrative,
    validate,
    render: renderReport,
    recurrenceThreshold: thresholds.recurrence,
    rubricRules: rubric.rules.map(({ id }) => id),
    platformStacks,
  };
}
