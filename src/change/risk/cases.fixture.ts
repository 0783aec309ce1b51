import type { PlannedChange, PlanReading } from '../plan/reading.ts';
import type { Risk, RiskQuestion } from './assess.ts';
import { type Body, changeOf, deployment, manifestChange, object, planOf, riskOf } from './plan.fixture.ts';

export type Case = Risk | readonly PlannedChange[];

export const updated = (before: Body, after: Body): readonly PlannedChange[] => [
  manifestChange('update', before, after),
];
export const created = (after: Body): readonly PlannedChange[] => [manifestChange('create', null, after)];
export const deleted = (before: Body): readonly PlannedChange[] => [manifestChange('delete', before, null)];
export const resource = (type: string, action: PlannedChange['action'], more: Partial<PlannedChange> = {}) => [
  changeOf(type, action, more),
];
export const flagged = (more: Partial<PlanReading>, changes: readonly PlannedChange[] = created(deployment())): Risk =>
  riskOf(planOf(changes, more));
export const asked = (more: Partial<RiskQuestion>, changes: readonly PlannedChange[] = created(deployment())): Risk =>
  riskOf(planOf(changes), more);
export const found = (rule: string, verdict: 'deny' | 'warn' | 'note'): Risk =>
  asked({ findings: [{ rule, verdict, message: 'it says so' }] });
export const at = (lineage: string, serial: number, resources: number) => ({ lineage, serial, resources });
export const container = (more: Body): Body => deployment(more);
export const claim = (storage: string, storageClassName = 'disk'): Body =>
  object('PersistentVolumeClaim', { spec: { storageClassName, resources: { requests: { storage } } } });
export const fiveCreates = Array.from({ length: 5 }, () => created(object('ConfigMap'))).flat();
export const radius = { stacks: [], resources: [], hosts: [], volumes: [], unknown: [] };
export const quiet = updated(object('ConfigMap', { data: { a: '1' } }), object('ConfigMap', { data: { a: '2' } }));

/** Of a rule something it must see, and something near it that it must leave alone. */
export type Cases = Readonly<Record<string, { readonly hits: readonly Case[]; readonly misses: readonly Case[] }>>;
