import { describe, expect, it } from 'vitest';
import { type DossierShape, evidenceIds, minutesAfter, usualShape } from './dossier.fixture.ts';
import { told } from './faults/fault.fixture.ts';
import { parseNarrative } from './parse-narrative.ts';
import type { ReportInput } from './port.ts';
import { reportInputFixture } from './report.fixture.ts';
import { validate } from './validate.ts';

/** Reports of every shape that is right. Where a warning has to be, it is named. */
const shapes: readonly {
  readonly what: string;
  readonly shape: Partial<DossierShape>;
  readonly change?: (input: ReportInput) => ReportInput | string;
  readonly warns?: readonly string[];
}[] = [
  { what: 'as usual', shape: {} },
  { what: 'SEV1', shape: { severity: 'SEV1', service: 'resolver', namespace: 'dns' } },
  { what: 'SEV3', shape: { severity: 'SEV3', kills: 2 } },
  {
    what: 'SEV4, no action items',
    shape: { severity: 'SEV4', detectedBy: 'check' },
    change: told((n) => {
      n.actions = [];
    }),
  },
  { what: 'nothing was wrong after all', shape: { severity: 'none', detectedBy: 'alert' } },
  { what: 'found by an alert', shape: { detectedBy: 'alert' } },
  { what: 'found by an operator', shape: { detectedBy: 'human', service: 'photos-2' } },
  { what: 'found by a failed expectation', shape: { detectedBy: 'change', limitMi: 1024 } },
  { what: 'it goes on', shape: { ongoing: true } },
  { what: 'a recurrence', shape: { history: 'recurrence' } },
  { what: 'a related one', shape: { history: 'related' } },
  { what: 'a candidate that was rejected', shape: { history: 'rejected' } },
  { what: 'a correction', shape: { published: true } },
  { what: 'a correction of a recurrence', shape: { published: true, history: 'recurrence' } },
  { what: 'a clock three hours ahead, known', shape: { logClockAheadMs: 3 * 3_600_000 } },
  {
    what: 'a row that quotes a secret, and was left out',
    shape: {},
    change: (input) => ({
      ...input,
      timeline: input.timeline.map((row) =>
        row.quote === undefined
          ? row
          : { ...row, quote: `password=${'hunter2hunter2'}`, excluded: { reason: 'a test' } },
      ),
    }),
  },
  { what: 'over midnight', shape: { rolledOutAt: new Date('2026-12-31T23:31:05Z') } },
  { what: 'over a change of the clocks', shape: { rolledOutAt: new Date('2026-10-25T00:45:30Z'), service: 'mail' } },
  {
    what: 'no infra repository',
    shape: {},
    change: (input) => ({ ...input, repository: undefined }),
    warns: ['V24', 'V28'],
  },
  {
    what: 'alert rules could not be asked',
    shape: {},
    change: (input) => ({ ...input, alertNames: undefined }),
    warns: ['V26'],
  },
  {
    what: 'an override to the higher side',
    shape: { severity: 'SEV3' },
    change: told((n) => {
      n.severityOverride = { severity: 'SEV1', by: 'robin', reason: 'the whole household depends on it' };
    }),
  },
  {
    what: 'numbers in many forms',
    shape: { kills: 1204 },
    change: told((n) => {
      const start = usualShape.rolledOutAt;
      n.cause.contributing = [
        {
          text: 'Its containers were killed 1,204 times with a limit of 128 Mi, from 14:04 to 14:49 UTC (45 min).',
          evidence: [evidenceIds.events],
        },
        { text: 'The pod web-7c9f4 went over 128Mi (P1, SEV2).', evidence: [evidenceIds.events] },
        {
          text: `Version 1.3 came at ${minutesAfter(start, 0).toISOString().replace('.000', '')}, and it lasted 50 minutes.`,
          evidence: [evidenceIds.rollout],
        },
        { text: 'The probe got "503 Service Unavailable" in 12 ms.', evidence: [evidenceIds.probe] },
        { text: 'Commit 4be1c0d set `memory limit 512Mi`.', evidence: [evidenceIds.commit] },
        {
          text: 'On 2026-11-20 at 14:49 all 3 of 3 pods were ready, 27 minutes behind nobody’s eyes.',
          evidence: [evidenceIds.healed],
        },
      ];
    }),
  },
  {
    what: 'words that are near to what is refused',
    shape: { detectedBy: 'check' },
    change: told((n) => {
      n.lessons = {
        well: ['The team stayed calm & wrote everything down: a > b, c < d, 50% | more.'],
        poorly: ['The dashboard shows the call and not the outcome; it should show both.'],
        lucky: ['The older version was still in the registry (see the runbook, section 2).'],
      };
      n.cause.contributing = [
        {
          text: 'The default of the chart is what it always was; nobody was told that it changed with the image.',
          evidence: [evidenceIds.rollout],
        },
      ];
    }),
  },
];

describe(`${shapes.length} reports that are right`, () => {
  it.each(shapes)('$what', ({ shape, change = (input) => input, warns = [] }) => {
    const input = change(reportInputFixture(shape));
    if (typeof input === 'string') throw new Error('a report is an input');
    const parsed = parseNarrative(JSON.stringify(input.narrative));
    if (!('narrative' in parsed)) throw new Error(JSON.stringify(parsed.problems));
    const { valid, errors, warnings, score } = validate({ ...input, narrative: parsed.narrative });
    expect(errors).toEqual([]);
    expect([...new Set(warnings.map(({ rule }) => rule))]).toEqual(warns);
    expect(valid).toBe(true);
    expect(score).toBeGreaterThan(0.9);
  });
});
