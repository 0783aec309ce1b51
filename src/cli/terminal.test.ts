import { afterEach, describe, expect, it } from 'vitest';
import { mark, processTerminal } from './terminal.ts';

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

  it('shows progress where a person sees stderr, also when the answer goes to another program', () => {
    expect(watched(false, true).interactive).toBe(true);
    expect(watched(true, false).interactive).toBe(false);
  });
});
