import type { SecretHistory } from '../../change/wire/secret.ts';
import type { ValueClass } from '../../redaction/known/fingerprints.ts';
import type { VersionRow } from './history-rows.ts';
import { sameMac } from './mac-key.ts';

type KeyHistory = SecretHistory['keys'][number];

export interface HistoryQuestion {
  /** What is known of its versions; some may be missing. */
  readonly rows: ReadonlyMap<number, VersionRow>;
  /** The newest version. Undefined: there is none to be read, and no key has a present. */
  readonly current: number | undefined;
  classOf(key: string, mac: string): ValueClass | undefined;
  /** References elsewhere that hold the value now, of class a. */
  sameAs(key: string, mac: string): readonly string[];
}

/**
 * When each key of the current version last changed. A version nobody has seen (destroyed, or pruned before it was read) proves
 * nothing: the walk back ends there, and what is known is "at least since".
 */
export function historyOf({ rows, current, classOf, sameAs }: HistoryQuestion): readonly KeyHistory[] {
  const row = current === undefined ? undefined : rows.get(current);
  if (row === undefined) return [];
  return Object.entries(row.macs).map(([key, mac]) => {
    const valueClass = classOf(key, mac);
    const since = sinceWhen(rows, row, key, mac);
    const revertedTo = versionBefore(rows, since.row.version, key, mac);
    return {
      key,
      ...(valueClass === undefined ? {} : { class: valueClass }),
      since: { version: since.row.version, at: since.row.at },
      atLeast: since.atLeast,
      ...(revertedTo === undefined ? {} : { revertedTo }),
      sameAs: valueClass === 'a' ? [...sameAs(key, mac)] : [],
    };
  });
}

function sinceWhen(rows: ReadonlyMap<number, VersionRow>, newest: VersionRow, key: string, mac: string) {
  let row = newest;
  while (row.version > 1) {
    const before = rows.get(row.version - 1);
    if (before === undefined) return { row, atLeast: true };
    if (!holds(before, key, mac)) return { row, atLeast: false };
    row = before;
  }
  return { row, atLeast: false };
}

/** The newest version before `since` with this value, if one between them is known to hold another or none. */
function versionBefore(
  rows: ReadonlyMap<number, VersionRow>,
  since: number,
  key: string,
  mac: string,
): number | undefined {
  let othersBetween = false;
  for (const version of [...rows.keys()].filter((one) => one < since).sort((a, b) => b - a)) {
    const row = rows.get(version);
    if (row === undefined || !holds(row, key, mac)) othersBetween = true;
    else if (othersBetween) return version;
  }
  return undefined;
}

function holds(row: VersionRow, key: string, mac: string): boolean {
  const found = Object.hasOwn(row.macs, key) ? row.macs[key] : undefined;
  return found !== undefined && sameMac(found, mac);
}
