import { refuse } from './no-edit.ts';
import type { Path, Step, Wished } from './wishes.ts';

/**
 * The grammar of Helm’s `--set`: pairs between commas, keys between dots, positions in brackets, a backslash before anything that
 * is meant as it stands.
 *
 *  set      true, false, null and whole numbers are what they look like
 *  string   every value is a text
 *  json     the value is JSON
 *  literal  one pair, whose value goes on to the end; nothing is escaped
 */
export type SetKind = 'set' | 'string' | 'json' | 'literal';

const unreadable = 'what it sets cannot be read';
const longest = 65_536;
const mostPairs = 1_000;

export function setWishes(text: string, kind: SetKind): readonly Wished[] {
  if (text.length > longest) refuse(unreadable);
  const reading: Reading = { text, at: 0, escapes: kind !== 'literal' };
  const wished: Wished[] = [];
  while (reading.at < text.length) {
    if (wished.length > mostPairs) refuse(unreadable);
    const path = readPath(reading);
    wished.push({ path, value: readValue(reading, kind) });
  }
  return wished;
}

interface Reading {
  readonly text: string;
  at: number;
  readonly escapes: boolean;
}

/** As far as one of the stops, which is passed; undefined where the text ends before. */
function until(reading: Reading, stops: string): { readonly said: string; readonly stop: string | undefined } {
  let said = '';
  while (reading.at < reading.text.length) {
    const letter = reading.text.charAt(reading.at);
    reading.at += 1;
    if (stops.includes(letter)) return { said, stop: letter };
    if (letter === '\\' && reading.escapes) {
      if (reading.at >= reading.text.length) refuse(unreadable);
      said += reading.text.charAt(reading.at);
      reading.at += 1;
    } else said += letter;
  }
  return { said, stop: undefined };
}

function readPath(reading: Reading): Path {
  const path: Step[] = [];
  const keyStops = reading.escapes ? '=[,.' : '=[.';
  for (;;) {
    let { said, stop } = until(reading, keyStops);
    if (said === '') refuse(unreadable);
    path.push(said);
    while (stop === '[') {
      const index = until(reading, ']');
      if (index.stop === undefined || !/^(?:0|[1-9]\d{0,4})$/.test(index.said)) refuse(unreadable);
      path.push(Number(index.said));
      const after = until(reading, '[.=');
      if (after.said !== '') refuse(unreadable);
      ({ stop } = after);
    }
    if (stop === '=') return path;
    if (stop !== '.' || path.length > 30) refuse(unreadable);
  }
}

function readValue(reading: Reading, kind: SetKind): Wished['value'] {
  if (kind === 'json') return readJson(reading);
  if (kind !== 'literal' && reading.text.charAt(reading.at) === '{')
    refuse('it sets a whole list, of which only single fields are understood here');
  const { said } = until(reading, kind === 'literal' ? '' : ',');
  return kind === 'set' ? typed(said) : said;
}

function typed(said: string): Wished['value'] {
  const small = said.toLowerCase();
  if (small === 'true') return true;
  if (small === 'false') return false;
  if (small === 'null') return undefined;
  if (said === '0') return 0;
  return /^[+-]?\d{1,19}$/.test(said) && !said.startsWith('0') ? wholeNumber(said) : said;
}

/** What does not fit into 64 bits is a text to Helm; what does not fit into a number here is refused. */
function wholeNumber(said: string): number | string {
  const whole = BigInt(said.replace(/^\+/, ''));
  if (BigInt.asIntN(64, whole) !== whole) return said;
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : refuse('a number of it is too large');
}

const jsonScalar = /\s*("(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)?\s*(?:,|$)/y;

/** Nothing is null, as null is. */
function readJson(reading: Reading): Wished['value'] {
  if (/^\s*[[{]/.test(reading.text.slice(reading.at, reading.at + 100)))
    refuse('it sets a whole object or list, of which only single fields are understood here');
  jsonScalar.lastIndex = reading.at;
  const [whole, said = 'null'] = jsonScalar.exec(reading.text) ?? refuse(unreadable);
  reading.at += whole.length;
  try {
    return JSON.parse(said) ?? undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(unreadable);
    throw error;
  }
}
