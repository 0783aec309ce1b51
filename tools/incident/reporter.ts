import { thresholds } from '../../src/incident/history/verdict.ts';
import { parseNarrative } from '../../src/incident/report/parse-narrative.ts';
import { renderReport } from '../../src/incident/report/render.ts';
import { type Skeleton, skeletonOf } from '../../src/incident/report/skeleton.ts';
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
      return { json: skeletonText(known), needs };
    },
    parse: parseNarrative,
    validate,
    render: renderReport,
    recurrenceThreshold: thresholds.recurrence,
    rubricRules: rubric.rules.map(({ id }) => id),
    platformStacks,
  };
}

/** JSON with a line for each piece of evidence and each row: written out they fill an answer, and are cut. */
function skeletonText({ narrative, evidence, rows }: Omit<Skeleton, 'needs'>): string {
  const lines = (all: readonly object[]): string => `[\n${all.map((one) => ` ${JSON.stringify(one)}`).join(',\n')}\n]`;
  return `{\n"narrative": ${JSON.stringify(narrative, null, 1)},\n"evidence": ${lines(evidence)},\n"rows": ${lines(rows)}\n}`;
}
