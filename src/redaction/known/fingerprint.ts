import { createSecretKey, randomBytes } from 'node:crypto';
import { stripHiddenCharacters } from '../../kit/index.ts';
import { classify } from './classify.ts';
import type { FingerprintSet, SecretLabel, ValueClass } from './fingerprints.ts';
import { keyBytes, keyedHash, macOf, shortWindowUnits, wholeHash, windowHash, windowUnits } from './keyed-hash.ts';
import { documentLeaves, type Held, linesOf, partsOf, plainLinesOf } from './leaves.ts';
import { rarestWindow } from './rarity.ts';
import { longestPattern, type PatternClass, writeRecord } from './record.ts';
import { type Variant, variantsOf } from './variants.ts';

/**
 * From values to fingerprints. A long pattern is cut into pieces that are looked for one by one, so that what may still
 * become a match stays short; of a value of many lines each line that is one by itself is a pattern too.
 */
const mostPatternsOfValue = 2_000;
const longestValue = 65_536;
const shortestKeyLine = 32;
const shortestLine = 16;

export interface ValueToKnow {
  readonly value: string;
  readonly class: ValueClass;
  readonly label: SecretLabel;
}

export interface ValueFingerprinter {
  readonly keys: FingerprintSet['keys'];
  /** `published`: words of the trusted base, for what is a value of its own inside an entry: a leaf of a document, a line. */
  of(entries: Iterable<ValueToKnow>, generation: string, published?: ReadonlySet<string>): FingerprintSet;
}

export function createFingerprinter(keys: FingerprintSet['keys'] = drawKeys()): ValueFingerprinter {
  const hash = keyedHash(Buffer.from(keys.hash, 'base64'));
  const macKey = createSecretKey(Buffer.from(keys.mac, 'base64'));
  const crowds = new Map<number, number>();
  const offsets = new Map<string, number>();

  /** A text has one window, whenever it comes: what is equal must become one pattern in the table. */
  const offsetOf = (text: string, mac: Buffer): number => {
    const id = mac.toString('base64');
    const known = offsets.get(id);
    if (known !== undefined) return known;
    const offset = rarestWindow(text, (at) => crowds.get(windowHash(hash, text, at, windowUnits)) ?? 0);
    const window = windowHash(hash, text, offset, windowUnits);
    crowds.set(window, (crowds.get(window) ?? 0) + 1);
    offsets.set(id, offset);
    return offset;
  };

  const record = ({ text, base64 }: Variant, valueClass: PatternClass, label: number): Buffer => {
    const mac = macOf(macKey, text);
    const short = valueClass === 'c';
    const offset = short ? 0 : offsetOf(text, mac);
    const window = windowHash(hash, text, offset, short ? shortWindowUnits : windowUnits);
    const whole = wholeHash(hash, text, 0, text.length);
    return writeRecord({ window, offset, length: text.length, whole, mac, label, class: valueClass, base64 });
  };

  return {
    keys,
    of: (entries, generation, published = new Set()) => {
      const labels: SecretLabel[] = [];
      const records: Buffer[] = [];
      const labelIndex = new Map<string, number>();
      for (const entry of entries) {
        for (const { held, class: valueClass } of heldIn(entry, published)) {
          if (valueClass === 'public') continue;
          const label = { ...entry.label, key: held.key.slice(0, 200) };
          const name = JSON.stringify([label.mount, label.path, label.key, label.version]);
          let index = labelIndex.get(name);
          for (const pattern of patternsOf(held, valueClass, published)) {
            if (index === undefined) {
              index = labels.push(label) - 1;
              labelIndex.set(name, index);
            }
            records.push(record(pattern, pattern.class, index));
          }
        }
      }
      return { generation, keys, labels, patterns: Buffer.concat(records).toString('base64') };
    },
  };
}

function drawKeys(): FingerprintSet['keys'] {
  return { hash: randomBytes(keyBytes).toString('base64'), mac: randomBytes(keyBytes).toString('base64') };
}

function heldIn(
  { value, class: valueClass, label: { key } }: ValueToKnow,
  published: ReadonlySet<string>,
): readonly { held: Held; class: ValueClass }[] {
  const leaves = documentLeaves({ key, value });
  if (leaves === undefined) return [{ held: { key, value }, class: valueClass }];
  // A string of a document may be one itself.
  return leaves.flatMap((leaf) => (documentLeaves(leaf) ?? [leaf]).flatMap((held) => classified(held, published)));
}

function classified(held: Held, published: ReadonlySet<string>): readonly { held: Held; class: ValueClass }[] {
  const judged = classify({ ...held, published });
  return 'class' in judged ? [{ held, class: judged.class }] : [];
}

interface Pattern extends Variant {
  readonly class: PatternClass;
}

/** Every text this value is looked for as, each once. */
function patternsOf(held: Held, valueClass: PatternClass, published: ReadonlySet<string>): readonly Pattern[] {
  const patterns = new Map<string, Pattern>();
  const add = (variant: Variant, of: PatternClass): void => {
    for (const text of piecesOf(variant.text)) {
      if (text.length < windowUnits || patterns.size >= mostPatternsOfValue || patterns.has(text)) continue;
      patterns.set(text, { text, base64: variant.base64, class: of });
    }
  };
  // A text is looked at without what cannot be seen; base64 of the value has it still.
  for (const value of new Set([held.value, stripHiddenCharacters(held.value)])) {
    const text = value.trim().slice(0, longestValue);
    if (valueClass === 'c') {
      if (text.length >= shortWindowUnits && text.length < windowUnits) {
        patterns.set(text, { text, base64: false, class: 'c' });
      }
      continue;
    }
    for (const variant of variantsOf(text)) add(variant, valueClass);
    if (text.includes('\n')) {
      const plain = new Set(plainLinesOf(text));
      for (const line of linesOf(text)) {
        if (isKeyLine(line)) add({ text: line, base64: false }, valueClass);
        else if (plain.has(line))
          for (const { class: of } of classified({ key: held.key, value: line }, published)) {
            if ((of === 'a' || of === 'b') && line.length >= shortestLine)
              for (const variant of variantsOf(line)) add(variant, of);
          }
      }
    }
    for (const part of partsOf({ key: held.key, value: text })) {
      for (const { class: of } of classified(part, published)) {
        if (of === 'a' || of === 'b') for (const variant of variantsOf(part.value)) add(variant, of);
      }
    }
  }
  return [...patterns.values()];
}

/** Every OpenSSH key starts with this line. */
const sameInAll = /^b3BlbnNzaC1rZXktdjE/;

function isKeyLine(line: string): boolean {
  return line.length >= shortestKeyLine && /^[A-Za-z0-9+/=]+$/.test(line) && !sameInAll.test(line);
}

/** The last one reaches back, so that none is too short to be told apart. */
function piecesOf(text: string): readonly string[] {
  if (text.length <= longestPattern) return [text];
  const pieces: string[] = [];
  for (let at = 0; at + longestPattern < text.length; at += longestPattern)
    pieces.push(text.slice(at, at + longestPattern));
  pieces.push(text.slice(-longestPattern));
  return pieces;
}
