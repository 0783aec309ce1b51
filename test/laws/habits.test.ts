import { describe, expect, test } from 'vitest';
import { brokenHabit, habits } from './habits.ts';
import { readSources } from './sources.ts';

const sources = readSources();

/** For every habit, files that break it. Words are joined here so that this file does not break them itself. */
const breaches: Readonly<Record<string, readonly (readonly [path: string, text: string])[]>> = {
  'only src/config reads the environment': [
    ['src/store/a.ts', "const home = process.env['HOME'];"],
    ['src/store/a.ts', "const home = process['env'].HOME;"],
    ['src/store/a.ts', 'const { env } = process;'],
    ['src/store/a.ts', "import { argv, env } from 'node:process';"],
  ],
  'nobody prints with console': [
    ['tools/kubectl/get.ts', "console.error('x');"],
    ['tools/kubectl/get.ts', "console['log']('x');"],
  ],
  'only the terminal and the shim write to stdout, which belongs to the protocol': [
    ['src/server/daemon.ts', "process.stdout.write('x');"],
    ['src/cli/call.ts', "import { stdout } from 'node:process';"],
    ['src/cli/call.ts', "writeSync(1, 'x');"],
  ],
  'only the renderer opens untrusted text, and evidence, which keeps it redacted': [
    ['tools/kubectl/logs.ts', 'const text = Untrusted.openForRendering(line);'],
  ],
  'programs are started by the shim, for a kubeconfig’s credential plugin, by the keep, and by a human’s own init and install':
    [
      ['src/cluster/a.ts', "import { spawn } from 'node:child_process';"],
      ['src/cluster/a.ts', "const { execa } = await import('execa');"],
      ['src/cluster/transport/transport.ts', "import { spawn } from 'node:child_process';"],
      ['src/cli/kubernetes/command.ts', "const { execa } = await import('execa');"],
      ['src/cli/call.ts', "import { execa } from 'execa';"],
    ],
  'a thread is started in one place, for the patterns of agents': [
    ['src/cluster/a.ts', "import { Worker } from 'node:worker_threads';"],
    ['tools/kubectl/a.ts', "const { Worker } = await import('worker_threads');"],
  ],
  'only the keep reads, writes or unwraps the values of secrets': [
    ['tools/vault/a.ts', "import { readValues } from '../../src/vault/values.ts';"],
    ['src/server/a.ts', "const { readValues } = await import('../vault/values.ts');"],
    ['src/vault/index.ts', "export * from './values.ts';"],
    ['src/cli/a.ts', "import type { SecretValues } from '../vault/values.ts';"],
  ],
  'nobody opens a WebSocket: exec, attach and port-forward need one': [
    ['src/cluster/a.ts', "import { WebSocket } from 'ws';"],
    ['src/cluster/a.ts', "new WebSocket('wss://example.net');"],
  ],
  'no file is longer than 400 lines': [['test/lab/a.ts', 'x;\n'.repeat(401)]],
  'a file is named after what it holds': [
    ['src/store/utils.ts', ''],
    ['test/lab/helpers.test.ts', ''],
  ],
  'no check is switched off': [
    ['src/store/a.ts', ['const a = b as ', 'any;'].join('')],
    ['src/store/a.ts', ['function a(b: ', 'any) {}'].join('')],
  ],
  'no comment silences a checker': [
    ['src/store/a.ts', ['// @ts-', 'ignore'].join('')],
    ['src/store/a.test.ts', ['// @ts-', 'expect-error because'].join('')],
    ['src/store/a.ts', ['// biome-', 'ignore lint: because'].join('')],
  ],
  'no test is skipped, left to do, or run alone': [
    ['src/store/a.test.ts', ['test.', "skip('x', () => {});"].join('')],
    ['src/store/a.test.ts', ['describe.', "only('x', () => {});"].join('')],
  ],
};

describe('habits', () => {
  test.each(habits)('$name', (habit) => {
    expect(brokenHabit(habit, sources)).toEqual([]);
  });

  test.each(habits)('is noticed when broken: $name', (habit) => {
    const samples = breaches[habit.name] ?? [];
    expect(samples.length).toBeGreaterThan(0);
    for (const [path, text] of samples) expect(brokenHabit(habit, [{ path, text }])).toEqual([path]);
  });

  test('every file that may is a file that is', () => {
    const paths = sources.map(({ path }) => path);
    const absent = habits
      .flatMap(({ allowed }) => allowed)
      .filter((place) => !paths.some((path) => (place.endsWith('/') ? path.startsWith(place) : path === place)));
    expect(absent).toEqual([]);
  });
});
