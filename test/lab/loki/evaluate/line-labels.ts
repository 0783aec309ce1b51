import { type Labels, sortedLabels } from '../labels.ts';

/** The labels of one line while it goes through the stages: those of its stream, and what parsers found in it. */
export class LineLabels {
  readonly #stream: Labels;
  readonly #extracted = new Map<string, string>();

  constructor(stream: Labels) {
    this.#stream = stream;
  }

  /** Undefined when there is no such label, which is not the same as an empty one. */
  get(name: string): string | undefined {
    return this.#extracted.get(name) ?? this.#stream[name];
  }

  /** A field of the line, the first time it comes. One that is called as a label of the stream gets another name. */
  extract(field: string, value: string): void {
    const plain = labelName(field);
    const name = this.#stream[plain] === undefined ? plain : `${plain}_extracted`;
    if (plain !== '' && !this.#extracted.has(name)) this.#extracted.set(name, value);
  }

  get failed(): boolean {
    return this.#extracted.has('__error__');
  }

  /** What a stage could not do. */
  fail(kind: string, details?: string): void {
    this.#extracted.set('__error__', kind);
    if (details !== undefined) this.#extracted.set('__error_details__', details);
  }

  all(): Labels {
    return sortedLabels({ ...this.#stream, ...Object.fromEntries(this.#extracted) });
  }
}

function labelName(field: string): string {
  const name = field.replaceAll(/[^A-Za-z0-9_]/gu, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
