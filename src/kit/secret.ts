import { inspect } from 'node:util';

/**
 * A value that must never be seen. Printing, inspecting or serialising it shows a placeholder; interpolating or
 * concatenating it throws, because a placeholder inside a URL or a header would be sent as if it were the value.
 * `reveal()` is the one way out, so that every use can be found by its name.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return '«secret»';
  }

  [inspect.custom](): string {
    return 'Secret(«secret»)';
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError('a Secret cannot be turned into text; use reveal() at the port that needs it');
  }

  toString(): never {
    throw new TypeError('a Secret cannot be turned into text; use reveal() at the port that needs it');
  }
}
