import { readFileSync } from 'node:fs';
import type { PlanAction, PlannedChange, PlanReading, PlanValue } from '../plan/reading.ts';
import { assessRisk, type Risk, type RiskQuestion } from './assess.ts';
import { parseRiskRules } from './rule.ts';

export const shippedRules = parseRiskRules(
  readFileSync(new URL('../../../reference/risk.yaml', import.meta.url), 'utf8'),
);

const nothing = { stacks: [], resources: [], hosts: [], volumes: [], unknown: [] };

/** The risk of a plan in a quiet stack that is known well, unless something else is said. */
export function riskOf(plan: PlanReading, more: Partial<RiskQuestion> = {}): Risk {
  return assessRisk({
    plan,
    findings: [],
    stack: { path: 'stacks/garden', tier: 'apps', changed: 1 },
    record: { lineage: 'a', serial: 4, resources: 8 },
    state: { lineage: 'a', serial: 4, resources: 8 },
    blastRadius: nothing,
    rules: shippedRules,
    ...more,
  });
}

export function planOf(changes: readonly PlannedChange[], more: Partial<PlanReading> = {}): PlanReading {
  return {
    formatVersion: '1.2',
    engineVersion: '1.11.4',
    applyable: true,
    complete: true,
    errored: false,
    changes,
    drift: [],
    outputs: [],
    checks: [],
    deferred: [],
    actionInvocations: [],
    priorCount: 8,
    plannedCount: 8,
    secrets: new Set(),
    references: new Map(),
    provisioners: [],
    ...more,
  };
}

export function changeOf(
  type: string,
  action: PlanAction,
  { before = null, after = null, ...more }: Partial<PlannedChange> = {},
): PlannedChange {
  return {
    address: `${type}.it`,
    moduleAddress: '',
    mode: 'managed',
    type,
    name: 'it',
    index: undefined,
    provider: 'registry.terraform.io/example/example',
    action,
    createFirst: false,
    reason: undefined,
    previousAddress: undefined,
    deposed: undefined,
    importing: false,
    before,
    after,
    beforeSensitive: false,
    afterSensitive: false,
    afterUnknown: false,
    replacePaths: [],
    ...more,
  };
}

export type Body = { readonly [key: string]: PlanValue };

/** An object in a `kubectl_manifest`; JSON is YAML too. */
export function manifestChange(action: PlanAction, before: Body | null, after: Body | null): PlannedChange {
  const attributes = (body: Body | null): PlanValue => (body === null ? null : { yaml_body: JSON.stringify(body) });
  return changeOf('kubectl_manifest', action, { before: attributes(before), after: attributes(after) });
}

export function object(kind: string, rest: Body = {}): Body {
  const metadata = { name: 'thing', namespace: 'garden' };
  return { apiVersion: 'v1', kind, metadata, ...rest };
}

/** A Deployment whose only container is this one. */
export function deployment(container: Body = {}, podSpec: Body = {}): Body {
  const spec = { containers: [{ name: 'app', image: 'registry.example.net/app:2.0.0', ...container }], ...podSpec };
  return object('Deployment', { apiVersion: 'apps/v1', spec: { replicas: 2, template: { spec } } });
}
