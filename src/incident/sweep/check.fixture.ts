import type { CurrentAlert, Sample } from '../../monitoring/port.ts';
import type { Action } from '../action.ts';
import type { Incident } from '../incident.ts';
import type { SeenKeep, SweepSight, SweepStatus } from './port.ts';

/** What a check's file has beside it, as `<id>.fixture.ts`: what must turn it red, and what must leave it green. */
export interface CheckFixture {
  readonly red: readonly RedSight[];
  readonly green: readonly (readonly [because: string, sight: SweepSight])[];
  /** Nobody measures it there: neither well nor wrong. */
  readonly unknown?: readonly (readonly [because: string, sight: SweepSight])[];
}

export interface RedSight {
  readonly because: string;
  readonly sight: SweepSight;
  readonly status: Extract<SweepStatus, 'fail' | 'warn'>;
  /** One of its items. */
  readonly says: RegExp;
}

export const sweptAt = new Date('2026-11-20T12:00:00Z');

export const hoursFrom = (hours: number): Date => new Date(sweptAt.getTime() + hours * 3_600_000);

export function sightOf(seen: Partial<SweepSight>): SweepSight {
  return { at: sweptAt, failed: new Map(), samples: new Map(), ...seen };
}

export type Measured = readonly [value: number, labels?: Readonly<Record<string, string>>];

/** Prometheus answered these queries so. */
export function measured(samples: Readonly<Record<string, readonly Measured[]>>): SweepSight {
  return sightOf({
    metrics: { version: '2.42.0', ready: true, rules: [] },
    samples: new Map(
      Object.entries(samples).map(([query, found]) => [
        query,
        found.map(([value, labels = {}]): Sample => ({ value, labels, at: sweptAt })),
      ]),
    ),
  });
}

export function alertOf(name: string, severity: string, state: CurrentAlert['state'] = 'firing'): CurrentAlert {
  return {
    fingerprint: name,
    name,
    state,
    since: hoursFrom(-1),
    labels: { severity, namespace: 'shop' },
    annotations: {},
    by: [],
  };
}

export const quietKeep: SeenKeep = {
  boundary: 'separate user',
  frozenSince: undefined,
  problems: [],
  foreign: [],
  stacks: [{ stack: 'stacks/shop', drift: 'clean', at: hoursFrom(-9).toISOString(), why: undefined }],
  changes: [],
};

export function incidentOf(more: Partial<Incident>): Incident {
  return {
    id: 'inc_abcdefghij',
    number: 1,
    title: 'the shop does not answer',
    symptom: '502',
    status: 'triaged',
    severity: 'SEV2',
    override: undefined,
    detectedBy: 'user',
    window: { from: hoursFrom(-2), to: undefined },
    services: ['web'],
    namespaces: ['shop'],
    startedAt: undefined,
    detectedAt: hoursFrom(-1),
    mitigatedAt: undefined,
    resolvedAt: undefined,
    change: undefined,
    mergedInto: undefined,
    openedBy: { agent: 'agent:claude', human: 'human:robin' },
    openedAt: hoursFrom(-1),
    version: 1,
    ...more,
  };
}

export function actionOf(more: Partial<Action>): Action {
  return {
    id: 'act_abcdefgh',
    incident: 'inc_abcdefghij',
    report: undefined,
    title: 'alert on a claim that is nearly full',
    type: 'alert',
    class: 'detect',
    priority: 'P1',
    owner: 'robin',
    due: '2026-12-01',
    status: 'open',
    path: undefined,
    verify: undefined,
    automatable: false,
    createdAt: hoursFrom(-48),
    updatedAt: hoursFrom(-48),
    verified: undefined,
    change: undefined,
    ...more,
  };
}
