import { hiddenSequences, stripHiddenCharacters } from '../kit/index.ts';
import type { Finding } from './redactor.ts';
import { alphabets } from './scan.ts';

/**
 * A text as its reader will see it once it is unescaped: `\\n`, `\\"` and `\\u0041` of JSON that was embedded or cut, `%41` of
 * URLs, `&quot;` of pages. Each character remembers where it came from, so what is found in a view is masked in the text, and only that.
 */
export interface View {
  readonly text: string;
  /** Where each character started in the text it was made from; one more than there are characters. */
  readonly offsets: Uint32Array;
}

const letters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '',
  b: '',
  f: '',
  '"': '"',
  "'": "'",
  '/': '/',
  '\\': '\\',
};
const codes = /\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))/y;
const colours = /(?:\[[0-9;]{0,16}[A-Za-z])?/y;

/** Undefined when there is no escape in it. */
export function unescapedView(text: string): View | undefined {
  return viewOf(text, '\\', (at) => {
    const letter = letters[text.charAt(at + 1)];
    if (letter !== undefined) return { character: letter, end: at + 2 };
    codes.lastIndex = at;
    const code = codes.exec(text);
    if (code === null) return undefined;
    const character = String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16));
    const end = at + code[0].length;
    if (character !== '\u001b') return { character: stripHiddenCharacters(character), end };
    colours.lastIndex = end;
    return { character: '', end: end + (colours.exec(text)?.[0].length ?? 0) };
  });
}

const percent = /%([0-9A-Fa-f]{2})/y;
/** A character that takes more than one byte of UTF-8. */
const percentBytes =
  /(?:%[Cc][2-9A-Fa-f]|%[Dd][0-9A-Fa-f]|%[Ee][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]|%[Ff][0-4](?:%[89ABab][0-9A-Fa-f]){2})%[89ABab][0-9A-Fa-f]/y;

export function percentDecodedView(text: string): View | undefined {
  return viewOf(text, '%', (at) => {
    percentBytes.lastIndex = at;
    const bytes = percentBytes.exec(text)?.[0];
    if (bytes !== undefined) {
      const character = Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8');
      return { character: stripHiddenCharacters(character), end: at + bytes.length };
    }
    percent.lastIndex = at;
    const code = percent.exec(text)?.[1];
    return code === undefined ? undefined : { character: String.fromCharCode(Number.parseInt(code, 16)), end: at + 3 };
  });
}

const entity = /&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([a-z]{2,5}));/y;
const entityNames: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: '&', lt: '<', gt: '>', nbsp: ' ' };

export function entityDecodedView(text: string): View | undefined {
  return viewOf(text, '&', (at) => {
    entity.lastIndex = at;
    const [whole, decimal, hex, name] = entity.exec(text) ?? [];
    if (whole === undefined) return undefined;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const character = name === undefined ? characterOf(code) : entityNames[name];
    return character === undefined ? undefined : { character, end: at + whole.length };
  });
}

/** Undefined for what takes two UTF-16 units: no secret is written with those. */
function characterOf(code: number): string | undefined {
  return code > 0xffff ? undefined : stripHiddenCharacters(String.fromCharCode(code));
}

const lineBreak = /\n[ \t]{0,64}(?=[A-Za-z0-9+/=_-])/y;
const escapedLineBreak = /(?:\\{1,4}r)?\\{1,4}n[ \t]{0,64}(?=[A-Za-z0-9+/=_-])/y;
/** Encoders wrap lines later than this. */
const shortestWrapped = 40;

/** Base64 in lines as one, as it was before it was wrapped. Other lines that are long enough and all letters are joined, too. */
export function unwrappedView(text: string): View | undefined {
  const escaped = text.includes('\\n');
  return viewOf(text, escaped ? /[\n\\]/g : '\n', (at) => {
    const shape = text[at] === '\n' ? lineBreak : escapedLineBreak;
    if (!endsWrapped(text, at)) return undefined;
    shape.lastIndex = at;
    const found = shape.exec(text);
    return found === null ? undefined : { character: '', end: at + found[0].length };
  });
}

const base64Character = alphabets.base64Any;

function endsWrapped(text: string, end: number): boolean {
  if (end < shortestWrapped) return false;
  for (let at = end - 1; at >= end - shortestWrapped; at -= 1) {
    if (base64Character[text.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

/** Without what cannot be seen: terminal sequences with all they take along, and hidden characters. */
export function visibleView(text: string): View & { readonly sequences: readonly { start: number; end: number }[] } {
  const sequences = [...text.matchAll(hiddenSequences)].map(({ index, 0: whole }) => ({
    start: index,
    end: index + whole.length,
  }));
  const offsets = new Uint32Array(text.length + 1);
  const parts: string[] = [];
  let length = 0;
  let copied = 0;
  for (const { start, end } of [...sequences, { start: text.length, end: text.length }]) {
    parts.push(text.slice(copied, start));
    for (; copied < start; copied += 1) offsets[length++] = copied;
    copied = end;
  }
  offsets[length] = text.length;
  return { text: parts.join(''), offsets: offsets.subarray(0, length + 1), sequences };
}

/** A finding of the view, in the text the view was made from. */
export function throughView(finding: Finding, view: View): Finding {
  return { ...finding, start: view.offsets[finding.start] ?? 0, end: view.offsets[finding.end] ?? 0 };
}

function viewOf(
  text: string,
  sign: string | RegExp,
  read: (at: number) => { readonly character: string; readonly end: number } | undefined,
): View | undefined {
  const signFrom = (from: number): number => {
    if (typeof sign === 'string') return text.indexOf(sign, from);
    sign.lastIndex = from;
    return sign.exec(text)?.index ?? -1;
  };
  let next = signFrom(0);
  if (next === -1) return undefined;
  const parts: string[] = [];
  const offsets = new Uint32Array(text.length + 1);
  let length = 0;
  let copied = 0;
  let changed = false;
  const copyTo = (end: number): void => {
    parts.push(text.slice(copied, end));
    for (; copied < end; copied += 1) offsets[length++] = copied;
  };
  while (next !== -1) {
    const unit = read(next);
    if (unit === undefined) {
      copyTo(next + 1);
    } else {
      changed = true;
      copyTo(next);
      parts.push(unit.character);
      for (let index = 0; index < unit.character.length; index += 1) offsets[length++] = next;
      copied = unit.end;
    }
    next = signFrom(copied);
  }
  if (!changed) return undefined;
  copyTo(text.length);
  offsets[length] = text.length;
  return { text: parts.join(''), offsets: offsets.subarray(0, length + 1) };
}
