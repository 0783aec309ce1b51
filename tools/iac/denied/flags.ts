import { refuse } from './no-edit.ts';

/** What takes a value and what does not, and the short form of it. */
export interface FlagTable {
  /** By name; `optional` takes a value only behind `=`. */
  readonly takes: ReadonlyMap<string, 'value' | 'nothing' | 'optional'>;
  readonly short: ReadonlyMap<string, string>;
}

/** Words as kubectl and Helm read them: flags anywhere, until `--`. */
export interface ReadWords {
  readonly args: readonly string[];
  /** Of a flag that is given several times, all of them, in their order. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** From `n/namespace= dry-run? all`: `=` takes a value, `?` takes one only behind `=`, the rest takes none. */
export function flagTable(...said: readonly string[]): FlagTable {
  const takes = new Map<string, 'value' | 'nothing' | 'optional'>();
  const short = new Map<string, string>();
  for (const word of said.join(' ').split(/\s+/).filter(Boolean)) {
    const [, letter, name = '', sign] = /^(?:(\w)\/)?([\w-]+)([=?]?)$/.exec(word) ?? [];
    takes.set(name, sign === '=' ? 'value' : sign === '?' ? 'optional' : 'nothing');
    if (letter !== undefined) short.set(letter, name);
  }
  return { takes, short };
}

export function withFlags(...tables: readonly FlagTable[]): FlagTable {
  return {
    takes: new Map(tables.flatMap(({ takes }) => [...takes])),
    short: new Map(tables.flatMap(({ short }) => [...short])),
  };
}

/**
 * The first word that is neither a flag nor the value of one, and the words without it. As both programs look for their verb: a
 * flag that is not known yet is taken to have a value, so `kubectl --replicas 3 scale …` scales.
 */
export function takeVerb(
  words: readonly string[],
  { takes, short }: FlagTable,
): { readonly verb: string; readonly rest: readonly string[] } | undefined {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') return undefined;
    if (word !== '' && !word.startsWith('-')) return { verb: word, rest: words.toSpliced(index, 1) };
    if (word.includes('=')) continue;
    const name = word.startsWith('--')
      ? plain(word.slice(2))
      : word.length === 2
        ? (short.get(word.slice(1)) ?? '')
        : undefined;
    if (name !== undefined && word !== '' && (takes.get(name) ?? 'value') === 'value') index += 1;
  }
  return undefined;
}

export function readWords(words: readonly string[], { takes, short }: FlagTable): ReadWords {
  const args: string[] = [];
  const flags = new Map<string, string[]>();
  const give = (name: string, value: string): void => {
    const given = flags.get(name);
    if (given === undefined) flags.set(name, [value]);
    else given.push(value);
  };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const next = (): string => {
      index += 1;
      return words[index] ?? refuse('a flag has no value');
    };
    if (word === '--') {
      for (const arg of words.slice(index + 1)) args.push(arg);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const [, said = '', value] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
      const name = plain(said);
      const kind = takes.get(name) ?? refuse('a flag of it is not known here');
      give(name, value ?? (kind === 'value' ? next() : bare));
      continue;
    }
    readShort(word.slice(1), { takes, short }, next, give);
  }
  return { args, flags };
}

/** Of a flag that stands without a value. */
const bare = 'true';

/** `-nmail`, `-n=mail`, `-n mail`, `-Rn mail`. */
function readShort(
  letters: string,
  { takes, short }: FlagTable,
  next: () => string,
  give: (name: string, value: string) => void,
): void {
  for (let at = 0; at < letters.length; at += 1) {
    const name = short.get(letters[at] ?? '') ?? refuse('a flag of it is not known here');
    const rest = letters.slice(at + 1);
    const isWhole = rest.startsWith('=');
    const hasValue = isWhole || takes.get(name) === 'value';
    give(name, isWhole ? rest.slice(1) : hasValue ? rest || next() : bare);
    if (hasValue) return;
  }
}

/** Both programs take `--dry_run` for `--dry-run`. */
function plain(name: string): string {
  return name.replaceAll('_', '-');
}

/** The last one given, as both programs take it. */
export function lastOf({ flags }: ReadWords, name: string): string | undefined {
  return flags.get(name)?.at(-1);
}

const yes = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const no = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

export function isOn(words: ReadWords, name: string): boolean {
  const said = lastOf(words, name);
  if (said === undefined || no.includes(said)) return false;
  return yes.includes(said) || refuse('a flag has a value that is neither true nor false');
}
