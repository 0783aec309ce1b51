import type { Cell, RecordValue, Redact } from './answer.ts';
import { stripHiddenCharacters } from './characters.ts';
import type { JsonValue } from './json.ts';
import { Untrusted } from './untrusted.ts';

/**
 * How the strings of an answer are redacted: by whose words they are, since a mask in what an agent wrote would tell it that its
 * guess was right.
 */
export interface Redactions {
  /** What the homelab wrote, and whatever a tool took from it: untrusted text, cells, blocks, the strings of a record. */
  readonly redact: Redact;
  /** What an agent wrote, in this call or an earlier one. */
  readonly redactAgent: Redact;
  /** Our own words, which may repeat what the call sent: headline, notes, coverage, names of columns, how to go on. */
  readonly redactOwn: Redact;
}

/**
 * Redacts every string of one answer on its way out, once, and counts what fired. Hidden characters go first, so that
 * none of them splits a secret in two.
 */
export class Tally {
  readonly counts: Record<string, number> = {};
  readonly #redactions: Redactions;

  constructor(redactions: Redactions) {
    this.#redactions = redactions;
  }

  own(value: string): string {
    return this.#by(this.#redactions.redactOwn, value);
  }

  ownLine(value: string): string {
    return oneLine(this.own(value));
  }

  /** Ours around words of the call; what it is set in by stays. */
  echoLine(value: string): string {
    return this.#by(this.#redactions.redactAgent, value).replace(/\s*\n\s*/g, ' ');
  }

  /** A string that a tool gives out as its data. */
  data(value: string): string {
    return this.#by(this.#redactions.redact, value);
  }

  untrusted(value: Untrusted): string {
    const { redact, redactAgent } = this.#redactions;
    return Untrusted.openForRendering(value, ({ text, author }) =>
      this.#by(author === 'agent' ? redactAgent : redact, text),
    );
  }

  cell(value: Cell): string {
    if (value === null) return '-';
    if (value instanceof Untrusted) return oneLine(this.untrusted(value));
    return typeof value === 'string' ? oneLine(this.data(value)) : String(value);
  }

  record(value: RecordValue): JsonValue {
    if (value instanceof Untrusted) return { untrusted: this.untrusted(value) };
    if (typeof value === 'string') return this.data(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((item) => this.record(item));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.data(key), this.record(item)]));
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

  #by(redact: Redact, value: string): string {
    const { text, counts } = redact(stripHiddenCharacters(value));
    for (const [rule, count] of Object.entries(counts)) this.counts[rule] = (this.counts[rule] ?? 0) + count;
    return text;
  }
}

function oneLine(value: string): string {
  return value.replace(/\s+/g, ' ').trim();
}
