import type { StateMark } from '../journal/foreign-table.ts';

/** An apply of this keep, as far as it says how it found the state and how it left it. */
export interface OwnApply {
  readonly change: string;
  readonly endedAt: Date;
  /** Null: there was none. */
  readonly before: { readonly lineage: string; readonly serial: number } | null;
  /** Undefined: nobody knows. */
  readonly after: number | undefined;
}

/**
 * What happened to a state between two looks that no apply of ours explains, in words of our own. The applies are followed one
 * after the other, each from where it found the state to where it left it: what moved it between two of them is found as well.
 */
export function unexplained(known: StateMark, applies: readonly OwnApply[], found: StateMark): readonly string[] {
  const told: string[] = [];
  let at: StateMark | 'left unknown' = known;
  for (const { change, before, after } of applies) {
    const start: StateMark = before === null ? { kind: 'none' } : { kind: 'serial', ...before, sha256: '' };
    if (at !== 'left unknown') {
      const what = difference(at, start);
      if (what !== undefined) told.push(`${what} before ${change} was applied`);
    }
    at =
      after === undefined
        ? 'left unknown'
        : { kind: 'serial', lineage: before?.lineage ?? '', serial: after, sha256: '' };
  }
  const last = at === 'left unknown' ? undefined : difference(at, found);
  return last === undefined ? told : [...told, last];
}

/** An empty digest or lineage is one that is not known. */
export function difference(from: StateMark, to: StateMark): string | undefined {
  if (from.kind === 'none' && to.kind === 'none') return undefined;
  if (from.kind === 'none') return 'a state was made';
  if (to.kind === 'none') return 'its state is gone';
  if (from.kind === 'blob' && to.kind === 'blob') return from.blob === to.blob ? undefined : 'its sealed state changed';
  // keep.yaml names another kind of state now: what was known says nothing of it.
  if (from.kind === 'blob' || to.kind === 'blob') return undefined;
  if (from.lineage !== '' && to.lineage !== '' && from.lineage !== to.lineage) {
    return 'its state was replaced by one of another lineage';
  }
  if (from.serial !== to.serial) return `its state went from serial ${from.serial} to ${to.serial}`;
  if (from.sha256 === '' || to.sha256 === '' || from.sha256 === to.sha256) return undefined;
  return `its state was edited and kept its serial ${to.serial}`;
}
