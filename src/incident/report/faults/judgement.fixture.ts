import { earlierAction, earlierReport } from '../dossier.fixture.ts';
import { both, candidateIs, type Fault, incidentIs, recorded, told } from './fault.fixture.ts';

const recurring = { history: 'recurrence' } as const;
const override = (severity: 'SEV1' | 'SEV3' | 'SEV4' | 'none' | 'unknown', by: string, reason: string) =>
  told((n) => {
    n.severityOverride = { severity, by, reason };
  });

/** V17 to V22. */
export const judgementFaults: readonly Fault[] = [
  { rule: 'V17', what: 'severity unknown', shape: { severity: 'unknown' }, make: (input) => input },
  {
    rule: 'V17',
    what: 'an override against the record’s',
    make: both(
      incidentIs({ override: { severity: 'SEV1', by: 'robin', reason: 'the shop is all we have' } }),
      override('SEV3', 'robin', 'it was a quiet hour'),
    ),
  },
  { rule: 'V17', what: 'an override without a reason', make: override('SEV1', 'robin', 'because') },
  {
    rule: 'V17',
    what: 'an override by a stranger',
    make: override('SEV1', 'somebody else', 'the shop is all we have'),
  },
  { rule: 'V17', what: 'a rule the rubric does not have', make: (input) => ({ ...input, rubricRules: ['node-down'] }) },
  { rule: 'V17', what: 'set to unknown', make: override('unknown', 'robin', 'nobody could say it') },

  { rule: 'V18', what: 'one lower', make: override('SEV3', 'robin', 'it was a quiet hour') },
  { rule: 'V18', what: 'to none', make: override('none', 'robin', 'it was a quiet hour') },
  {
    rule: 'V18',
    what: 'in the record',
    make: incidentIs({ override: { severity: 'SEV4', by: 'robin', reason: 'it was a quiet hour' } }),
  },

  { rule: 'V19', what: 'history was never asked', make: recorded(() => ({ historyAt: undefined })) },
  {
    rule: 'V19',
    what: 'a report nobody found',
    shape: recurring,
    make: told((n) => {
      n.recurrence.of = [earlierReport, '2025-01-01-something'];
    }),
  },
  {
    rule: 'V19',
    what: 'a recurrence of nothing',
    make: told((n) => {
      n.recurrence.verdict = 'recurrence';
    }),
  },
  {
    rule: 'V19',
    what: 'first, with one before it',
    shape: recurring,
    make: told((n) => {
      n.recurrence.verdict = 'first_recorded';
      n.recurrence.of = [];
    }),
  },
  {
    rule: 'V19',
    what: 'a recurrence of what was rejected',
    shape: { history: 'rejected' },
    make: told((n) => {
      n.recurrence = {
        verdict: 'recurrence',
        text: 'As before.',
        of: [earlierReport],
        earlierActions: [{ id: earlierAction().id, status: 'open' }],
      };
    }),
  },

  {
    rule: 'V20',
    what: 'no verdict',
    shape: { history: 'rejected' },
    make: candidateIs({ verdict: undefined, reason: undefined }),
  },
  {
    rule: 'V20',
    what: 'rejected without a reason',
    shape: { history: 'rejected' },
    make: candidateIs({ reason: ' ' }),
  },
  { rule: 'V20', what: 'accepted without a reason', shape: recurring, make: candidateIs({ reason: undefined }) },

  {
    rule: 'V21',
    what: 'a status that is not so',
    shape: recurring,
    make: told((n) => {
      n.recurrence.earlierActions = n.recurrence.earlierActions.map((one) => ({ ...one, status: 'landed' as const }));
    }),
  },
  {
    rule: 'V21',
    what: 'an item nobody promised',
    shape: recurring,
    make: told((n) => {
      n.recurrence.earlierActions.push({ id: 'act_inventd2', status: 'open' });
    }),
  },
  {
    rule: 'V21',
    what: 'what landed is left out',
    shape: recurring,
    make: candidateIs({
      actions: [earlierAction(), earlierAction({ id: 'act_landedon', title: 'Raise it', status: 'landed' })],
    }),
  },
  {
    rule: 'V21',
    what: 'what was dropped is left out',
    shape: recurring,
    make: candidateIs({
      actions: [earlierAction(), earlierAction({ id: 'act_dropped2', title: 'Raise it', status: 'dropped' })],
    }),
  },

  {
    rule: 'V22',
    what: 'the open item is left out',
    shape: recurring,
    make: told((n) => {
      n.recurrence.earlierActions = [];
    }),
  },
  {
    rule: 'V22',
    what: 'one of two is left out',
    shape: recurring,
    make: candidateIs({ actions: [earlierAction(), earlierAction({ id: 'act_secondit', title: 'Raise it' })] }),
  },
  {
    rule: 'V22',
    what: 'what was begun is left out, of a related one',
    shape: { history: 'related' },
    make: both(
      candidateIs({ actions: [earlierAction({ status: 'in-progress' })] }),
      told((n) => {
        n.recurrence.earlierActions = [];
      }),
    ),
  },
  {
    rule: 'V22',
    what: 'what came undone is left out',
    shape: { history: 'related' },
    make: both(
      candidateIs({ actions: [earlierAction({ status: 'regressed' })] }),
      told((n) => {
        n.recurrence.earlierActions = [];
      }),
    ),
  },
];
