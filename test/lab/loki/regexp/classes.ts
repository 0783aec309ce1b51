import type { Reader } from './reader.ts';
import { complement, digits, lastCodePoint, namedSets, type Range, RegexpError, spaces, words } from './syntax.ts';

const sets: Readonly<Record<string, readonly Range[]>> = {
  d: digits,
  D: complement(digits),
  s: spaces,
  S: complement(spaces),
  w: words,
  W: complement(words),
};

const controls: Readonly<Record<string, number>> = { a: 0x07, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b };

/** What follows a backslash, as the characters it stands for. `begun` is where the backslash is. */
export function parseEscape(reader: Reader, begun: number): readonly Range[] {
  const character = reader.next();
  const known = sets[character];
  if (known !== undefined) return known;
  const control = controls[character];
  if (control !== undefined) return [[control, control]];
  if (character === 'x') return [hexadecimal(reader, begun)];
  if (character === '0') return [octal(reader)];
  // Punctuation stands for itself; a letter or a digit without a meaning is a mistake, as backreferences are.
  if (character === '' || /[A-Za-z0-9]/.test(character)) {
    throw new RegexpError(`invalid escape sequence: \`${reader.from(begun)}\``);
  }
  const point = character.codePointAt(0) ?? 0;
  return [[point, point]];
}

function hexadecimal(reader: Reader, begun: number): Range {
  const pattern = /\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2})/y;
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.source);
  const point = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16);
  if (found === null || !(point <= lastCodePoint)) {
    throw new RegexpError(`invalid escape sequence: \`${reader.source.slice(begun, reader.at + 1)}\``);
  }
  reader.at += found[0].length;
  return [point, point];
}

function octal(reader: Reader): Range {
  const pattern = /[0-7]{0,2}/y;
  pattern.lastIndex = reader.at;
  const text = pattern.exec(reader.source)?.[0] ?? '';
  reader.at += text.length;
  const point = Number.parseInt(`0${text}`, 8);
  return [point, point];
}

/** What follows `[`, up to and with its `]`. `begun` is where the bracket is. */
export function parseClass(reader: Reader, begun: number): readonly Range[] {
  const negated = reader.take('^');
  const ranges: Range[] = [];
  for (let first = true; first || !reader.sees(']'); first = false) {
    if (reader.ended) throw new RegexpError(`missing closing ]: \`${reader.source.slice(begun)}\``);
    const itemBegun = reader.at;
    const item = parseItem(reader);
    const [from] = item;
    // A hyphen before the closing bracket stands for itself.
    const isRange = reader.sees('-') && !reader.sees('-]') && item.length === 1 && from !== undefined;
    if (!isRange) {
      ranges.push(...item);
      continue;
    }
    reader.take('-');
    if (reader.ended) throw new RegexpError(`missing closing ]: \`${reader.source.slice(begun)}\``);
    const [to] = parseItem(reader);
    if (to === undefined || to[0] !== to[1] || to[0] < from[0]) {
      throw new RegexpError(`invalid character class range: \`${reader.from(itemBegun)}\``);
    }
    ranges.push([from[0], to[0]]);
  }
  reader.take(']');
  return negated ? complement(ranges) : ranges;
}

function parseItem(reader: Reader): readonly Range[] {
  const begun = reader.at;
  if (reader.take('[:')) {
    const inverted = reader.take('^');
    const end = reader.source.indexOf(':]', reader.at);
    const known = end < 0 ? undefined : namedSets[reader.source.slice(reader.at, end)];
    if (known !== undefined) {
      reader.at = end + 2;
      return inverted ? complement(known) : known;
    }
    if (end >= 0) throw new RegexpError(`invalid character class range: \`${reader.source.slice(begun, end + 2)}\``);
    reader.at = begun; // Not a named set after all: a bracket like any other character.
  }
  if (reader.take('\\')) return parseEscape(reader, begun);
  const point = reader.next().codePointAt(0) ?? 0;
  return [[point, point]];
}
