import { lengthOf } from '../entries/fields.ts';

/**
 * A text that is longer than an entry may be, as a hub and parts: the hub says how it begins and how many parts there are, each
 * part begins with what it is a part of, and is linked to the hub. Cut between sentences where that is possible, between words
 * where it is not; every word of the text is in exactly one part.
 */
export interface Split {
  readonly hub: string;
  readonly parts: readonly string[];
}

const longestTitle = 70;
const longestLead = 360;

export function splitLong(text: string, longest: number): Split {
  const sentences = sentencesOf(text.trim());
  const title = shortened(sentences[0]?.trim() ?? '', longestTitle);
  // ` (part 12 of 34): ` in front of each.
  const room = longest - lengthOf(title) - 24;
  const packed = packedEvenly(
    sentences.flatMap((sentence) => hardCut(sentence, room)),
    room,
  );
  const parts = packed.map((piece, index) => `${title} (part ${index + 1} of ${packed.length}): ${piece.trim()}`);
  const lead = shortened(sentences.slice(0, 3).join('').trim(), longestLead);
  return { hub: `${lead} (Beginning of a longer text; all of it is in ${parts.length} parts linked to this.)`, parts };
}

/** Sentences and lines, each with the space behind it: put together they are the text. */
function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=\n)(?!\s)|(?<=[.!?…]\s+)(?=\S)|(?<=[。！？])(?=\S)/u).filter((piece) => piece !== '');
}

/** As few parts as hold it, of about the same size: no part is a scrap of a sentence. */
function packedEvenly(pieces: readonly string[], room: number): readonly string[] {
  const total = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  const even = Math.ceil(total / Math.ceil(total / room));
  const packed: string[] = [];
  let size = 0;
  for (const piece of pieces) {
    const more = lengthOf(piece);
    const last = packed.at(-1);
    if (last !== undefined && size < even && size + more <= room) {
      packed[packed.length - 1] = last + piece;
      size += more;
    } else {
      packed.push(piece);
      size = more;
    }
  }
  return packed;
}

/** One endless sentence, between words; one endless word, between characters. */
function hardCut(piece: string, room: number): readonly string[] {
  if (lengthOf(piece) <= room) return [piece];
  const cut: string[] = [];
  let held = '';
  for (const word of piece.split(/(?<=\s)(?=\S)/u)) {
    if (lengthOf(held + word) <= room) {
      held += word;
      continue;
    }
    if (held !== '') cut.push(held);
    const characters = [...word];
    while (characters.length > room) cut.push(characters.splice(0, room).join(''));
    held = characters.join('');
  }
  return held === '' ? cut : [...cut, held];
}

function shortened(text: string, longest: number): string {
  const characters = [...text];
  if (characters.length <= longest) return text.replace(/[\s.:;,]+$/u, '');
  const head = characters.slice(0, longest).join('');
  const atWord = head.replace(/\s+\S*$/u, '');
  return `${atWord === '' ? head : atWord}…`;
}
