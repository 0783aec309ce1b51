import { type JsonValue, Untrusted } from '../kit/index.ts';
import { parseQuantity } from './quantity.ts';

/**
 * Words for sentences of ours. What is read from an object is somebody else's text until its form says otherwise: it is
 * `?` here, or stands apart as `Untrusted`.
 */

/**
 * A name as it may stand in our sentences; `?` when it is a sentence itself. Most names are DNS names, but those of roles,
 * and whatever an owner reference or a spec says, are what somebody wrote.
 */
export function nameText(name: unknown): string {
  return typeof name === 'string' && /^[\w.:@+=~-]{1,253}$/.test(name) ? name : '?';
}

/** A host, or a wildcard for all below one; `?` when it has not the form. */
export function hostText(host: JsonValue | undefined): string {
  return typeof host === 'string' && /^(?:\*\.)?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/i.test(host) ? host : '?';
}

/** A port's number or name. */
export function portText(port: JsonValue | undefined): string {
  if (typeof port === 'number') return String(port);
  return typeof port === 'string' && /^[a-z0-9-]{1,15}$/i.test(port) ? port : '?';
}

/** A quantity as it was written: `128Mi`. */
export function quantityText(quantity: JsonValue | undefined): string {
  return parseQuantity(quantity) === undefined ? '?' : String(quantity).trim();
}

/** Text in a form no sentence has, and so safe to stand unfenced; `?` for any other. */
export function plainText(text: string | undefined, form: RegExp): string {
  return text !== undefined && form.test(text) ? text : '?';
}

const longestDetail = 200;

/** What others wrote, joined and shortened; undefined when they wrote nothing. */
export function outsideText(...parts: readonly (string | undefined)[]): Untrusted | undefined {
  const text = parts.filter((part) => part !== undefined && part !== '').join(': ');
  if (text === '') return undefined;
  return new Untrusted(text.length > longestDetail ? `${text.slice(0, longestDetail)}…` : text);
}

const cronWord = 'sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const cronField = `(?:[\\d*,/?#LW-]|${cronWord}){1,60}`;
const cron = new RegExp(
  `^(?:@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|@every \\d[\\dhms.]{1,20}|${cronField}(?: ${cronField}){4})$`,
  'i',
);

/** When something runs, as cron has it: of all words only those cron knows. */
export function scheduleText(schedule: JsonValue | undefined): string {
  return typeof schedule === 'string' && cron.test(schedule) ? schedule : '?';
}

export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** The first of them, and how many more there are. */
export function listed(names: readonly string[], most = 3): string {
  const shown = [...new Set(names)];
  const more = shown.length - most;
  return more > 0 ? `${shown.slice(0, most).join(', ')} and ${more} more` : shown.join(', ');
}
