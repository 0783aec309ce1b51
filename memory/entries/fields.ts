import { stripHiddenCharacters } from '../../src/kit/index.ts';
import type { Visibility } from '../entry.ts';
import { longestEntry } from '../entry.ts';
import { memoryError } from '../errors.ts';

/**
 * The parts of an entry, each proved by itself. What cannot be seen is taken out; what is too long is refused and never cut, for who
 * reads a cut text takes it for the whole.
 */
const longest = { keywords: 400, tag: 40, tags: 20, source: 500, session: 200, readers: 50 } as const;

/** Errors: `memory-empty`, `memory-too-long`. */
export function proveContent(content: string): string {
  const text = stripHiddenCharacters(content).normalize('NFC').trim();
  if (text === '') {
    throw memoryError('memory-empty', {
      message: 'the entry has no text',
      next: 'give the whole memory as content: one thing, said so that it is understood alone',
    });
  }
  const length = lengthOf(text);
  if (length > longestEntry) {
    const parts = Math.ceil(length / (longestEntry - 200));
    throw memoryError('memory-too-long', {
      message: `the entry has ${count(length)} characters, ${count(length - longestEntry)} more than the ${count(longestEntry)} one may have; nothing was stored`,
      next: `split it by subject and not by length: one hub entry that says what it is about, then about ${parts} parts, each with a link part-of:<id of the hub> and each readable alone, its subject named again`,
    });
  }
  return text;
}

/** Code points, as the database counts them. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

export function proveKeywords(keywords: string): string {
  return proveLine('keywords', keywords, longest.keywords) ?? '';
}

export function proveSource(source: string | undefined): string | undefined {
  return source === undefined ? undefined : proveLine('source', source, longest.source);
}

export function proveSession(session: string | undefined): string | undefined {
  return session === undefined ? undefined : proveLine('session', session, longest.session);
}

/** Lower case and kebab-case, each once, in the order given. */
export function proveTags(tags: readonly string[]): readonly string[] {
  const proven = new Set<string>();
  for (const tag of tags) {
    const plain = plainTag(tag);
    if (plain === '') continue;
    if (lengthOf(plain) > longest.tag) {
      throw invalid(
        `a tag has ${lengthOf(plain)} characters; it may have ${longest.tag}`,
        'a tag is a word or two; put longer words into keywords',
      );
    }
    proven.add(plain);
  }
  if (proven.size > longest.tags) {
    throw invalid(
      `there are ${proven.size} tags; an entry may have ${longest.tags}`,
      'keep those that tell it from others; put the rest into keywords',
    );
  }
  return [...proven];
}

/** Points, colons and slashes stay: `192.0.2.7`, `app:mail`, `media/photos`. */
export function plainTag(tag: string): string {
  return stripHiddenCharacters(tag)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}.:/]+/gu, '-')
    .replace(/^[-.:/]+|[-.:/]+$/g, '');
}

export function proveImportance(importance: number): number {
  if (importance >= 0 && importance <= 1) return importance;
  throw invalid('the importance is not between 0 and 1', 'give a number from 0 to 1; .5 is the usual');
}

/** Who may read it, besides the owner; sorted. */
export function proveReaders(visibility: Visibility, readers: readonly string[], owner: string): readonly string[] {
  if (visibility !== 'shared') {
    if (readers.length === 0) return [];
    throw invalid(`a ${visibility} entry has no readers of its own`, 'give visibility shared together with readers');
  }
  const others = [...new Set(readers)].filter((reader) => reader !== owner).sort();
  if (others.length === 0) {
    throw invalid(
      'a shared entry names nobody it is shared with',
      'name its readers as human:<name>, or give visibility private or public',
    );
  }
  if (others.length > longest.readers)
    throw invalid(`more than ${longest.readers} readers`, 'give visibility public, or share it with fewer');
  if (!others.every((reader) => /^human:[^\s\p{C}]{1,64}$/u.test(reader)))
    throw invalid('a reader is not written as human:<name>', 'name readers as human:robin');
  return others;
}

export function proveInstant(name: string, at: Date): Date {
  const year = at.getUTCFullYear();
  if (year >= 1 && year <= 9_999) return at;
  throw invalid(`${name} is no date between the years 1 and 9999`, 'give a date as 2026-03-01');
}

export function proveInterval(from: Date, to: Date | undefined): void {
  if (to === undefined || to >= from) return;
  throw invalid(
    'it would end being true before it began',
    'give valid_from as well, and no later than valid_to; without it an entry is true from now on',
  );
}

export function invalid(message: string, next: string): Error {
  return memoryError('memory-invalid', { message, next });
}

/** In one line; undefined when nothing is left of it. */
function proveLine(name: string, given: string, most: number): string | undefined {
  const line = stripHiddenCharacters(given).normalize('NFC').replace(/\s+/g, ' ').trim();
  const length = lengthOf(line);
  if (length > most)
    throw invalid(`${name} has ${count(length)} characters; it may have ${most}`, `shorten ${name}; nothing is cut`);
  return line === '' ? undefined : line;
}

const grouped = new Intl.NumberFormat('en');
const count = (number: number): string => grouped.format(number);
