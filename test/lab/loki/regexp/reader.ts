/** Walks over a text by code points. */
export class Reader {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  get ended(): boolean {
    return this.at >= this.source.length;
  }

  sees(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  /** The next character; empty at the end. */
  next(): string {
    const point = this.source.codePointAt(this.at);
    if (point === undefined) return '';
    const character = String.fromCodePoint(point);
    this.at += character.length;
    return character;
  }

  /** What lies between here and the given text, which is passed over; all of the rest where it does not come. */
  until(text: string): string {
    const end = this.source.indexOf(text, this.at);
    const found = this.source.slice(this.at, end < 0 ? undefined : end);
    this.at = end < 0 ? this.source.length : end + text.length;
    return found;
  }

  from(begun: number): string {
    return this.source.slice(begun, this.at);
  }
}
