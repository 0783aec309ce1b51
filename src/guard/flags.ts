/** The index of the first word that is no flag; `values` are the flags whose value is a word of its own. */
export function afterFlags(given: readonly string[], values?: ReadonlySet<string>): number {
  let index = 0;
  for (; index < given.length; index += 1) {
    const word = given[index] ?? '';
    if (word === '--') return index + 1;
    if (!word.startsWith('-') || word === '-') return index;
    if (values?.has(word)) index += 1;
  }
  return index;
}

export interface Arguments {
  /** By name without dashes; '' where it has no value, undefined where the value is missing. */
  readonly flags: ReadonlyMap<string, string | undefined>;
  readonly operands: readonly string[];
  /** The index of each operand among the words. */
  readonly places: readonly number[];
}

export interface FlagRules {
  readonly values: ReadonlySet<string>;
  /** `-long` is one flag, as Go's own package has it. */
  readonly goFlags: boolean;
}

/** Flags and other words; what a flag swallows is its value and nothing else. */
export function readArguments(given: readonly string[], { values, goFlags }: FlagRules): Arguments {
  const flags = new Map<string, string | undefined>();
  const operands: string[] = [];
  const places: number[] = [];
  const add = (name: string, value: string | undefined) => flags.set(name.replace(/^-+/, ''), value);
  const operand = (word: string, index: number) => {
    operands.push(word);
    places.push(index);
  };
  let index = 0;
  for (; index < given.length && given[index] !== '--'; index += 1) {
    const word = given[index] ?? '';
    const equals = word.indexOf('=');
    const long = word.startsWith('--') || goFlags;
    if (!word.startsWith('-') || word === '-') operand(word, index);
    else if (long && equals > 0) add(word.slice(0, equals), word.slice(equals + 1));
    else if (long) {
      const known = values.has(word) || (goFlags && values.has(word.replace(/^--/, '-')));
      if (known) index += 1;
      add(word, known ? given[index] : '');
    } else {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word.charAt(at);
        if (!values.has(`-${letter}`)) add(letter, '');
        else {
          const attached = word.slice(at + 1).replace(/^=/, '');
          if (attached === '') index += 1;
          add(letter, attached === '' ? given[index] : attached);
          break;
        }
      }
    }
  }
  for (index += 1; index < given.length; index += 1) operand(given[index] ?? '', index);
  return { flags, operands, places };
}
