import { parseClass, parseEscape } from './classes.ts';
import { Reader } from './reader.ts';
import { lastCodePoint, type Range, type Regexp, RegexpError } from './syntax.ts';

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

const noFlags: Flags = { ignoreCase: false, dotAll: false, multiline: false };
const mostRepeats = 1_000;
const deepestNesting = 200;

/** Throws RegexpError, and nothing else. */
export function parseRegexp(source: string): Regexp {
  const reader = new Reader(source);
  const tree = parseChoice(reader, noFlags, 0);
  if (!reader.ended) throw new RegexpError(`unexpected ): \`${source}\``);
  return tree;
}

/** `a|b|c` up to the end or the closing parenthesis. A flag set on the way holds until there. */
function parseChoice(reader: Reader, outer: Flags, depth: number): Regexp {
  if (depth > deepestNesting) throw new RegexpError(`expression nests too deeply: \`${reader.source}\``);
  let flags = outer;
  const options: Regexp[] = [];
  let parts: Regexp[] = [];
  while (!reader.ended && !reader.sees(')')) {
    if (reader.take('|')) {
      options.push({ kind: 'sequence', parts });
      parts = [];
      continue;
    }
    const begun = reader.at;
    const atom = parseAtom(reader, flags, depth);
    if ('flags' in atom) {
      flags = atom.flags;
      continue;
    }
    parts.push(parseRepeats(reader, atom.tree, begun));
  }
  options.push({ kind: 'sequence', parts });
  const [only, ...others] = options;
  return only !== undefined && others.length === 0 ? only : { kind: 'choice', options };
}

type Atom = { readonly tree: Regexp } | { readonly flags: Flags };

function parseAtom(reader: Reader, flags: Flags, depth: number): Atom {
  const begun = reader.at;
  const character = reader.next();
  switch (character) {
    case '(':
      return parseGroup(reader, flags, depth, begun);
    case '[':
      return { tree: set(parseClass(reader, begun), flags) };
    case '.':
      return { tree: { kind: 'set', negated: true, ranges: flags.dotAll ? [] : [[0x0a, 0x0a]] } };
    case '^':
      return { tree: { kind: 'at', where: flags.multiline ? 'line-start' : 'text-start' } };
    case '$':
      return { tree: { kind: 'at', where: flags.multiline ? 'line-end' : 'text-end' } };
    case '*':
    case '+':
    case '?':
      throw new RegexpError(`missing argument to repetition operator: \`${character}\``);
    case '\\':
      return { tree: escaped(reader, flags, begun) };
    default:
      return { tree: set([rangeOf(character)], flags) };
  }
}

function parseGroup(reader: Reader, flags: Flags, depth: number, begun: number): Atom {
  if (reader.take('?')) {
    const named = /(?:P?<)([A-Za-z_][A-Za-z0-9_]*)>/y;
    named.lastIndex = reader.at;
    const name = named.exec(reader.source);
    if (name !== null) reader.at += name[0].length;
    else return parseFlags(reader, flags, depth, begun);
  }
  return { tree: closed(reader, parseChoice(reader, flags, depth + 1)) };
}

/** What follows `(?`: flags for the rest, `(?i)`, or for a group, `(?i:…)`. */
function parseFlags(reader: Reader, outer: Flags, depth: number, begun: number): Atom {
  const names: Readonly<Record<string, keyof Flags>> = { i: 'ignoreCase', s: 'dotAll', m: 'multiline' };
  let flags = outer;
  let value = true;
  while (!reader.ended) {
    const character = reader.next();
    if (character === ')') return { flags };
    if (character === ':') return { tree: closed(reader, parseChoice(reader, flags, depth + 1)) };
    if (character === '-' && value) value = false;
    // U swaps greedy and lazy, which changes what is found and never whether.
    else if (character === 'U') continue;
    else {
      const flag = names[character];
      if (flag === undefined) break;
      flags = { ...flags, [flag]: value };
    }
  }
  throw new RegexpError(`invalid or unsupported Perl syntax: \`${reader.from(begun)}\``);
}

function closed(reader: Reader, tree: Regexp): Regexp {
  if (!reader.take(')')) throw new RegexpError(`missing closing ): \`${reader.source}\``);
  return tree;
}

function escaped(reader: Reader, flags: Flags, begun: number): Regexp {
  if (reader.ended) throw new RegexpError('trailing backslash at end of expression: ``');
  if (reader.take('A')) return { kind: 'at', where: 'text-start' };
  if (reader.take('z')) return { kind: 'at', where: 'text-end' };
  if (reader.take('b')) return { kind: 'at', where: 'word' };
  if (reader.take('B')) return { kind: 'at', where: 'not-word' };
  if (reader.take('Q')) {
    const quoted = reader.until('\\E');
    return { kind: 'sequence', parts: [...quoted].map((character) => set([rangeOf(character)], flags)) };
  }
  return set(parseEscape(reader, begun), flags);
}

function parseRepeats(reader: Reader, atom: Regexp, atomBegun: number): Regexp {
  const begun = reader.at;
  const bounds = takeRepeat(reader);
  if (bounds === undefined) return atom;
  reader.take('?');
  const again = reader.at;
  if (takeRepeat(reader) !== undefined) {
    throw new RegexpError(`invalid nested repetition operator: \`${reader.source.slice(begun, reader.at)}\``);
  }
  reader.at = again;
  const [min, max] = bounds;
  if (min > mostRepeats || (max !== Infinity && (max > mostRepeats || max < min))) {
    throw new RegexpError(`invalid repeat count: \`${reader.source.slice(Math.max(begun, atomBegun), again)}\``);
  }
  return { kind: 'repeat', of: atom, min, max };
}

function takeRepeat(reader: Reader): readonly [number, number] | undefined {
  if (reader.take('*')) return [0, Infinity];
  if (reader.take('+')) return [1, Infinity];
  if (reader.take('?')) return [0, 1];
  const counted = /\{(\d{1,6})(,(\d{0,6}))?\}/y;
  counted.lastIndex = reader.at;
  const found = counted.exec(reader.source);
  // Braces that are not a count stand for themselves.
  if (found === null) return undefined;
  reader.at += found[0].length;
  const min = Number(found[1]);
  if (found[2] === undefined) return [min, min];
  return [min, found[3] === '' || found[3] === undefined ? Infinity : Number(found[3])];
}

function rangeOf(character: string): Range {
  const point = character.codePointAt(0) ?? 0;
  return [point, point];
}

function set(ranges: readonly Range[], flags: Flags): Regexp {
  return { kind: 'set', negated: false, ranges: flags.ignoreCase ? ranges.flatMap(bothCases) : ranges };
}

/** The range and its other case. Only ranges of letters that are few are turned character by character. */
function bothCases([from, to]: Range): Range[] {
  const ranges: Range[] = [[from, to]];
  if (to === lastCodePoint || to - from > 1_000) {
    for (const [first, last, shift] of [
      [0x41, 0x5a, 32],
      [0x61, 0x7a, -32],
    ] as const) {
      const [low, high] = [Math.max(from, first), Math.min(to, last)];
      if (low <= high) ranges.push([low + shift, high + shift]);
    }
    return ranges;
  }
  for (let point = from; point <= to; point++) {
    const character = String.fromCodePoint(point);
    for (const other of [character.toLowerCase(), character.toUpperCase()]) {
      if ([...other].length === 1 && other !== character) ranges.push(rangeOf(other));
    }
  }
  return ranges;
}
