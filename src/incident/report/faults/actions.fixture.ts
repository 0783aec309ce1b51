import { earlierAction } from '../dossier.fixture.ts';
import { action, both, candidateIs, type Fault, recorded, sent, told } from './fault.fixture.ts';

const recurring = { history: 'recurrence' } as const;
const broken = (input: Parameters<Fault['make']>[0]) => ({ ...input, problemIn: () => 'unexpected end' });

/** V23 to V28. */
export const actionFaults: readonly Fault[] = [
  { rule: 'V23', what: 'no owner', make: sent((n) => ({ actions: n.actions.map(({ owner: _, ...one }) => one) })) },
  { rule: 'V23', what: 'the team owns it', make: action(0, { owner: 'the team' }) },
  { rule: 'V23', what: 'no day', make: sent((n) => ({ actions: n.actions.map((one) => ({ ...one, due: 'soon' })) })) },
  { rule: 'V23', what: 'a day that is over', make: action(0, { due: '2026-11-01' }) },
  { rule: 'V23', what: 'an urgent item in years', make: action(0, { priority: 'P0', due: '2029-01-01' }) },
  { rule: 'V23', what: 'no test', make: sent((n) => ({ actions: n.actions.map(({ verify: _, ...one }) => one) })) },
  { rule: 'V23', what: 'said to have landed', make: action(0, { status: 'landed' }) },
  {
    rule: 'V23',
    what: 'two of one title',
    make: told((n) => {
      n.actions = n.actions.map((one) => ({ ...one, title: 'Mend it' }));
    }),
  },
  {
    rule: 'V23',
    what: 'a class that is none',
    make: sent((n) => ({ actions: n.actions.map((one) => ({ ...one, class: 'someday' })) })),
  },

  { rule: 'V24', what: 'a file that is not there', make: action(1, { path: 'stacks/web/other.tf' }) },
  { rule: 'V24', what: 'lines behind the end', make: action(1, { lines: [30, 90] }) },
  { rule: 'V24', what: 'a new file that is there', make: action(1, { newFile: true, lines: undefined }) },
  { rule: 'V24', what: 'out of the repository', make: action(1, { path: '../../etc/passwd', lines: undefined }) },
  {
    rule: 'V24',
    what: 'a test of a file that is not there',
    make: action(1, { verify: { kind: 'file-contains', path: 'stacks/gone/main.tf', text: 'x' } }),
  },
  { rule: 'V24', what: 'lines backwards', make: action(1, { lines: [14, 10] }) },
  { rule: 'V24', what: 'nobody can look', make: (input) => ({ ...input, repository: undefined }) },

  { rule: 'V25', what: 'a user noticed, nothing detects', make: action(0, { class: 'prevent' }) },
  {
    rule: 'V25',
    what: 'an operator noticed, nothing detects',
    shape: { detectedBy: 'human' },
    make: action(0, { class: 'mitigate' }),
  },
  {
    rule: 'V25',
    what: 'it says an alert told',
    make: told((n) => {
      n.detection.by = 'alert';
    }),
  },
  { rule: 'V25', what: 'what detects was dropped', make: action(0, { status: 'dropped' }) },

  { rule: 'V26', what: 'the draft does not parse', make: broken },
  {
    rule: 'V26',
    what: 'the alert is there already',
    make: action(0, {
      draft: { language: 'yaml', text: 'alert: NodeDown\nexpr: up == 0\n' },
      verify: { kind: 'alert-rule', name: 'NodeDown' },
    }),
  },
  {
    rule: 'V26',
    what: 'the test looks for another alert',
    make: action(0, { verify: { kind: 'alert-rule', name: 'AnotherName' } }),
  },
  {
    rule: 'V26',
    what: 'the expression is broken',
    make: (input) => ({ ...input, problemIn: ({ language }) => (language === 'promql' ? 'unexpected )' : undefined) }),
  },
  { rule: 'V26', what: 'alert rules could not be asked', make: (input) => ({ ...input, alertNames: undefined }) },
  {
    rule: 'V26',
    what: 'a taken name, deep in a list of groups',
    make: action(0, {
      draft: {
        language: 'yaml',
        text: 'groups:\n  - name: a\n    rules:\n      - alert: CertificateExpiring\n        expr: up == 0\n      - alert: ShopContainerRestarts\n        expr: up == 1\n',
      },
    }),
  },

  {
    rule: 'V27',
    what: 'the same words',
    shape: recurring,
    make: action(0, { title: 'Alert when containers are killed for their memory' }),
  },
  {
    rule: 'V27',
    what: 'the same test',
    shape: recurring,
    make: action(0, { draft: undefined, verify: { kind: 'alert-rule', name: 'ContainerKilledForMemory' } }),
  },
  {
    rule: 'V27',
    what: 'an open item of another incident',
    make: recorded(() => ({
      actions: [
        earlierAction({ incident: 'inc_anotherone', report: undefined, title: 'Alert on restarts of web pods' }),
      ],
    })),
  },

  { rule: 'V28', what: 'code by itself', make: action(1, { type: 'code' }) },
  {
    rule: 'V28',
    what: 'a platform stack',
    make: both(
      action(1, {
        path: 'stacks/vault/main.tf',
        lines: undefined,
        verify: { kind: 'probe', target: 'web.example.net' },
      }),
      (input) => ({
        ...input,
        repository: input.repository && {
          ...input.repository,
          lines: new Map([...input.repository.lines, ['stacks/vault/main.tf', 9]]),
        },
      }),
    ),
  },
  { rule: 'V28', what: 'no file', make: action(1, { path: undefined, lines: undefined }) },
  {
    rule: 'V28',
    what: 'no machine can tell',
    make: action(1, { verify: { kind: 'manual', why: 'only a human sees it' } }),
  },
  {
    rule: 'V27',
    what: 'a begun item of the accepted report',
    shape: recurring,
    make: both(
      candidateIs({ actions: [earlierAction({ status: 'open', title: 'Keep the limit of web in the repository' })] }),
      (input) => input,
    ),
  },
];
