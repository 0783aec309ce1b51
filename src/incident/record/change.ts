import { z } from 'zod';
import type { Queryable } from '../../store/database.ts';
import { type Incident, incidentStatuses } from '../incident.ts';
import { idOf, instant, invalid, prove, window, words } from './fields.ts';
import { incidentShape, readIncident, serviceNames, severityOverride } from './incident-table.ts';
import { rememberedAs } from './keys.ts';
import { assertWindow } from './open-incident.ts';
import type { IncidentChange, IncidentRecord } from './port.ts';
import { idPattern } from './record-id.ts';
import { asked, isClosed, reached, wayTo } from './status.ts';
import { type RecordGround, write } from './writing.ts';

const changeShape = z.object({
  status: z.enum(incidentStatuses).optional(),
  override: severityOverride.optional(),
  startedAt: instant.optional(),
  detectedAt: instant.optional(),
  mitigatedAt: instant.optional(),
  resolvedAt: instant.optional(),
  window: window.optional(),
  services: serviceNames.optional(),
  namespaces: serviceNames.optional(),
  mergedInto: idOf(idPattern.inc).optional(),
  reason: words(1_000).optional(),
});

export function createChange(ground: RecordGround): IncidentRecord['change'] {
  return async (id, what, given) => {
    const input = prove('change', changeShape, what);
    if (what.window !== undefined) assertWindow(what.window);
    return write(ground, {
      incident: id,
      write: given,
      input: ['change', input],
      remembering: rememberedAs(incidentShape),
      work: async (transaction, { incident }) => {
        const { status: _, reason, ...fields } = z.decode(changeShape, input);
        const set = Object.entries(fields).filter(([, value]) => value !== undefined);
        const status = nextStatus(incident, what);
        await assertMerge(transaction, incident, status, what.mergedInto);
        const next: Incident = { ...incident, ...Object.fromEntries(set), status };
        assertOrder(next);
        return {
          incident: next,
          event: { kind: 'changed', text: describe(incident, next), reason, binds: {} },
          answer: (written) => written,
        };
      },
    });
  };
}

function nextStatus({ status }: Incident, what: IncidentChange): Incident['status'] {
  const mitigated = what.mitigatedAt !== undefined || what.resolvedAt !== undefined;
  const from = mitigated ? reached(status, 'mitigated') : status;
  if (what.status === undefined) return from;
  const next = asked(from, what.status);
  if (next !== undefined) return next;
  throw invalid(`an incident that is ${status} is not made ${what.status} by asking`, wayTo(what.status));
}

async function assertMerge(
  transaction: Queryable,
  incident: Incident,
  status: Incident['status'],
  into: string | undefined,
): Promise<void> {
  if ((status === 'merged') !== (into !== undefined)) {
    throw invalid('status merged and mergedInto go together', 'give both, or neither');
  }
  if (into === undefined) return;
  if (into === incident.id) throw invalid('an incident is not merged into itself', 'name the one that stays');
  // One merge at a time: two that are merged into each other would leave nothing to go on with.
  await transaction.query('select last from castellan.incident_count for update');
  const target = await readIncident(transaction, into);
  if (!isClosed(target.incident.status)) return;
  throw invalid(`${into} takes nothing more: it is ${target.incident.status}`, 'name the one that stays');
}

function assertOrder({ startedAt, mitigatedAt, resolvedAt }: Incident): void {
  const known = [startedAt, mitigatedAt, resolvedAt].filter((at) => at !== undefined);
  if (known.every((at, index) => at >= (known[index - 1] ?? at))) return;
  throw invalid('it starts, is mitigated and is resolved in another order', 'correct the time that is wrong');
}

function describe(before: Incident, after: Incident): string {
  const told = (value: unknown): string =>
    value instanceof Date ? value.toISOString() : (JSON.stringify(value) ?? 'none');
  const status = before.status === after.status ? [] : [`status ${before.status} → ${after.status}`];
  const severity = after.override?.severity ?? 'as triage found';
  const override = told(before.override) === told(after.override) ? [] : [`severity ${severity}`];
  const times = (['startedAt', 'detectedAt', 'mitigatedAt', 'resolvedAt'] as const).flatMap((name) =>
    told(before[name]) === told(after[name]) ? [] : [`${name} ${told(after[name])}`],
  );
  const rest = (['window', 'services', 'namespaces'] as const).filter(
    (name) => told(before[name]) !== told(after[name]),
  );
  const merged = after.mergedInto === before.mergedInto ? [] : [`into ${after.mergedInto ?? ''}`];
  const parts = [...status, ...merged, ...override, ...times, ...rest];
  return parts.length === 0 ? 'nothing changed' : parts.join(', ');
}
