import { analyse } from '../text/analyse.ts';

/** What of two texts about the same subject cannot both be true, in words; undefined when nothing was found. Words alone, in English for the most part. */
export function contradiction(before: string, after: string): string | undefined {
  return otherFigure(before, after) ?? opposed(before, after) ?? denied(before, after);
}

/** Not what hangs on a name: the 3 of `node-3` belongs to the subject. Units hang on the number: `5GB`, `80%`. */
const figure = /(?<![\p{L}\p{N}_\-./:])v?\d[\p{L}\p{N}]*(?:[.,:/_+-]\p{N}[\p{L}\p{N}]*)*%?/giu;

/** With a unit, perhaps; a commit or a random name is none, whatever it begins with. */
const figureShape = /^v?\d+(?:[.,:/_+-]\d+)*(?:\p{L}{1,3}|%)?$/iu;

/** A number, a version, a date, an address or a part of one: what is told of a subject, and not the subject. */
export function isFigure(text: string): boolean {
  return figureShape.test(text);
}

const shapes: readonly (readonly [string, RegExp])[] = [
  ['date', /^\d{4}-\d\d(?:-\d\d)?$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$/],
  ['address', /^\d{1,3}(?:\.\d{1,3}){3}(?:[:/].*)?$/],
  ['time', /^\d{1,2}:\d\d(?::\d\d)?$/],
  ['version', /^v\d|^\d+(?:\.\d+){2,}/],
];
const shapeOf = (text: string): string => shapes.find(([, shape]) => shape.test(text))?.[0] ?? 'number';

const mostFigures = 3;

/** Both say one that the other does not: where one only says more, it adds to it. */
function otherFigure(before: string, after: string): string | undefined {
  const [former, present] = [figuresOf(before), figuresOf(after)];
  for (const shape of [...shapes.map(([name]) => name), 'number']) {
    const from = [...former].filter((text) => shapeOf(text) === shape && !present.has(text));
    const to = [...present].filter((text) => shapeOf(text) === shape && !former.has(text));
    if (from.length > 0 && to.length > 0) return `another ${shape}: ${listed(from)} → ${listed(to)}`;
  }
  return undefined;
}

function figuresOf(text: string): ReadonlySet<string> {
  const found = [...text.normalize('NFKC').matchAll(figure)].map(([match]) => match.toLowerCase());
  return new Set(found.filter(isFigure));
}

function listed(figures: readonly string[]): string {
  return figures.length > mostFigures ? `${figures.slice(0, mostFigures).join(', ')}, …` : figures.join(', ');
}

const opposites: readonly (readonly [string, string])[] = [
  ['enabled', 'disabled'],
  ['on', 'off'],
  ['up', 'down'],
  ['open', 'closed'],
  ['allowed', 'denied'],
  ['allowed', 'forbidden'],
  ['true', 'false'],
  ['works', 'broken'],
  ['safe', 'unsafe'],
  ['public', 'private'],
  ['internal', 'external'],
  ['required', 'optional'],
  ['supported', 'unsupported'],
  ['always', 'never'],
  ['before', 'after'],
  ['more', 'less'],
  ['increased', 'decreased'],
  ['added', 'removed'],
  ['likes', 'dislikes'],
  ['loves', 'hates'],
];

const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{M}]+(?:['’]\p{L}+)?/gu) ?? [];
const stemOf = (word: string): string => analyse(word).terms[0]?.text ?? word;
const pairs = opposites.map((pair) => pair.map((word) => ({ word, stem: stemOf(word) })));
const sides = new Set(pairs.flat().map(({ stem }) => stem));

/** Whether a term is one of two opposites: it says how something is, not what it is about. */
export function sidesOf(term: string): boolean {
  return sides.has(term);
}

/** One of a pair stands in the one text alone, the other in the other alone. */
function opposed(before: string, after: string): string | undefined {
  const [former, present] = [before, after].map((text) => new Set(wordsIn(text).map(stemOf)));
  if (former === undefined || present === undefined) return undefined;
  for (const [one, other] of pairs) {
    if (one === undefined || other === undefined) continue;
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      if (former.has(from.stem) && !former.has(to.stem) && present.has(to.stem) && !present.has(from.stem))
        return `the opposite: ${from.word} → ${to.word}`;
    }
  }
  return undefined;
}

const negations = new Set([
  ...['no', 'not', 'never', 'none', 'nothing', 'without', 'cannot', 'neither', 'nor', 'unable'],
  ...[
    'nicht',
    'kein',
    'keine',
    'keinen',
    'nie',
    'ohne',
    'pas',
    'jamais',
    'sans',
    'sin',
    'nunca',
    'non',
    'не',
    'нет',
    'никогда',
    'без',
  ],
]);
/** `no longer`, `not the`: as many content words after it are denied by it. */
const reach = 2;

/** What one text denies, the other says. */
function denied(before: string, after: string): string | undefined {
  const [former, present] = [denialsOf(before), denialsOf(after)];
  const lost = first(former.denied, present.said);
  if (lost !== undefined) return `no longer denied: ${lost}`;
  const come = first(present.denied, former.said);
  return come === undefined ? undefined : `now denied: ${come}`;
}

interface Denials {
  /** Stem → the word as it stands there. */
  readonly denied: ReadonlyMap<string, string>;
  readonly said: ReadonlySet<string>;
}

function denialsOf(text: string): Denials {
  const denied = new Map<string, string>();
  const said = new Set<string>();
  for (const sentence of text.split(/[.;!?\n]+(?=\s|$)/)) {
    let left = 0;
    for (const word of wordsIn(sentence)) {
      if (negations.has(word) || /n['’]t$/.test(word)) {
        left = reach;
        continue;
      }
      const stem = analyse(word).terms[0]?.text;
      if (stem === undefined || word === 'longer') continue;
      if (left > 0) denied.set(stem, word);
      else said.add(stem);
      left -= 1;
    }
  }
  for (const stem of denied.keys()) said.delete(stem);
  return { denied, said };
}

function first(denied: ReadonlyMap<string, string>, said: ReadonlySet<string>): string | undefined {
  for (const [stem, word] of denied) if (said.has(stem)) return word;
  return undefined;
}
