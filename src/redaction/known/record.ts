import type { ValueClass } from './fingerprints.ts';
import { macBytes } from './keyed-hash.ts';

/** One pattern as it stands in a set; fingerprints.ts has the layout. */
export interface PatternRecord {
  readonly window: number;
  /** Where the window starts in the pattern. */
  readonly offset: number;
  readonly length: number;
  readonly whole: number;
  readonly mac: Buffer;
  readonly label: number;
  readonly class: PatternClass;
  /** The inside of base64: up to two characters on either side hold some bits of the value. */
  readonly base64: boolean;
}

export type PatternClass = Exclude<ValueClass, 'public'>;

export const recordBytes = 40;
/** Longer texts are looked for in pieces. */
export const longestPattern = 1_024;
const classes: readonly PatternClass[] = ['a', 'b', 'c'];
const [offsetAt, lengthAt, wholeAt, macAt, labelAt, classAt, flagsAt] = [4, 6, 8, 12, 28, 32, 33] as const;

export function writeRecord(record: PatternRecord): Buffer {
  const bytes = Buffer.alloc(recordBytes);
  bytes.writeUInt32LE(record.window, 0);
  bytes.writeUInt16LE(record.offset, offsetAt);
  bytes.writeUInt16LE(record.length, lengthAt);
  bytes.writeUInt32LE(record.whole, wholeAt);
  record.mac.copy(bytes, macAt, 0, macBytes);
  bytes.writeUInt32LE(record.label, labelAt);
  bytes.writeUInt8(classes.indexOf(record.class), classAt);
  bytes.writeUInt8(record.base64 ? 1 : 0, flagsAt);
  return bytes;
}

/** Undefined for a class or flags nobody writes. */
export function readRecord(bytes: Buffer, at: number): PatternRecord | undefined {
  const valueClass = classes[bytes.readUInt8(at + classAt)];
  const flags = bytes.readUInt8(at + flagsAt);
  const rest = bytes.subarray(at + flagsAt + 1, at + recordBytes);
  if (valueClass === undefined || flags > 1 || rest.some((byte) => byte !== 0)) return undefined;
  return {
    window: bytes.readUInt32LE(at),
    offset: bytes.readUInt16LE(at + offsetAt),
    length: bytes.readUInt16LE(at + lengthAt),
    whole: bytes.readUInt32LE(at + wholeAt),
    mac: bytes.subarray(at + macAt, at + macAt + macBytes),
    label: bytes.readUInt32LE(at + labelAt),
    class: valueClass,
    base64: flags === 1,
  };
}
