import type { Group } from '../kit/index.ts';

/** Where a command writes. stdout carries answers, stderr everything else; colours and progress only where a person looks. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  readonly colour: boolean;
  /** Somebody watches stderr, where progress goes; stdout may be on its way to another program. */
  readonly interactive: boolean;
}

/** What every command is given; nothing in a command reads the process's own environment. */
export interface CliContext {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly groups: readonly Group[];
}

export function processTerminal(environment: Readonly<Record<string, string | undefined>>): Terminal {
  return {
    out: (line) => {
      process.stdout.write(`${line}\n`);
    },
    err: (line) => {
      process.stderr.write(`${line}\n`);
    },
    colour: process.stdout.isTTY === true && (environment['NO_COLOR'] ?? '') === '',
    interactive: process.stderr.isTTY === true,
  };
}

type Mark = 'pass' | 'fail' | 'unknown';
const marks: Readonly<Record<Mark, { readonly word: string; readonly code: number }>> = {
  pass: { word: 'ok', code: 32 },
  fail: { word: 'FAIL', code: 31 },
  unknown: { word: 'unknown', code: 33 },
};

/** `ok`, `FAIL` or `unknown`, padded to a column. */
export function mark(terminal: Terminal, status: Mark): string {
  const { word, code } = marks[status];
  const padded = word.padEnd(8);
  return terminal.colour ? `\u001b[${code}m${padded}\u001b[0m` : padded;
}
