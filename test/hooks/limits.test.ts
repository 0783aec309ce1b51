import { describe, expect, test } from 'vitest';
import { examine } from '../../src/guard/decide.ts';
import { limits, Meter } from '../../src/guard/limits.ts';
import { denies, payload, runHook } from './guard.fixture.ts';
import { hostile, hostileCalls } from './hostile.fixture.ts';

const call = 'kubectl delete pod x';

/** How the reading of a command ended, and after how many steps. */
function readingOf(command: string): { readonly end: string; readonly steps: number } {
  const meter = new Meter();
  try {
    examine(command, meter);
    return { end: 'read', steps: meter.steps };
  } catch (error) {
    return { end: error instanceof Error ? error.message : 'no error', steps: meter.steps };
  }
}

describe('a text made to take long', () => {
  test.each(Object.entries(hostile))(
    'is denied where it names a guarded program, and passes otherwise: %s',
    (_, text) => {
      expect(text.length).toBeLessThan(limits.command);
      expect(denies(`${text}\n${call}`)).toBe(true);
      expect(denies(text)).toBe(false);
    },
  );

  test.each(Object.entries({ ...hostile, ...hostileCalls }))(
    'ends within the steps there are, or by them: %s',
    (_, text) => {
      const { end, steps } = readingOf(`${text}\n${call}`);
      expect(steps).toBeGreaterThan(0);
      if (end !== 'too much work') expect(steps).toBeLessThanOrEqual(limits.work);
    },
  );

  test.each([
    ['too much work', 'backticks'],
    ['too much work', 'a value with all of it put in'],
    ['too much work', 'xargs with a mark in many places'],
    ['too much work', 'parallel with a line in many places'],
    ['too much work', 'braces in braces'],
    ['too much work', 'braces of two, in each other'],
    ['too much work', 'a file in many places'],
    ['too much work', 'a text into many files'],
    ['too much work', 'find with many commands'],
    ['too much work', 'sudo'],
    ['nested too deep', 'brackets that open'],
    ['nested too deep', 'parameters in parameters'],
    ['too many commands', 'commands'],
    ['too many commands', 'functions that double'],
    ['too many words', 'words'],
    ['scripts in scripts, too deep', 'a file that runs itself'],
  ])('is given up for %s: %s', (end, name) => {
    expect(readingOf(hostile[name] ?? '').end).toBe(end);
  });

  test('as a process ends with words on stderr', async () => {
    const { code, stderr } = await runHook(payload(`${hostile['commands']}${call}`));
    expect(code).toBe(2);
    expect(stderr).toContain('change_propose');
  });
});

describe('each limit is where it is', () => {
  test('the work', () => {
    const meter = new Meter();
    meter.spend(limits.work);
    expect(() => meter.spend(1)).toThrow(RangeError);
    expect(limits.work).toBe(2_000_000);
  });

  test('the nesting', () => {
    const deep = (levels: number): string => `${'( '.repeat(levels)}a${' )'.repeat(levels)}`;
    // A bracket is a command and a list.
    const most = limits.nesting / 2 - 1;
    expect(readingOf(deep(most)).end).toBe('read');
    expect(readingOf(deep(most + 1)).end).toBe('nested too deep');
    expect(limits.nesting).toBe(60);
  });

  test('the length', () => {
    expect(denies(`${' '.repeat(limits.command - call.length)}${call}`)).toBe(true);
    expect(readingOf(' '.repeat(limits.command)).end).toBe('read');
    expect(readingOf(' '.repeat(limits.command + 1)).end).toBe('the command is too long');
    expect(denies(`${' '.repeat(limits.command)}${call}`)).toBe(true);
    expect(denies(`${' '.repeat(limits.command)}true`)).toBe(false);
  });

  test('an input longer than the hook reads is stopped, whatever it is', async () => {
    const input = JSON.stringify({
      tool_name: 'Bash',
      tool_input: { description: 'x'.repeat(limits.input), command: call },
    });
    expect(await runHook(input)).toMatchObject({ code: 2, stdout: '' });
  });
});
