import { earliest, latest } from '../fields.ts';
import type { Span } from './table.ts';

/** A time in which nobody followed these kinds. */
export interface Gap {
  readonly from: Date;
  readonly to: Date;
  readonly kinds: readonly string[];
  /** In our words. */
  readonly why: string;
}

/** Kinds begin and end one after the other, within this. */
const togetherMs = 120_000;
/** A server that has nothing to say says so once a minute; what is silent for longer is not followed. */
const silentMs = 150_000;

/**
 * What was not seen of a window, oldest first: what lies between two spans of a kind, and what comes after its last. What
 * comes before its first is none: there the chronicle begins.
 */
export function gapsIn(spans: readonly Span[], window: { readonly since: Date; readonly until: Date }): readonly Gap[] {
  const kinds = Map.groupBy(spans, ({ kind }) => kind);
  const single = [...kinds].flatMap(([kind, ofKind]) => gapsOf(kind, ofKind, window.until));
  return joined(single)
    .filter(({ from, to }) => to > window.since && from < window.until && to > from)
    .sort((a, b) => a.from.getTime() - b.from.getTime());
}

function gapsOf(kind: string, spans: readonly Span[], until: Date): readonly Gap[] {
  const sorted = [...spans].sort((a, b) => a.from.getTime() - b.from.getTime());
  return sorted.flatMap(({ to, ended }, index): Gap[] => {
    const next = sorted[index + 1]?.from;
    if (next === undefined && until.getTime() - to.getTime() < silentMs) return [];
    const why = ended ?? (next === undefined ? 'not reached since' : 'Castellan did not run');
    return [{ from: to, to: next ?? until, kinds: [kind], why }];
  });
}

function joined(gaps: readonly Gap[]): readonly Gap[] {
  const near = (one: Date, other: Date): boolean => Math.abs(one.getTime() - other.getTime()) < togetherMs;
  const found: Gap[] = [];
  for (const gap of gaps) {
    const index = found.findIndex(({ from, to, why }) => why === gap.why && near(from, gap.from) && near(to, gap.to));
    const same = found[index];
    if (same === undefined) found.push(gap);
    else {
      const [from, to] = [earliest(same.from, gap.from), latest(same.to, gap.to)];
      found[index] = { ...same, from, to, kinds: [...same.kinds, ...gap.kinds] };
    }
  }
  return found;
}
