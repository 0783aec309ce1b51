import type { Cell, RecordValue, Redact } from './answer.ts';
import { stripHiddenCharacters } from './characters.ts';
import type { JsonValue } from './json.ts';
import { Untrusted } from './untrusted.ts';

/**
 * Redacts every string of one answer on its way out, once, and counts what fired. Hidden characters go first, so that
 * none of them splits a secret in two.
 */
export class Tally {
  readonly counts: Record<string, number> = {};
  readonly #redact: Redact;

  constructor(redact: Redact) {
    this.#redact = redact;
  }

  trusted(value: string): string {
    const { text, counts } = this.#redact(stripHiddenCharacters(value));
    for (const [rule, count] of Object.entries(counts)) this.counts[rule] = (this.counts[rule] ?? 0) + count;
    return text;
  }

  trustedLine(value: string): string {
    return oneLine(this.trusted(value));
  }

  untrusted(value: Untrusted): string {
    return this.trusted(Untrusted.openForRendering(value));
  }

  cell(value: Cell): string {
    if (value === null) return '-';
    if (value instanceof Untrusted) return oneLine(this.untrusted(value));
    return typeof value === 'string' ? this.trustedLine(value) : String(value);
  }

  record(value: RecordValue): JsonValue {
    if (value instanceof Untrusted) return { untrusted: this.untrusted(value) };
    if (typeof value === 'string') return this.trusted(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((item) => this.record(item));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.trusted(key), this.record(item)]));
  }

  /** What fired; undefined when nothing did. */
  fired(): Readonly<Record<string, number>> | undefined {
    const fired = Object.entries(this.counts).filter(([, count]) => count > 0);
    return fired.length === 0 ? undefined : Object.fromEntries(fired);
  }

  line(): string | undefined {
    const fired = this.fired();
    if (fired === undefined) return undefined;
    const total = Object.values(fired).reduce((sum, count) => sum + count, 0);
    const rules = Object.entries(fired).map(([rule, count]) => `${rule} ${count}`);
    return `redactions: ${total} (${rules.join(', ')})`;
  }
}

function oneLine(value: string): string {
  return value.replace(/\s+/g, ' ').trim();
}
