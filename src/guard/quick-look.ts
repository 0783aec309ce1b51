import { guardedNames, shorthand } from './guarded.ts';

/** What puts words together of what stands apart, or writes one letter as another. */
const puts = /[\\$`{*?[]|[@!+]\(|(?![\n\t])\p{Cc}/u;

/**
 * False where the whole guard surely finds nothing: the text has no name of a guarded program, of a secret or of a program that
 * puts words together, not even with quotes in it, and nothing else that could make one.
 */
export function mayConcern(command: string): boolean {
  return puts.test(command) || names.test(command);
}

/** Programs that put words together, or show the environment. */
const putting = ['printf', 'xargs', 'env'];
/** Of files that hold credentials, of variables that are some, and what people look for in an environment. */
const secret = ['vault', 'kube', 'tfstate', 'k3s.yaml', 'environ', 'token', 'secret', 'passw', 'pgpass', 'credential'];

function withQuotes(name: string): string {
  return [...name].map((letter) => letter.replace(/[.-]/g, '\\$&')).join('["\']*');
}

/** Names of three letters and less stand in many words, so they count as words only. */
const long = [...guardedNames, ...putting, ...secret].filter((name) => name.length > 3);
const short = [...guardedNames, ...putting, ...shorthand.keys()].filter((name) => name.length <= 3);
const names = new RegExp(
  `${long.map(withQuotes).join('|')}|(?<![\\w-])(?:${short.map(withQuotes).join('|')})(?![\\w-])`,
  'i',
);
