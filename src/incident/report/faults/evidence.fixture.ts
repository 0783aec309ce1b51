import { evidenceIds, minutesAfter, usualShape } from '../dossier.fixture.ts';
import { both, evidenceIs, type Fault, recorded, says, sent, told } from './fault.fixture.ts';

const { rolledOutAt } = usualShape;

/** V9 to V16. */
export const evidenceFaults: readonly Fault[] = [
  {
    rule: 'V9',
    what: 'a factor without evidence',
    make: says('The chart changed both in one rollout.', { evidence: [] }),
  },
  {
    rule: 'V9',
    what: 'a step without evidence',
    make: told((n) => {
      n.cause.ruledOut = [{ text: 'The nodes were well.', evidence: [] }];
    }),
  },
  {
    rule: 'V9',
    what: 'impact without evidence',
    make: told((n) => {
      n.impact.users = [{ text: 'A user saw an error page.', evidence: [] }];
    }),
  },
  {
    rule: 'V9',
    what: 'a row without evidence',
    make: (input) => ({
      ...input,
      timeline: input.timeline.map((row) => (row.source === 'git' ? { ...row, evidence: [] } : row)),
    }),
  },
  {
    rule: 'V9',
    what: 'an id that is none',
    make: sent((n) => ({ summary: n.summary.map((claim) => ({ ...claim, evidence: ['the logs'] })) })),
  },

  {
    rule: 'V10',
    what: 'an id nobody knows',
    make: says('The chart changed both.', { evidence: [evidenceIds.rollout, 'ev_aaaabbbb'] }),
  },
  {
    rule: 'V10',
    what: 'evidence of another incident',
    make: evidenceIs(evidenceIds.events, () => ({ incident: 'inc_anotherone' })),
  },
  {
    rule: 'V10',
    what: 'bytes that were changed, and said to be',
    make: (input) => ({ ...input, tampered: [evidenceIds.commit] }),
  },
  {
    rule: 'V10',
    what: 'bytes that were changed',
    make: (input) => ({ ...input, payloads: new Map([...input.payloads].map(([id, text]) => [id, `${text} `])) }),
  },
  {
    rule: 'V10',
    what: 'bytes that are gone',
    make: (input) => ({ ...input, payloads: new Map([...input.payloads].filter(([id]) => id !== evidenceIds.note)) }),
  },
  { rule: 'V10', what: 'an unknown id in a sentence', make: says('The chart changed both, see ev_zzzzzzzz.') },

  {
    rule: 'V11',
    what: 'a quote with one letter changed',
    make: told((n) => {
      n.cause.steps = n.cause.steps.map((step) => ({
        ...step,
        claim: { ...step.claim, quote: step.claim.quote?.replace('l', 'L') },
      }));
    }),
  },
  {
    rule: 'V11',
    what: 'a quote of other evidence',
    make: says('The chart changed both.', { quote: 'cannot allocate memory' }),
  },
  {
    rule: 'V11',
    what: 'an invented number of users',
    make: told((n) => {
      n.impact.users = [{ text: '4000 users saw an error page.', evidence: [evidenceIds.note], reported: true }];
    }),
  },
  { rule: 'V11', what: 'a limit with a digit changed', make: says('The rollout set a limit of 129Mi.') },
  { rule: 'V11', what: 'another unit', make: says('The rollout set a limit of 128Gi.') },
  { rule: 'V11', what: 'a time of another zone', make: says('The rollout came at 16:02 UTC.') },
  { rule: 'V11', what: 'another day', make: says('The rollout came on 2026-11-21.') },
  { rule: 'V11', what: 'another version', make: says('The rollout brought version 1.4.') },
  { rule: 'V11', what: 'a node that is not there', make: says('The rollout landed on node-9.') },
  { rule: 'V11', what: 'a percentage nobody measured', make: says('The rollout made 37% of requests fail.') },
  { rule: 'V11', what: 'quoted words in a sentence', make: says('The rollout said "limits are fine".') },
  { rule: 'V11', what: 'a number in words', make: says('The rollout broke thousands of carts.') },
  {
    rule: 'V11',
    what: 'a status in the title',
    make: told((n) => {
      n.title = 'web answered 504';
    }),
  },
  { rule: 'V11', what: 'seconds that are wrong', make: says('The rollout came at 14:02:11 UTC.') },

  {
    rule: 'V12',
    what: 'a row outside of the window',
    make: evidenceIs(evidenceIds.commit, () => ({ to: minutesAfter(rolledOutAt, 5) })),
  },
  {
    rule: 'V12',
    what: 'a step outside of the window',
    make: told((n) => {
      n.cause.steps = n.cause.steps.map((step, index) =>
        index === 0 ? { ...step, at: minutesAfter(rolledOutAt, -600).toISOString() } : step,
      );
    }),
  },
  {
    rule: 'V12',
    what: 'a window that ends before it begins',
    make: evidenceIs(evidenceIds.alerts, ({ from }) => ({ to: minutesAfter(from, -5) })),
  },

  {
    rule: 'V13',
    what: 'a user’s word as observation',
    make: told((n) => {
      n.impact.users = n.impact.users.map(({ reported: _, ...claim }) => claim);
    }),
  },
  {
    rule: 'V13',
    what: 'data loss by hearsay',
    make: told((n) => {
      n.impact.dataLoss = { text: 'Orders are safe.', evidence: [evidenceIds.note] };
    }),
  },
  { rule: 'V13', what: 'observed, called reported', make: says('The chart changed both.', { reported: true }) },

  {
    rule: 'V14',
    what: 'an absence that cites lines',
    make: told((n) => {
      n.detection.gap = { text: 'No alert fired.', evidence: [evidenceIds.logs], absence: true };
    }),
  },
  {
    rule: 'V14',
    what: 'an absence that could not be asked',
    make: told((n) => {
      n.detection.gap = { text: 'No sample was over the limit.', evidence: [evidenceIds.metrics], absence: true };
    }),
  },
  { rule: 'V14', what: 'an absence that does not say it is one', make: says('There were no other changes.') },
  { rule: 'V14', what: 'a claim on what failed', make: says('Memory was low.', { evidence: [evidenceIds.metrics] }) },
  {
    rule: 'V14',
    what: 'the empty answer was an error',
    make: evidenceIs(evidenceIds.alerts, () => ({ status: 'error', problem: 'refused' })),
  },
  {
    rule: 'V14',
    what: 'no triage',
    make: both(
      recorded(() => ({ triage: undefined })),
      told((n) => {
        n.severityOverride = { severity: 'SEV2', by: 'robin', reason: 'the shop could not be used' };
      }),
    ),
  },

  {
    rule: 'V15',
    what: 'a circle',
    make: told((n) => {
      for (const step of n.cause.steps) step.leadsTo = step.id === 'killed' ? ['limit', 'impact'] : ['killed'];
    }),
  },
  {
    rule: 'V15',
    what: 'a step that leads to nothing',
    make: told((n) => {
      for (const step of n.cause.steps) if (step.id === 'killed') step.leadsTo = [];
    }),
  },
  {
    rule: 'V15',
    what: 'a step nobody knows',
    make: told((n) => {
      for (const step of n.cause.steps) if (step.id === 'limit') step.leadsTo = ['rollback'];
    }),
  },
  {
    rule: 'V15',
    what: 'the effect before its cause',
    make: told((n) => {
      for (const step of n.cause.steps) step.at = minutesAfter(rolledOutAt, step.id === 'limit' ? 2 : 1).toISOString();
    }),
  },
  {
    rule: 'V15',
    what: 'two steps of one name',
    make: told((n) => {
      n.cause.steps = n.cause.steps.flatMap((step) => (step.id === 'killed' ? [step, step] : [step]));
    }),
  },
  {
    rule: 'V15',
    what: 'every root after the beginning',
    make: told((n) => {
      for (const step of n.cause.steps) step.at = minutesAfter(rolledOutAt, 20).toISOString();
    }),
  },
  {
    rule: 'V15',
    what: 'a step after the end',
    make: told((n) => {
      for (const step of n.cause.steps) if (step.id === 'killed') step.at = minutesAfter(rolledOutAt, 55).toISOString();
    }),
  },

  {
    rule: 'V16',
    what: 'one hypothesis',
    make: told((n) => {
      n.cause.ruledOut = [];
    }),
  },
  {
    rule: 'V16',
    what: 'one hypothesis, of a recurrence',
    shape: { history: 'recurrence' },
    make: told((n) => {
      n.cause.ruledOut = [];
    }),
  },
  {
    rule: 'V16',
    what: 'one hypothesis, while it goes on',
    shape: { ongoing: true },
    make: told((n) => {
      n.cause.ruledOut = [];
    }),
  },
];
