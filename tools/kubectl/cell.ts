import { nameText } from '../../src/cluster/index.ts';
import { type Cell, type JsonValue, Untrusted } from '../../src/kit/index.ts';

/** One word, a number, an image, a marker of ours: a form no sentence has. */
const plain = /^(?:[\w./:@+=%,-]{1,120}…?|«redacted:[\w:-]{1,80}»)$/;

const longest = 160;

/** What stands in an object, in a table: text that could say something to its reader is somebody else's. */
export function cellOf(values: readonly JsonValue[]): Cell {
  const texts = values.map(textOf);
  const [only, ...others] = values;
  if (others.length === 0 && typeof only === 'number') return only;
  const whole = texts.join(' ');
  const shown = whole.length > longest ? `${whole.slice(0, longest)}…` : whole;
  return texts.every((text) => text === '' || plain.test(text)) ? shown : new Untrusted(shown);
}

/** Most names are DNS names; those of roles, and of what some other server keeps, are whatever somebody called them. */
export function nameCell(name: string): Cell {
  return nameText(name) === name ? name : cellOf([name]);
}

export function textOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
