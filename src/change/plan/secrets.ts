import { isList, isObject, member } from './plan-json.ts';
import type { PlanValue } from './reading.ts';

/**
 * What value redaction looks for: everything under a sensitive mark.
 *
 * Left out is what is everywhere anyway, and would mask half of every answer without hiding anything: text of fewer than
 * four characters, numbers of fewer than four digits, booleans, and the words below. A text of several lines counts line by
 * line too, a URL also by the password in it.
 */
const shortest = 4;
const shortestLine = 12;

const everywhere = new Set(
  (
    'true false null none undefined default enabled disabled always never auto automatic yes no on off info warn error debug ' +
    'http https root admin user name value data latest production staging'
  ).split(' '),
);

export interface SecretCollector {
  readonly secrets: ReadonlySet<string>;
  readonly veiled: ReadonlySet<string>;
  /** All of a value is a secret. */
  whole(value: PlanValue): void;
  /** A value that may be one: only what does not stand in the source is. */
  maybe(value: PlanValue): void;
  /** What lies under `true` in `marks`, which have the shape of the value. */
  marked(value: PlanValue | undefined, marks: PlanValue | undefined): void;
}

export function createSecretCollector(): SecretCollector {
  const secrets = new Set<string>();
  const veiled = new Set<string>();
  const documents = new Set<string>();

  const whole = (value: PlanValue): void => {
    if (typeof value === 'string') text(value);
    else if (typeof value === 'number') number(value);
    else if (isList(value)) for (const item of value) whole(item);
    else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (isWorthHiding(key)) veiled.add(key);
        whole(item);
      }
    }
  };
  const number = (value: number): void => {
    const digits = String(value);
    if (digits.replace(/\D/g, '').length >= shortest) secrets.add(digits);
  };
  const text = (value: string): void => {
    if (!isWorthHiding(value) || secrets.has(value)) return;
    secrets.add(value);
    const password = /^[a-z][a-z0-9+.-]{1,20}:\/\/[^:@/\s]{0,128}:([^@\s]{1,512})@/i.exec(value)?.[1];
    if (password !== undefined) text(password);
    if (looksLikeDocument(value)) {
      if (!documents.has(value)) for (const scalar of scalarsOf(value)) if (isWorthHiding(scalar)) veiled.add(scalar);
      documents.add(value);
    } else if (value.includes('\n')) {
      for (const line of value.split('\n')) if (line.trim().length >= shortestLine) secrets.add(line.trim());
    }
  };
  const maybe = (value: PlanValue): void => {
    for (const leaf of leavesOf(value)) if (isWorthHiding(leaf)) veiled.add(leaf);
  };
  const marked = (value: PlanValue | undefined, marks: PlanValue | undefined): void => {
    if (value === undefined || value === null || marks === undefined) return;
    if (marks === true) whole(value);
    else if (isList(marks)) for (const [index, mark] of marks.entries()) marked(member(value, index), mark);
    else if (isObject(marks)) for (const key of Object.keys(marks)) marked(member(value, key), member(marks, key));
  };
  return { secrets, veiled, whole, maybe, marked };
}

function isWorthHiding(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length >= shortest && !everywhere.has(trimmed.toLowerCase());
}

const mappingLine = /^(?:- )?\s*(?:"[^"\n]+"|'[^'\n]+'|[\w.$/-]+)\s*:(?:\s|$)/;

/** A mapping of YAML or JSON, as providers mark whole manifests. Said of the text's start; whether it parses is not asked. */
function looksLikeDocument(text: string): boolean {
  const start = text.replace(/^(?:\s|#[^\n]*\n|---[^\n]*\n)+/, '').slice(0, 200);
  return start.startsWith('{') || mappingLine.test(start);
}

/** What stands on the lines of a document, with and without quotes: no parser, but nothing a parser would find is missed. */
function* scalarsOf(text: string): Iterable<string> {
  if (/^\s*\{/.test(text)) {
    try {
      yield* leavesOf(JSON.parse(text));
      return;
    } catch {
      // Flow style of YAML, or cut: its lines are taken below.
    }
  }
  for (const line of text.split('\n')) {
    const content = line.trim().replace(/^(?:- )+/, '');
    const colon = /^(?:"[^"]*"|'[^']*'|[^\s:]+)\s*:\s+/.exec(content);
    const value = colon === null ? content : content.slice(colon[0].length);
    const inner = /^(["'])(.*)\1$/.exec(value);
    yield inner?.[2] ?? value;
    if (inner === null) continue;
    if (inner[1] === '"' && value.includes('\\')) {
      try {
        yield* leavesOf(JSON.parse(value));
      } catch {
        // An escape only YAML has: the text as it is written was taken already.
      }
    }
  }
}

function* leavesOf(value: PlanValue): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'number') yield String(value);
  else if (isList(value)) for (const item of value) yield* leavesOf(item);
  else if (isObject(value)) for (const item of Object.values(value)) yield* leavesOf(item);
}
