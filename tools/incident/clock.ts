import type { EvidenceSource } from '../../src/incident/evidence.ts';
import type { Source } from '../../src/incident/sources/port.ts';

/** Sources whose clocks are known to be ahead say so in all their evidence; timelines are corrected by it. */
export function withClocks(
  sources: ReadonlyMap<EvidenceSource, Source>,
  offsets: Readonly<Partial<Record<EvidenceSource, number | undefined>>>,
): ReadonlyMap<EvidenceSource, Source> {
  return new Map(
    [...sources].map(([name, source]) => {
      const seconds = offsets[name];
      if (seconds === undefined) return [name, source] as const;
      const gather: Source['gather'] = async (request, context) => ({
        ...(await source.gather(request, context)),
        clockOffsetMs: seconds * 1_000,
      });
      return [name, { name: source.name, missing: source.missing, gather }] as const;
    }),
  );
}
