import { evidenceIds, minutesAfter, usualShape } from '../dossier.fixture.ts';
import { both, evidenceIs, type Fault, incidentIs, recorded, says, sent, told } from './fault.fixture.ts';

const { rolledOutAt } = usualShape;

/** V1 to V8. */
export const timeFaults: readonly Fault[] = [
  { rule: 'V1', what: 'nobody knows when it began', make: incidentIs({ startedAt: undefined }) },
  {
    rule: 'V1',
    what: 'resolved, and no time for it',
    make: both(
      incidentIs({ resolvedAt: undefined }),
      told((n) => {
        delete n.impact.duration;
        delete n.resolution.timeToResolve;
      }),
    ),
  },
  {
    rule: 'V1',
    what: 'ongoing, although it is over',
    make: told((n) => {
      n.status = 'ongoing';
    }),
  },
  {
    rule: 'V1',
    what: 'nothing is named as affected',
    make: told((n) => {
      n.services = [];
      n.namespaces = [];
    }),
  },
  { rule: 'V1', what: 'no authors', make: sent(() => ({ authors: [] })) },
  {
    rule: 'V1',
    what: 'an author is blank',
    make: told((n) => {
      n.authors = ['claude', ' '];
    }),
  },

  {
    rule: 'V2',
    what: 'no impact',
    make: told((n) => {
      n.impact.users = [];
      n.impact.services = [];
    }),
  },
  {
    rule: 'V2',
    what: 'no lessons',
    make: told((n) => {
      n.lessons = { well: [], poorly: [], lucky: [] };
    }),
  },
  {
    rule: 'V2',
    what: 'no action items',
    shape: { detectedBy: 'alert' },
    make: told((n) => {
      n.actions = [];
    }),
  },
  { rule: 'V2', what: 'no detection at all', make: sent(() => ({ detection: undefined })) },
  {
    rule: 'V2',
    what: 'no contributing factor',
    make: told((n) => {
      n.cause.contributing = [];
    }),
  },

  {
    rule: 'V3',
    what: 'TODO in the summary',
    make: told((n) => {
      n.lessons.well = ['TODO: ask the others'];
    }),
  },
  { rule: 'V3', what: 'angle brackets of a template', make: says('The chart of <service> changed.') },
  {
    rule: 'V3',
    what: 'square brackets of a template',
    make: told((n) => {
      n.lessons.lucky = ['[insert what went well]'];
    }),
  },
  {
    rule: 'V3',
    what: 'to be determined',
    make: told((n) => {
      n.recurrence.text = 'To be determined';
    }),
  },
  {
    rule: 'V3',
    what: 'only dots',
    make: told((n) => {
      n.lessons.poorly = ['…'];
    }),
  },

  { rule: 'V4', what: 'a summer time of another zone', make: says('The rollout came at 14:02 CEST.') },
  { rule: 'V4', what: 'an offset', make: says('The rollout came at 14:02:10+02:00.') },
  { rule: 'V4', what: 'pm', make: says('The rollout came at 2 pm.') },
  {
    rule: 'V4',
    what: 'resolved in the future',
    make: both(
      incidentIs({ resolvedAt: minutesAfter(rolledOutAt, 900) }),
      told((n) => {
        delete n.resolution.timeToResolve;
      }),
    ),
  },
  {
    rule: 'V4',
    what: 'a row of next year',
    make: evidenceIs(evidenceIds.commit, ({ rows }) => ({
      to: new Date('2028-01-01T00:00:00Z'),
      rows: rows.map((row) => ({ ...row, at: new Date('2027-05-01T00:00:00Z') })),
    })),
  },
  {
    rule: 'V4',
    what: 'a step before anything was looked at',
    make: both(
      told((n) => {
        n.cause.steps = n.cause.steps.map((step, index) =>
          index === 0 ? { ...step, at: '2019-01-01T00:00:00Z' } : step,
        );
      }),
      evidenceIs(evidenceIds.rollout, (one) => ({ from: one.from })),
    ),
  },

  { rule: 'V5', what: 'hours ago', make: says('The chart changed some hours ago.') },
  { rule: 'V5', what: 'a tilde', make: says('The rollout came ~14:02 UTC.') },
  { rule: 'V5', what: 'T plus', make: says('The pods were killed at T+2.') },
  { rule: 'V5', what: 'around a time', make: says('The rollout came around 14:02 UTC.') },
  { rule: 'V5', what: 'shortly after', make: says('The pods were killed shortly after the rollout.') },

  {
    rule: 'V6',
    what: 'detected before it began',
    make: both(
      incidentIs({ startedAt: minutesAfter(rolledOutAt, 35) }),
      told((n) => {
        delete n.impact.duration;
        delete n.detection.timeToDetect;
        delete n.resolution.timeToResolve;
      }),
    ),
  },
  {
    rule: 'V6',
    what: 'resolved before it was mitigated',
    make: both(incidentIs({ mitigatedAt: minutesAfter(rolledOutAt, 53) }), (input) => input),
  },
  { rule: 'V6', what: 'rows in disorder', make: (input) => ({ ...input, timeline: [...input.timeline].reverse() }) },
  {
    rule: 'V6',
    what: 'a row that ends before it begins',
    make: (input) => ({
      ...input,
      timeline: input.timeline.map((row) =>
        row.source === 'events' ? { ...row, until: minutesAfter(row.at, -9) } : row,
      ),
    }),
  },

  {
    rule: 'V7',
    what: 'three hours of fifty minutes',
    make: told((n) => {
      n.impact.duration = '3h49m';
    }),
  },
  {
    rule: 'V7',
    what: 'detected sooner than it was',
    make: told((n) => {
      n.detection.timeToDetect = '5m';
    }),
  },
  {
    rule: 'V7',
    what: 'resolved in days',
    make: told((n) => {
      n.resolution.timeToResolve = '25d';
    }),
  },
  {
    rule: 'V7',
    what: 'arithmetic in a sentence',
    make: says('The pods were killed from 14:04 to 14:49 (38m).', { evidence: [evidenceIds.events] }),
  },
  {
    rule: 'V7',
    what: 'no duration',
    make: told((n) => {
      n.impact.duration = 'a while';
    }),
  },
  {
    rule: 'V7',
    what: 'an outage of another length',
    make: told((n) => {
      n.lessons.poorly = ['It went from 14:04 to 14:31 (2h) before a user noticed.'];
    }),
  },

  ...(['a clock of the logs', 'a clock behind', 'two minutes'] as const).map(
    (what, index): Fault => ({
      rule: 'V8',
      what: `sources differ, unexplained: ${what}`,
      make: recorded(({ evidence }) => ({
        evidence: evidence.map((one) =>
          one.id === evidenceIds.logs
            ? {
                ...one,
                rows: evidence
                  .filter(({ id }) => id === evidenceIds.probe)
                  .flatMap(({ rows }) => rows)
                  .map((row) => ({ ...row, at: minutesAfter(row.at, [180, -45, 2][index] ?? 2), quote: undefined })),
              }
            : one,
        ),
      })),
    }),
  ),
];
