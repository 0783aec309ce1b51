import type { Meter } from './limits.ts';
import { type Piece, plain, type Word } from './syntax.ts';

/** At most so many words come of one; a word that would give more stays as it is. */
const most = 64;

/** `{a,b}c` as its words; a range stays one word, since its items are never a program. */
export function braces(word: Word, meter: Meter): readonly Word[] {
  if (!word.some((piece) => piece.kind === 'text' && !piece.quoted && piece.text.includes('{'))) return [word];
  const atoms = word.flatMap((piece): readonly Piece[] =>
    piece.kind === 'text' && !piece.quoted
      ? piece.text
          .split(/([{},])/)
          .filter((part) => part !== '')
          .map(plain)
      : [piece],
  );
  return spread(atoms, 0, meter);
}

function isMark(atom: Piece | undefined, mark: string): boolean {
  return atom?.kind === 'text' && atom.text === mark && !atom.quoted;
}

function spread(from: Word, depth: number, meter: Meter): readonly Word[] {
  for (let open = 0; open < from.length; open += 1) {
    meter.spend(1);
    if (!isMark(from[open], '{')) continue;
    const group = partsBehind(from, open, meter);
    if (group === undefined) return [from];
    const { parts, close } = group;
    if (parts.length === 1) continue;
    if (depth > 8 || parts.length > most) return [from];
    const tails = spread(from.slice(close + 1), depth + 1, meter);
    const heads = parts.flatMap((part) => spread(part, depth + 1, meter)).slice(0, most);
    const before = from.slice(0, open);
    const words: Word[] = [];
    for (const head of heads) {
      for (const tail of tails) {
        if (words.length === most) return words;
        meter.spend(before.length + head.length + tail.length);
        words.push([...before, ...head, ...tail]);
      }
    }
    return words;
  }
  return [from];
}

/** Between the brace at `open` and the one that closes it, by commas; undefined where none does. */
function partsBehind(from: Word, open: number, meter: Meter): { parts: Word[]; close: number } | undefined {
  const parts: Word[] = [];
  let part: Piece[] = [];
  let level = 0;
  for (let at = open + 1; at < from.length; at += 1) {
    meter.spend(1);
    const atom = from[at];
    if (atom === undefined) break;
    if (level === 0 && isMark(atom, '}')) return { parts: [...parts, part], close: at };
    if (level === 0 && isMark(atom, ',')) {
      parts.push(part);
      part = [];
    } else part.push(atom);
    if (isMark(atom, '{')) level += 1;
    if (isMark(atom, '}')) level -= 1;
  }
  return undefined;
}
