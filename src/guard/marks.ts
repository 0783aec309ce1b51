/** What stands in a text for what cannot be known from it: the value of a variable, the output of a program. */
export const UNKNOWN = '\u0000';
/** Follows UNKNOWN where it stands for a credential of the environment. */
export const SECRET = '\u0001';
/** The output of `env` and its like. */
export const ENVIRONMENT = '\u0002';

/** The names in a text, by blanks. */
export function list(names: string): string[] {
  return names.split(/\s+/).filter(Boolean);
}

export function set(names: string): ReadonlySet<string> {
  return new Set(list(names));
}

/** The command as it came, without what would mean one of the marks. */
export function unmarked(command: string): string {
  return command.replaceAll(UNKNOWN, '').replaceAll(SECRET, '').replaceAll(ENVIRONMENT, '');
}
