import type { Dossier } from '../../src/incident/record/port.ts';
import type { Coverage } from '../../src/kit/index.ts';
import { oneLine } from '../../src/kit/index.ts';

/** What this incident was not able to see: of triage, and of every source whose last answer was an error. */
export function gapsOf({ triage, evidence }: Dossier): NonNullable<Coverage['missing']> {
  const last = new Map(
    evidence
      .toSorted((a, b) => a.collectedAt.getTime() - b.collectedAt.getTime())
      .map((one) => [one.source, one] as const),
  );
  const failed = [...last.values()].filter(({ status }) => status === 'error');
  return [
    ...(triage?.unread ?? [])
      .slice(0, 10)
      .map(({ what, why }) => ({ what: oneLine(what, 80), why: oneLine(why, 160) })),
    ...failed.map(({ source, id }) => ({ what: source, why: `it could not be asked (${id})` })),
  ];
}
