import type { Labels } from '../labels.ts';

/** The labels of one line while it goes through the stages: those of its stream, and what parsers found in it. */
export class LineLabels {
  readonly #stream: Labels;
  readonly #extracted = new Map<string, string>();

  constructor(stream: Labels) {
    this.#stream = stream;
  }

  get(name: string): string {
    return this.#extracted.get(name) ?? this.#stream[name] ?? '';
  }

  /** A field of the line. One that is called as a label of the stream gets another name. */
  extract(field: string, value: string): void {
    const name = labelName(field);
    if (name === '') return;
    this.#extracted.set(this.#stream[name] === undefined ? name : `${name}_extracted`, value);
  }

  /** What a stage could not do. The first mistake is kept. */
  fail(kind: string, details: string): void {
    if (this.#extracted.has('__error__')) return;
    this.#extracted.set('__error__', kind);
    this.#extracted.set('__error_details__', details);
  }

  all(): Labels {
    const all: [string, string][] = [...Object.entries(this.#stream), ...this.#extracted];
    return Object.fromEntries(all.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function labelName(field: string): string {
  const name = field.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
