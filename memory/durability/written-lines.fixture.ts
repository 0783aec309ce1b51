import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Step } from './keeper.fixture.ts';

export interface Written {
  readonly steps: readonly Step[];
  readonly error: string | undefined;
  readonly message: string | undefined;
}

type Line = Step & { readonly ready?: true; readonly error?: string; readonly message?: string };

/** Runs a writer; `kill` is asked after each acknowledged step whether it has lived long enough. Also by time, for its first start. */
export async function runWriter(
  args: readonly string[],
  kill: { readonly afterSteps?: number; readonly afterMs?: number } = {},
): Promise<Written> {
  const writer = spawn(process.execPath, [fileURLToPath(new URL('./writer.fixture.ts', import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(writer, 'exit');
  const timer = kill.afterMs === undefined ? undefined : setTimeout(() => writer.kill('SIGKILL'), kill.afterMs);
  const lines: Line[] = [];
  let acknowledged = 0;
  for await (const text of createInterface({ input: writer.stdout })) {
    const line: Line = JSON.parse(text);
    lines.push(line);
    if (line.id !== undefined && line.will !== true) acknowledged += 1;
    if (acknowledged === kill.afterSteps) writer.kill('SIGKILL');
  }
  await gone;
  clearTimeout(timer);
  const refused = lines.find(({ error }) => error !== undefined);
  return {
    steps: lines.filter(({ ready, error }) => ready === undefined && error === undefined),
    error: refused?.error,
    message: refused?.message,
  };
}
