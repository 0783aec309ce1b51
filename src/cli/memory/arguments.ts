import { parseArgs } from 'node:util';

/** How a command of `memory-tool` is called. Only Node is imported: this is on the path of every prompt. */
export interface CommandSpec {
  readonly summary: string;
  /** What stands behind the name: `<id…>`. */
  readonly words: string;
  /** How few and how many of them. */
  readonly count: readonly [number, number];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** What a reader has to know before the options. */
  readonly more?: string;
}

export interface OptionSpec {
  readonly help: string;
  /** What its value is called; absent: it takes none. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: true;
}

export interface Parsed {
  readonly command: string;
  readonly words: readonly string[];
  readonly options: Options;
  readonly config: string | undefined;
  readonly home: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Wrong usage: nothing was done, and the message says what to write instead. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** The options of one command line, read by their type; what cannot be read as it is a misuse. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** `a,b`, given once or several times. */
  list(name: string): readonly string[] | undefined {
    if (!this.has(name)) return undefined;
    return this.texts(name)
      .flatMap((text) => text.split(','))
      .map((text) => text.trim())
      .filter((text) => text !== '');
  }

  number(name: string, [least, most]: readonly [number, number]): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new Misuse(`--${name} is a number from ${least} to ${most}, not \`${text}\``);
  }

  one<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const word = words.find((known) => known === text);
    if (text === undefined || word !== undefined) return word;
    throw new Misuse(`--${name} is one of ${words.join(', ')}, not \`${text}\``);
  }

  /** A date or an instant with its offset, as the daemon wants it: shown to be one before anything is sent. */
  moment(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const shaped = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
    if (shaped && !Number.isNaN(Date.parse(text))) return text;
    throw new Misuse(`--${name} is a date (2026-03-01) or an instant (2026-03-01T09:00:00Z), not \`${text}\``);
  }
}

/** What every command takes, wherever it stands on the line. */
export const everywhere: Readonly<Record<string, OptionSpec>> = {
  json: { help: 'print the answer as JSON' },
  config: { value: 'file', help: 'castellan.yaml to use (also CASTELLAN_CONFIG)' },
  home: { value: 'directory', help: 'data directory (also CASTELLAN_HOME)' },
  help: { help: 'say how it is used' },
  version: { help: 'say which version this is' },
};

/** The first words that are no option are the command: `hook recall` is one of two words. Errors: Misuse. */
export function parseCommandLine(given: readonly string[], commands: Readonly<Record<string, CommandSpec>>): Parsed {
  const { command, rest } = commandIn(given, commands);
  const spec = commands[command];
  const options = { ...everywhere, ...spec?.options };
  const { values, positionals } = parsed(rest, options, command);
  const version = values['version'] === true;
  const help = values['help'] === true || (command === '' && !version);
  const [least, most] = spec?.count ?? [0, 0];
  if (!help && !version && spec !== undefined && (positionals.length < least || positionals.length > most)) {
    const got = positionals.length === 0 ? 'nothing' : `${positionals.length} words`;
    throw new Misuse(`${command} takes ${spec.words}, and was given ${got}; a text of several words stands in quotes`);
  }
  return {
    command,
    words: positionals,
    options: new Options(values),
    config: typeof values['config'] === 'string' ? values['config'] : undefined,
    home: typeof values['home'] === 'string' ? values['home'] : undefined,
    json: values['json'] === true,
    help,
    version,
  };
}

/** Ids as they are typed, or copied from an answer: `#12`. */
export function idsIn(words: readonly string[]): readonly number[] {
  return words.flatMap((word) => word.split(',')).map(idIn);
}

export function idIn(word: string): number {
  const [, digits] = /^#?([1-9]\d{0,15})$/.exec(word.trim()) ?? [];
  const id = Number(digits);
  if (Number.isSafeInteger(id)) return id;
  throw new Misuse(`\`${word}\` is no id: ids are numbers, as \`memory-tool list\` shows them`);
}

const linkWords = ['supersedes', 'resolved-by', 'part-of', 'see-also'] as const;

/** `supersedes:12`, as the tools take it. */
export function linksIn(words: readonly string[]): readonly string[] {
  return words.map((word) => {
    const [type = '', target = ''] = word.split(':', 2);
    if (!linkWords.some((known) => known === type)) {
      throw new Misuse(`\`${word}\` is no link: write ${linkWords.map((known) => `${known}:<id>`).join(', ')}`);
    }
    return `${type}:${idIn(target)}`;
  });
}

function commandIn(given: readonly string[], commands: Readonly<Record<string, CommandSpec>>) {
  const at = given.findIndex((word, index) => !word.startsWith('-') && !isValue(given, index));
  if (at === -1) return { command: '', rest: given };
  const [first = '', second = ''] = given.slice(at);
  const two = `${first} ${second}`;
  if (Object.hasOwn(commands, two)) return { command: two, rest: given.toSpliced(at, 2) };
  if (Object.hasOwn(commands, first)) return { command: first, rest: given.toSpliced(at, 1) };
  const near = Object.keys(commands).filter((name) => name.split(' ')[0] === first);
  const known = near.length > 0 ? near : Object.keys(commands);
  throw new Misuse(`there is no command \`${near.length > 0 ? two.trim() : first}\`; there are ${known.join(', ')}`);
}

/** Of `--config` or `--home`, which may stand in front of the command. */
function isValue(given: readonly string[], index: number): boolean {
  return given[index - 1] === '--config' || given[index - 1] === '--home';
}

function parsed(args: readonly string[], options: Readonly<Record<string, OptionSpec>>, command: string) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { value, multiple }]) => [
          name,
          { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: multiple === true },
        ]),
      ),
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))) throw error;
    const said = error.message.split('. ')[0] ?? error.message;
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new Misuse(`${said}; ${command || 'memory-tool'} takes ${known.join(' ')}`, { cause: error });
  }
}
