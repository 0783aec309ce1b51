import { createRedactor } from '../../redaction/index.ts';
import { compileTimeline } from '../timeline/compile.ts';
import {
  clock,
  type DossierShape,
  dossierFixture,
  earlierActionId,
  earlierReport,
  evidenceIds,
  publishedBefore,
  usualShape,
} from './dossier.fixture.ts';
import type { Narrative } from './narrative.ts';
import type { ReportInput } from './port.ts';

/** A narrative of the fixture's incident that the validator has nothing to say against. */
export function narrativeFixture(shape: Partial<DossierShape> = {}): Narrative {
  const { service, namespace, rolledOutAt, limitMi, ongoing, history, published, detectedBy } = {
    ...usualShape,
    ...shape,
  };
  const claim = (text: string, ...evidence: readonly string[]) => ({ text, evidence: [...evidence] });
  const { rollout, events, logs, alerts, probe, note, commit, healed } = evidenceIds;
  const file = `stacks/${service}/main.tf`;
  return {
    title: `${service} answered 503 after its memory limit was lowered`,
    status: ongoing ? 'ongoing' : 'resolved',
    authors: ['claude', 'robin'],
    services: [service],
    namespaces: [namespace],
    summary: [
      claim(`${service} answered 503 after version 1.3 was rolled out with a limit of ${limitMi}Mi.`, probe, rollout),
    ],
    impact: {
      users: [{ ...claim('A user saw an error page at the checkout.', note), reported: true }],
      services: [claim(`${service}.example.net answered 503.`, probe)],
      dataLoss: { ...claim('No order was lost, by what was told.', note), reported: true },
      ...(ongoing ? {} : { duration: '50m' }),
    },
    cause: {
      steps: [
        {
          id: 'limit',
          claim: {
            ...claim(`The rollout set the memory limit from 256Mi to ${limitMi}Mi.`, rollout),
            quote: `limits.memory 256Mi -> ${limitMi}Mi`,
          },
          at: rolledOutAt.toISOString(),
          leadsTo: ['killed'],
        },
        {
          id: 'killed',
          claim: {
            ...claim(`The pods went over ${limitMi}Mi and were killed.`, events, logs),
            quote: 'cannot allocate memory',
          },
          at: new Date(rolledOutAt.getTime() + 120_000).toISOString(),
          leadsTo: ['impact'],
        },
      ],
      ruledOut: [claim('The nodes: the kernel names the limit of the container as what was reached.', events)],
      contributing: [claim('The chart changed image and limit in one rollout.', rollout)],
    },
    detection: {
      by: detectedBy,
      how: { ...claim('An error page was seen and told.', note), reported: true },
      gap: { ...claim('No alert fired for killed containers.', alerts), absence: true },
      timeToDetect: '27m',
    },
    resolution: {
      steps: ongoing
        ? [claim('A commit raised the limit to 512Mi.', commit)]
        : [
            claim('A commit raised the limit to 512Mi.', commit),
            claim(`All pods were ready (3/3) at ${clock(new Date(rolledOutAt.getTime() + 47 * 60_000))} UTC.`, healed),
          ],
      ...(ongoing ? {} : { timeToResolve: '50m' }),
    },
    recurrence:
      history === 'recurrence' || history === 'related'
        ? {
            verdict: history,
            text: 'Workers of the photo library were killed the same way.',
            of: [earlierReport],
            earlierActions: [{ id: earlierActionId, status: 'open' }],
          }
        : { verdict: 'first_recorded', text: 'No earlier report tells of this.', of: [], earlierActions: [] },
    actions: [
      {
        title: `Alert on restarts of ${service}`,
        type: 'alert',
        class: 'detect',
        priority: 'P1',
        owner: 'robin',
        due: day(rolledOutAt, 14),
        status: 'open',
        path: 'stacks/monitoring/rules.yaml',
        draft: {
          language: 'yaml',
          text: 'alert: ShopContainerRestarts\nexpr: increase(kube_pod_container_status_restarts_total[10m]) > 3\n',
        },
        verify: { kind: 'alert-rule', name: 'ShopContainerRestarts' },
        automatable: false,
      },
      {
        title: `Keep the limit of ${service} in the repository`,
        type: 'config',
        class: 'prevent',
        priority: 'P2',
        owner: 'kim',
        due: day(rolledOutAt, 30),
        status: 'open',
        path: file,
        lines: [10, 14],
        draft: { language: 'hcl', text: 'resource "x" "y" {\n  memory = "512Mi"\n}\n' },
        verify: { kind: 'file-contains', path: file, text: '512Mi' },
        automatable: true,
      },
    ],
    lessons: {
      well: ['The rollback path was known.'],
      poorly: ['A user noticed before any monitor did.'],
      lucky: ['It was a quiet hour.'],
    },
    clockNotes: [],
    ...(published ? { correction: { reason: 'The first version named the wrong container.' } } : {}),
  };
}

/** Everything `validate` needs; `more` replaces parts. */
export function reportInputFixture(shape: Partial<DossierShape> = {}, more: Partial<ReportInput> = {}): ReportInput {
  const { dossier: bare, payloads, now } = dossierFixture(shape);
  const narrative = narrativeFixture(shape);
  const before = { ...narrative, correction: undefined };
  const dossier = shape.published ? { ...bare, reports: [publishedBefore(before, bare.incident.openedAt)] } : bare;
  const { service } = { ...usualShape, ...shape };
  return {
    dossier,
    timeline: compileTimeline(dossier),
    narrative,
    payloads,
    tampered: [],
    now,
    repository: {
      commit: '4be1c0d',
      lines: new Map([
        [`stacks/${service}/main.tf`, 40],
        ['stacks/monitoring/rules.yaml', 120],
      ]),
      platformStacks: ['stacks/traefik', 'stacks/vault'],
    },
    alertNames: ['NodeDown', 'CertificateExpiring'],
    problemIn: () => undefined,
    withheldFrom,
    recurrenceThreshold: 0.55,
    ...more,
  };
}

const redactor = createRedactor();

function withheldFrom(text: string): number {
  return Object.values(redactor.text(text).counts).reduce((sum, count) => sum + count, 0);
}

function day(from: Date, days: number): string {
  return new Date(from.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}
