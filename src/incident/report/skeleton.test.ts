import { expect, it } from 'vitest';
import { compileTimeline } from '../timeline/compile.ts';
import { dossierFixture, earlierActionId, earlierReport, evidenceIds } from './dossier.fixture.ts';
import { skeletonOf } from './skeleton.ts';

it('has what the record knows, and what there is to cite', () => {
  const { dossier } = dossierFixture({ history: 'recurrence' });
  const { narrative, evidence, rows } = skeletonOf(dossier, compileTimeline(dossier));
  expect(narrative).toMatchObject({
    status: 'resolved',
    impact: { duration: '45m' },
    detection: { by: 'user', timeToDetect: '27m' },
    resolution: { timeToResolve: '50m' },
    recurrence: {
      verdict: 'recurrence',
      of: [earlierReport],
      earlierActions: [{ id: earlierActionId, status: 'open' }],
    },
  });
  expect(evidence.map(({ id }) => id)).toContain(evidenceIds.alerts);
  expect(rows.map(({ text }) => text)).toContain('Deployment shop/web: image web 1.2 → 1.3');
});

it('says what is missing', () => {
  const { dossier } = dossierFixture({ ongoing: true });
  const bare = { ...dossier, triage: undefined, historyAt: undefined, findings: [], evidence: [] };
  const { needs } = skeletonOf(bare, compileTimeline(bare));
  expect(needs).toEqual(
    expect.arrayContaining([
      'run sev_triage: there is no severity',
      'run sev_history: nobody looked for earlier ones',
      'record a finding that is supported by evidence',
      'actions: one of the class `detect`, for a human noticed it',
    ]),
  );
});

it('is small', () => {
  const { dossier } = dossierFixture({ history: 'recurrence' });
  expect(JSON.stringify(skeletonOf(dossier, compileTimeline(dossier))).length).toBeLessThan(8_000);
});
