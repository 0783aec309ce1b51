import { marker } from './marker.ts';
import type { Redactor } from './redactor.ts';

/**
 * A text that arrives in chunks, redacted as if it were one. What lies behind a place is held back until it is certain that
 * nothing found reaches over the place: the two sides redacted apart must be what they are together.
 *
 * Limits. What is only a secret because of something further away than `holdBack` is not known as one: the data of a
 * manifest longer than that whose kind stands behind it. A JSON document that is longer is read as text. And a
 * finding that goes on for `mostHeld`, or a text without a place to cut it, becomes one marker, up to its line's end.
 */
export interface RedactionStream {
  /** What can be shown by now. */
  push(chunk: string): string;
  /** The rest. */
  end(): string;
}

export interface RedactionStreamOptions {
  /** UTF-16 units behind a place that decide about it. Longer than every known value's pattern. */
  readonly holdBack?: number;
  readonly mostHeld?: number;
  readonly author?: 'others' | 'agent';
}

export function redactionStream(redactor: Redactor, options: RedactionStreamOptions = {}): RedactionStream {
  const { holdBack = 16_384, author = 'others' } = options;
  const { mostHeld = holdBack * 16 } = options;
  const redact = (text: string): string => (author === 'agent' ? redactor.agentText(text) : redactor.text(text)).text;
  let held = '';
  let isPassingLine = false;
  let nextTry = 0;

  const passLine = (): void => {
    const newline = held.indexOf('\n');
    held = newline === -1 ? '' : held.slice(newline);
    isPassingLine = newline === -1;
  };

  return {
    push: (chunk) => {
      held += chunk;
      if (isPassingLine) passLine();
      if (held.length < Math.max(2 * holdBack, nextTry)) return '';
      const whole = redact(held);
      for (const at of placesToCut(held, held.length - holdBack)) {
        const [before, behind] = [redact(held.slice(0, at)), redact(held.slice(at))];
        if (before + behind !== whole) continue;
        held = held.slice(at);
        nextTry = 0;
        return before;
      }
      if (held.length < mostHeld) {
        nextTry = held.length + holdBack;
        return '';
      }
      const isLineEnd = held.endsWith('\n');
      held = isLineEnd ? '\n' : '';
      isPassingLine = !isLineEnd;
      nextTry = 0;
      return marker('too-long');
    },
    end: () => {
      const rest = redact(held);
      held = '';
      return rest;
    },
  };
}

const mostTries = 8;

/** Behind line ends, the last first; then anywhere. */
function placesToCut(text: string, last: number): number[] {
  const places: number[] = [];
  let at = last;
  while (places.length < mostTries / 2) {
    at = text.lastIndexOf('\n', at - 1);
    if (at <= 0) break;
    places.push(at);
  }
  for (let part = mostTries; part > 0 && places.length < mostTries; part -= 1)
    places.push(Math.floor((last * part) / mostTries));
  return places.filter((place) => place > 0);
}
