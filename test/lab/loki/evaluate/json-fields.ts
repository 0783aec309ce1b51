import { JsonMistake, JsonScanner, notAnObject } from './json-scanner.ts';

/** Hands on the leaves of an object as label and text: `{"a": {"b": 1}}` is `a_b`, `1`. Lists are left out. */
export function eachJsonField(line: string, found: (name: string, text: string) => void): void {
  const scanner = new JsonScanner(line);
  if (!scanner.take('{')) throw notAnObject();
  /** The names of the objects around. A list instead of a call into itself: how deep a line nests is not ours to choose. */
  const around: string[] = [''];
  let first = true;
  for (;;) {
    if (scanner.take('}')) {
      around.pop();
      if (around.length === 0) return;
      first = false;
      continue;
    }
    if (!first && !scanner.take(',')) throw notAnObject();
    const prefix = around.at(-1) ?? '';
    const key = scanner.string();
    const name = prefix === '' ? key : `${prefix}_${key}`;
    if (!scanner.take(':')) throw notAnObject();
    first = scanner.take('{');
    if (first) {
      around.push(name);
    } else if (scanner.sees('[')) {
      scanner.skipValue();
    } else {
      const text = scanner.value();
      if (text !== undefined) found(name, text);
    }
  }
}

/** The text at a path; empty where there is nothing. Only a value that is there and cannot be read is a mistake. */
export function jsonFieldAt(line: string, path: readonly (string | number)[]): string {
  const scanner = new JsonScanner(line);
  return path.every((step) => enter(scanner, step)) ? (scanner.value() ?? '') : '';
}

function enter(scanner: JsonScanner, step: string | number): boolean {
  try {
    return typeof step === 'number' ? enterList(scanner, step) : enterObject(scanner, step);
  } catch (cause) {
    if (cause instanceof JsonMistake) return false; // What lies in the way cannot be read: it is not reached.
    throw cause;
  }
}

/** Moves to the value of a key. */
function enterObject(scanner: JsonScanner, key: string): boolean {
  if (!scanner.take('{')) return false;
  while (scanner.sees('"')) {
    const here = scanner.string();
    if (!scanner.take(':')) return false;
    if (here === key) return true;
    scanner.skipValue();
    if (!scanner.take(',')) return false;
  }
  return false;
}

function enterList(scanner: JsonScanner, index: number): boolean {
  if (!scanner.take('[')) return false;
  for (let left = index; left > 0; left--) {
    if (scanner.sees(']')) return false;
    scanner.skipValue();
    if (!scanner.take(',')) return false;
  }
  return !scanner.sees(']');
}
