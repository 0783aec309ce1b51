import { z } from 'zod';
import { incidentError } from '../errors.ts';
import type { TriageSnapshot } from './port.ts';

/** A snapshot as text: what is kept as evidence, and read again by whoever judges it anew. */
const text = z.string().max(2_000);
const moment = z.iso.datetime({ offset: true });
const count = z.int().nonnegative();
const texts = z.array(text);

const workload = z.strictObject({
  object: text,
  namespace: text,
  desired: count,
  ready: count,
  tier: z.enum(['critical', 'core', 'normal', 'optional']),
  job: z.boolean(),
  parked: z.boolean(),
  nodes: texts,
  images: texts,
  restarts: count,
});

const happening = z.strictObject({
  at: moment,
  until: moment.nullable(),
  what: text,
  object: text,
  text,
  detail: text.nullable(),
  warning: z.boolean(),
  change: z.boolean(),
  by: text.nullable(),
  count,
});

const leftOut = z.strictObject({
  nodes: count,
  workloads: count,
  pods: count,
  namespaces: count,
  services: count,
  volumes: count,
  certificates: count,
  findings: count,
  alerts: count,
  happenings: count,
  dependencies: count,
});

const snapshotShape = z.strictObject({
  takenAt: moment,
  window: z.strictObject({ from: moment, to: moment }),
  nodes: z.array(
    z.strictObject({ name: text, ready: z.boolean().nullable(), schedulable: z.boolean(), pressures: texts }),
  ),
  workloads: z.array(workload),
  services: z.array(
    z.strictObject({ object: text, readyEndpoints: count, backs: texts, hosts: texts, selects: z.boolean() }),
  ),
  volumes: z.array(
    z.strictObject({
      object: text,
      bound: z.boolean(),
      used: z.number().min(0).nullable(),
      storageClass: text.nullable(),
    }),
  ),
  certificates: z.array(
    z.strictObject({ object: text, hosts: texts, notAfter: moment.nullable(), ready: z.boolean().nullable() }),
  ),
  findings: z.array(
    z.strictObject({
      rule: text,
      severity: z.enum(['critical', 'warning', 'notice']),
      object: text,
      root: text,
      summary: text,
      detail: text.nullable(),
      since: moment.nullable(),
    }),
  ),
  alerts: z.array(
    z.strictObject({
      name: text,
      severity: text.nullable(),
      state: z.enum(['firing', 'inhibited', 'silenced']),
      since: moment,
      labels: z.record(text, text),
      summary: text.nullable(),
    }),
  ),
  happenings: z.array(happening),
  dependencies: z.array(z.strictObject({ from: text, to: text, why: text })),
  probes: z.array(
    z.strictObject({
      target: text,
      vantage: z.enum(['inside', 'outside']),
      ok: z.boolean().nullable(),
      since: moment.nullable(),
      detail: text,
    }),
  ),
  unread: z.array(z.strictObject({ what: text, why: text })),
  leftOut: leftOut.optional(),
  shared: z.record(text, count).optional(),
  change: z.strictObject({ id: text, stack: text, at: moment, objects: texts }).nullable(),
});

/** Recorded snapshots of others may be large; nobody keeps one of ours that is larger than evidence may be. */
const longest = 16 * 1024 * 1024;

/** An unknown key is an error. Errors: `snapshot-invalid`. */
export function parseSnapshot(snapshotText: string): TriageSnapshot {
  const parsed = snapshotShape.safeParse(snapshotText.length > longest ? undefined : readJson(snapshotText));
  if (parsed.success) return parsed.data;
  throw incidentError('snapshot-invalid', {
    message: `this is no snapshot of a triage: ${z.prettifyError(parsed.error).slice(0, 500)}`,
    next: 'name evidence of the source triage, whole',
  });
}

export function snapshotText(snapshot: TriageSnapshot): string {
  return JSON.stringify(snapshot);
}

function readJson(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch (error) {
    throw incidentError('snapshot-invalid', {
      message: 'this is no snapshot of a triage: it is no JSON',
      next: 'name evidence of the source triage, whole',
      cause: error,
    });
  }
}
