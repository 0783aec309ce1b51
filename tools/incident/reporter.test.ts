import { expect, it } from 'vitest';
import { reportInputFixture } from '../../src/incident/report/report.fixture.ts';
import { skeletonOf } from '../../src/incident/report/skeleton.ts';
import { loadRubric } from '../../src/incident/triage/rubric.ts';
import { openReporter } from './reporter.ts';

it('a skeleton is JSON, with a line for each piece of evidence and each row: an answer has room for it', () => {
  const { dossier } = reportInputFixture();
  const reporter = openReporter(loadRubric(), []);
  const timeline = reporter.compile(dossier);
  const { json, needs } = reporter.skeleton(dossier, timeline);
  const whole = skeletonOf(dossier, timeline);
  expect({ ...JSON.parse(json), needs }).toEqual(JSON.parse(JSON.stringify(whole)));
  for (const one of [...whole.evidence, ...whole.rows])
    expect(json.split('\n')).toContainEqual(expect.stringContaining(JSON.stringify(one)));
});
