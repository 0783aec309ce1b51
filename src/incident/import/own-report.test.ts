import { expect, it } from 'vitest';
import { renderReport } from '../report/render.ts';
import { reportInputFixture } from '../report/report.fixture.ts';
import { readDocuments } from './read.ts';

it('what Castellan publishes is read as it was meant', () => {
  const input = reportInputFixture();
  const { narrative, dossier } = input;
  const { reports, unread } = readDocuments(
    [{ path: 'docs/post-mortems/2026-11-20-web.md', text: renderReport(input) }],
    { redact: (text) => ({ text, counts: {} }) },
  );
  expect(unread).toEqual([]);
  const [read] = reports;
  expect(read?.report).toMatchObject({
    title: narrative.title,
    at: dossier.incident.startedAt,
    severity: 'SEV2',
    services: narrative.services,
    namespaces: narrative.namespaces,
    // Whose it is, the record says and no file.
    incident: undefined,
  });
  expect(read?.report.symptom).toContain(narrative.summary[0]?.text);
  for (const { claim } of narrative.cause.steps) expect(read?.report.cause).toContain(claim.text);
  for (const { text } of narrative.resolution.steps) expect(read?.report.fix).toContain(text);
  expect(read?.missing).toEqual([]);
  expect(read?.actions).toEqual(
    narrative.actions.map(({ title, type, class: goal, priority, owner, due, status, path, verify }) => ({
      title,
      type,
      class: goal,
      priority,
      owner,
      due,
      status,
      path,
      verify,
      automatable: false,
    })),
  );
});
