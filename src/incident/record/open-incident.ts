import { z } from 'zod';
import { detections, type Incident } from '../incident.ts';
import { noHash } from './events.ts';
import { absent, instant, invalid, line, prove, window, words } from './fields.ts';
import {
  findSame,
  type IncidentState,
  incidentShape,
  insertIncident,
  serviceNames,
  updateIncident,
} from './incident-table.ts';
import { once, proveWrite, rememberedAs } from './keys.ts';
import type { IncidentDraft, IncidentRecord } from './port.ts';
import { append, inTransaction, type RecordGround } from './writing.ts';

const draftShape = z.object({
  title: words(300),
  symptom: line(4_000),
  detectedBy: z.enum(detections),
  detectedAt: instant,
  window,
  services: serviceNames,
  namespaces: serviceNames,
  change: absent(words(200)),
  fingerprint: words(200),
});
const answer = rememberedAs(z.object({ incident: incidentShape, existing: z.boolean() }));

/** Under the lock of the count: whoever opens the same thing meanwhile waits, and then finds it. */
export function createOpen(ground: RecordGround): IncidentRecord['open'] {
  return async (draft, given) => {
    const input = prove('incident', draftShape, draft);
    assertWindow(draft.window);
    const write = proveWrite(given);
    return inTransaction(ground, (transaction) =>
      once(transaction, write, ['open', input], answer, async () => {
        const [count] = await transaction.query<{ last: number }>(
          'select last from castellan.incident_count for update',
        );
        const same = await findSame(transaction, draft);
        if (same !== undefined) return { incident: same, existing: true };
        const number = (count?.last ?? 0) + 1;
        await transaction.query('update castellan.incident_count set last = $1', [number]);
        const { fingerprint, ...of } = z.decode(draftShape, input);
        const incident: Incident = {
          ...of,
          id: ground.newId('inc'),
          number,
          status: 'open',
          severity: undefined,
          override: undefined,
          startedAt: undefined,
          mitigatedAt: undefined,
          resolvedAt: undefined,
          mergedInto: undefined,
          openedBy: write.by,
          openedAt: write.now,
          version: 1,
        };
        const state: IncidentState = { incident, fingerprint, head: noHash, pieces: 0 };
        await insertIncident(transaction, state);
        const head = await append(
          transaction,
          state,
          { kind: 'opened', text: `opened as number ${number}`, binds: {} },
          write,
        );
        await updateIncident(transaction, { ...state, head });
        return { incident, existing: false };
      }),
    );
  };
}

export function assertWindow({ from, to }: IncidentDraft['window']): void {
  if (to === undefined || to >= from) return;
  throw invalid('the window ends before it begins', 'give it as from and to, in that order');
}
