import { createInterface } from 'node:readline/promises';
import type { Group } from '../kit/index.ts';

/** Where a command writes. stdout carries answers, stderr everything else; colours and progress only where a person looks. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  readonly colour: boolean;
  /** Somebody watches stderr, where progress goes; stdout may be on its way to another program. */
  readonly interactive: boolean;
  /** Asks whoever sits there and waits for a line; absent where stdin is no terminal and nobody can answer. */
  ask?(question: string): Promise<string>;
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
    ...(process.stdin.isTTY === true
      ? { ask: (question: string) => askOn(process.stdin, process.stderr, question) }
      : {}),
  };
}

/** Whoever interrupts or ends their input has given no answer: that is an empty one. */
export async function askOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string> {
  const lines = createInterface({ input, output, terminal: true });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question), ended]);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return '';
    throw error;
  } finally {
    lines.close();
  }
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
