import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { askOn, mark, processTerminal } from './terminal.ts';

const streams = ['stdout', 'stderr'] as const;
const before = streams.map((name) => Object.getOwnPropertyDescriptor(process[name], 'isTTY'));
afterEach(() => {
  for (const [index, name] of streams.entries()) {
    const was = before[index];
    if (was === undefined) Reflect.deleteProperty(process[name], 'isTTY');
    else Object.defineProperty(process[name], 'isTTY', was);
  }
});

function watched(stdout: boolean, stderr: boolean, environment: Record<string, string> = {}) {
  Object.defineProperty(process.stdout, 'isTTY', { value: stdout, configurable: true });
  Object.defineProperty(process.stderr, 'isTTY', { value: stderr, configurable: true });
  return processTerminal(environment);
}

describe('the terminal', () => {
  it('has colours where a person sees the answer, and NO_COLOR is not set', () => {
    expect(mark(watched(true, true), 'fail')).toBe('\u001b[31mFAIL    \u001b[0m');
    expect(mark(watched(false, true), 'fail')).toBe('FAIL    ');
    expect(mark(watched(true, true, { NO_COLOR: '1' }), 'fail')).toBe('FAIL    ');
  });

  it('asks only where stdin is a terminal', () => {
    const was = Object.getOwnPropertyDescriptor(process.stdin, 'isTTY');
    for (const interactive of [true, false]) {
      Object.defineProperty(process.stdin, 'isTTY', { value: interactive, configurable: true });
      expect(processTerminal({}).ask !== undefined).toBe(interactive);
    }
    if (was === undefined) Reflect.deleteProperty(process.stdin, 'isTTY');
    else Object.defineProperty(process.stdin, 'isTTY', was);
  });

  it('shows progress where a person sees stderr, also when the answer goes to another program', () => {
    expect(watched(false, true).interactive).toBe(true);
    expect(watched(true, false).interactive).toBe(false);
  });
});

describe('a question', () => {
  it.each([
    ['a line', 'home\r', 'home'],
    ['an interrupt', 'ho\u0003', ''],
    ['the end of input', '\u0004', ''],
  ])('is answered by %s', async (_, typed, answer) => {
    const input = new PassThrough();
    const output = new PassThrough();
    const asked = askOn(input, output, 'which? ');
    input.write(typed);
    expect(await asked).toBe(answer);
    expect(String(output.read())).toContain('which? ');
  });

  it('is answered by nobody when the input is closed', async () => {
    const input = new PassThrough();
    const asked = askOn(input, new PassThrough(), 'which? ');
    input.end();
    expect(await asked).toBe('');
  });
});
