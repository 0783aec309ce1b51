import { z } from 'zod';
import type { JsonObject } from '../../kit/index.ts';
import type { AskedDaemon } from '../ask-daemon.ts';

/** An incident as the daemon gives it out: everything that is recorded, and every payload by its evidence. */
export interface ExportedIncident {
  readonly dossier: JsonObject;
  readonly payloads: Readonly<Record<string, string>>;
  /** Evidence whose bytes do not match their hash, and so is left out. */
  readonly tampered: readonly string[];
}

const part = z.object({
  dossier: z.custom<JsonObject>((value) => typeof value === 'object').nullable(),
  payloads: z.record(z.string(), z.string()),
  tampered: z.array(z.string()),
  next: z.int().nullable(),
});

export async function exportOf(incident: string, daemon: AskedDaemon): Promise<ExportedIncident> {
  let dossier: JsonObject = {};
  const payloads: Record<string, string> = {};
  const tampered: string[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const answer: z.output<typeof part> = part.parse(await daemon.request('incident.export', { incident, after }));
    dossier = answer.dossier ?? dossier;
    Object.assign(payloads, answer.payloads);
    tampered.push(...answer.tampered);
    after = answer.next;
  }
  return { dossier, payloads, tampered };
}
