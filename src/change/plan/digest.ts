import { createHash } from 'node:crypto';
import type { PlannedChange, PlanReading } from './reading.ts';

/**
 * SHA-256, hex, of all a plan would do: every change with its values, outputs, what waits, what would be run. Not of when it was
 * made, by which version, what the state holds besides, or what drifted: two plans that do the same have one digest.
 *
 * It is made of secrets, too: who knows all of a plan but a PIN could try PINs until the digest fits. It stays in the keep;
 * what leaves is keyed (`maskPlan`).
 */
export function semanticDigest(reading: PlanReading): string {
  return sha256(
    canonical({
      applyable: reading.applyable,
      complete: reading.complete,
      errored: reading.errored,
      changes: unordered(reading.changes.filter(doesSomething)),
      outputs: unordered(reading.outputs.filter(({ action }) => action !== 'no-op')),
      deferred: unordered(reading.deferred),
      actionInvocations: reading.actionInvocations,
      provisioners: unordered(reading.provisioners),
      executes: reading.executes,
    }),
  );
}

export function doesSomething({ action, importing, previousAddress }: PlannedChange): boolean {
  return action !== 'no-op' || importing || previousAddress !== undefined;
}

/** The engine writes them in an order that means nothing. Actions keep theirs: they run in it. */
function unordered(items: readonly unknown[]): readonly string[] {
  return items.map((item) => sha256(canonical(item))).sort();
}

/** RFC 8785 of what was parsed from JSON, without the copy that would make of anything else what JSON can hold. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
