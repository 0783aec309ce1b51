import { looksRandom, plainlyNoSecret, shannon } from '../values.ts';
import type { ValueClass } from './fingerprints.ts';
import { documentLeaves, type Held, partsOf, plainLinesOf } from './leaves.ts';
import { ordinaryWords } from './ordinary-words.ts';
import { plainName } from './plain-names.ts';

/**
 * Whether a value of Vault is looked for, and how far (the classes: fingerprints.ts). A value nobody would miss in a text
 * is skipped: masking every `postgres` hides nothing and makes logs unreadable. What its key is called decides nothing.
 */
export interface ValueToClassify extends Held {
  /** Words of the trusted base. Of class b and c, what stands there is no secret. */
  readonly published: ReadonlySet<string>;
}

export type Classified = { readonly class: ValueClass } | { readonly skipped: string };

const shortestGuessable = 4;
const shortestSearched = 8;
const shortestRandom = 16;
const leastEntropy = 3;
/** Letters of base64 or a secret word tell random from written within this much; the rest is not judged. */
const judgedUnits = 4_096;

export function classify({ key, value, published }: ValueToClassify): Classified {
  const text = value.trim();
  if (text.length < shortestGuessable) return { skipped: text === '' ? 'empty' : 'shorter than four characters' };
  const leaves = documentLeaves({ key, value: text });
  if (leaves !== undefined) return strongest(leaves, published) ?? { skipped: 'a document without a secret in it' };
  if (text.includes('\n')) return classifyLines({ key, value: text, published });
  if (published.has(value) || published.has(text)) {
    const judged = classifyWord(text);
    return 'class' in judged && judged.class !== 'a' ? { class: 'public' } : judged;
  }
  const inside = strongest(partsOf({ key, value: text }), published);
  return inside !== undefined && inside.class !== 'c'
    ? { class: text.length >= shortestRandom ? 'a' : 'b' }
    : classifyWord(text);
}

function classifyWord(text: string): Classified {
  const name = plainName(text);
  if (name !== undefined) return { skipped: name };
  if (plainlyNoSecret(text)) return { skipped: 'a word everybody uses' };
  if (text.length < shortestSearched) {
    if (/\s/.test(text)) return { skipped: 'a few short words' };
    return isOrdinary(text) ? { skipped: 'a word everybody uses' } : { class: 'c' };
  }
  const judged = text.slice(0, judgedUnits);
  if (text.length >= shortestRandom && shannon(judged) >= leastEntropy && !wordsOnly(judged)) return { class: 'a' };
  return isOrdinary(text) ? { skipped: 'words everybody uses' } : { class: 'b' };
}

function classifyLines(of: ValueToClassify): Classified {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(of.value)) return { class: 'a' };
  const blocks = of.value.replace(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g, '');
  const rest = { key: of.key, value: blocks };
  const lines = plainLinesOf(blocks).map((value) => ({ key: of.key, value }));
  const found = strongest([...partsOf(rest), ...lines], of.published);
  return found !== undefined && found.class !== 'c' ? found : { skipped: 'text without a secret in it' };
}

/** Undefined when none of them is looked for. */
function strongest(held: readonly Held[], published: ReadonlySet<string>): { readonly class: ValueClass } | undefined {
  let best: ValueClass | undefined;
  for (const one of held) {
    const judged = classify({ ...one, published });
    if ('class' in judged && (best === undefined || judged.class < best)) best = judged.class;
  }
  return best === undefined ? undefined : { class: best };
}

/** Written rather than drawn: words, with capitals or a number behind them, whatever stands between. */
function wordsOnly(text: string): boolean {
  return !looksRandom(text) && piecesOf(text).every((piece) => isWordLike(piece));
}

function isOrdinary(text: string): boolean {
  if (!/^[\w .,:/@-]+$/.test(text)) return false;
  const pieces = piecesOf(text).filter((piece) => !/^[0-9]{1,4}$/.test(piece));
  return pieces.length > 0 && pieces.every((piece) => ordinaryWords.has(piece.toLowerCase()));
}

/** `dbPassword_2` → db, Password, and a number of up to four digits that is not shown here. */
function piecesOf(text: string): readonly string[] {
  return text
    .split(/[\s_./:@,;()'"!?-]+|(?<=[a-z])(?=[A-Z])/)
    .map((piece) => piece.replace(/^([A-Za-z]+)[0-9]{1,4}$/, '$1'))
    .filter((piece) => piece !== '');
}

const longestWord = 14;

function isWordLike(piece: string): boolean {
  return (
    /^(?:\p{Lu}?\p{Ll}+|\p{Lu}+)$/u.test(piece) &&
    piece.length <= longestWord &&
    !/[bcdfghjklmnpqrstvwxz]{5}/i.test(piece) &&
    (piece.length < 4 || /[aeiouy]|[^a-z]/i.test(piece))
  );
}
