import { createSecretKey, type KeyObject } from 'node:crypto';
import { knownValuesError } from './errors.ts';
import { type FingerprintSet, fingerprintSet, type SecretLabel } from './fingerprints.ts';
import { type KeyedHash, keyBytes, keyedHash, shortWindowUnits, windowUnits } from './keyed-hash.ts';
import { longestPattern, type PatternRecord, readRecord, recordBytes } from './record.ts';

/**
 * A set, checked and laid out to be searched: patterns with the same window side by side, those of one length at one offset
 * together, and before them a few bits of each window that let almost every one of a text be passed over.
 */
export interface PatternTable {
  readonly generation: string;
  readonly hash: KeyedHash;
  readonly macKey: KeyObject;
  readonly labels: readonly SecretLabel[];
  /** Sorted by window, offset, length, whole. One for each text that is looked for. */
  readonly patterns: readonly TablePattern[];
  /** At `window >>> shift`: its lowest three times five bits each name a bit. */
  readonly words: Int32Array;
  readonly shift: number;
  /** Where the patterns with a window start. */
  readonly firstWith: ReadonlyMap<number, number>;
  /** Of class c, by window; they are looked for behind their key's name only. */
  readonly short: ReadonlyMap<number, readonly TablePattern[]>;
}

export interface TablePattern extends Omit<PatternRecord, 'label'> {
  readonly labels: readonly SecretLabel[];
}

const mostPatterns = 200_000;

export function readTable(set: FingerprintSet): PatternTable {
  const parsed = fingerprintSet.safeParse(set);
  if (!parsed.success) throw broken('it has not the fields it should have');
  const { generation, keys, labels, patterns } = parsed.data;
  const bytes = base64(patterns, 'its patterns');
  if (bytes.byteLength % recordBytes !== 0) throw broken('its last pattern is cut');
  if (bytes.byteLength > mostPatterns * recordBytes) throw broken(`it has more than ${mostPatterns} patterns`);
  const records: PatternRecord[] = [];
  for (let at = 0; at < bytes.byteLength; at += recordBytes)
    records.push(checked(readRecord(bytes, at), labels.length));
  const long = joined(
    records.filter((record) => record.class !== 'c'),
    labels,
  );
  const short = joined(
    records.filter((record) => record.class === 'c'),
    labels,
  );
  const firstWith = new Map<number, number>();
  for (const [index, { window }] of long.entries()) if (!firstWith.has(window)) firstWith.set(window, index);
  return {
    generation,
    hash: keyedHash(key(keys.hash)),
    macKey: createSecretKey(key(keys.mac)),
    labels,
    patterns: long,
    ...wordsOf([...firstWith.keys()]),
    firstWith,
    short: Map.groupBy(short, ({ window }) => window),
  };
}

function checked(record: PatternRecord | undefined, labels: number): PatternRecord {
  if (record === undefined) throw broken('a pattern has a class or flags there are not');
  const { offset, length, label } = record;
  if (label >= labels) throw broken('a pattern has a label that is not in it');
  const inBounds =
    record.class === 'c'
      ? offset === 0 && length >= shortWindowUnits && length < windowUnits
      : length >= windowUnits && length <= longestPattern && offset + windowUnits <= length;
  if (!inBounds) throw broken('the window of a pattern lies outside it');
  return record;
}

/** Equal texts made one, with all their labels and the stricter class. */
function joined(records: readonly PatternRecord[], labels: readonly SecretLabel[]): TablePattern[] {
  const byText = new Map<string, { record: PatternRecord; labels: Set<SecretLabel> }>();
  for (const record of records) {
    const { window, offset, length, whole, mac, label } = record;
    const id = `${window} ${offset} ${length} ${whole} ${mac.toString('base64')}`;
    const known = byText.get(id);
    const text = labels[label];
    if (text === undefined) continue;
    if (known === undefined) byText.set(id, { record, labels: new Set([text]) });
    else {
      known.labels.add(text);
      if (record.class < known.record.class) known.record = record;
    }
  }
  return [...byText.values()]
    .map(({ record, labels: all }) => ({ ...record, labels: [...all] }))
    .sort((a, b) => a.window - b.window || a.offset - b.offset || a.length - b.length || a.whole - b.whole);
}

/**
 * A word for about each window, and in it three bits of the window's: of those that are not in the table one in several
 * hundred gets past them, and the words stay in a processor's nearer caches.
 */
function wordsOf(windows: readonly number[]): { readonly words: Int32Array; readonly shift: number } {
  const size = Math.min(18, Math.max(5, Math.ceil(Math.log2(windows.length + 1))));
  const words = new Int32Array(2 ** size);
  const shift = 32 - size;
  for (const window of windows) {
    const word = window >>> shift;
    words[word] = (words[word] ?? 0) | (1 << window) | (1 << (window >>> 5)) | (1 << (window >>> 10));
  }
  return { words, shift };
}

function key(text: string): Buffer {
  const bytes = base64(text, 'a key');
  if (bytes.byteLength !== keyBytes) throw broken('a key has not its length');
  return bytes;
}

/** Node reads over what is no base64; a set that was damaged is refused. */
function base64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw broken(`${what} are not base64`);
  return bytes;
}

function broken(why: string): Error {
  return knownValuesError('known-values-broken', {
    message: `the set of known values was refused: ${why}`,
    next: 'update the keep and Castellan to the same version, and run `castellan redaction refresh`',
  });
}
