import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Step } from './keeper.fixture.ts';

export interface Written {
  readonly steps: readonly Step[];
  readonly error: string | undefined;
  readonly message: string | undefined;
}

type Line = Step & { readonly ready?: true; readonly error?: string; readonly message?: string };

/**
 * Runs a writer, and kills it after so many acknowledged steps, or after a time, for its first start. Throws when it ends
 * otherwise than killed or done, with its last words: a writer that wrote nothing must not look like one that had nothing to say.
 */
export async function runWriter(
  args: readonly string[],
  kill: { readonly afterSteps?: number; readonly afterMs?: number } = {},
): Promise<Written> {
  const writer = spawn(process.execPath, [fileURLToPath(new URL('./writer.fixture.ts', import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(writer, 'exit');
  const lastWords = text(writer.stderr);
  const timer = kill.afterMs === undefined ? undefined : setTimeout(() => writer.kill('SIGKILL'), kill.afterMs);
  const lines: Line[] = [];
  let acknowledged = 0;
  for await (const read of createInterface({ input: writer.stdout })) {
    const line: Line = JSON.parse(read);
    lines.push(line);
    if (line.id !== undefined && line.will !== true) acknowledged += 1;
    if (acknowledged === kill.afterSteps) writer.kill('SIGKILL');
  }
  const [code, signal] = await gone;
  clearTimeout(timer);
  const killed = signal === 'SIGKILL' && (kill.afterMs !== undefined || kill.afterSteps !== undefined);
  if (code !== 0 && !killed) throw new Error(`the writer ended with ${code ?? signal}: ${await lastWords}`);
  const refused = lines.find(({ error }) => error !== undefined);
  return {
    steps: lines.filter(({ ready, error }) => ready === undefined && error === undefined),
    error: refused?.error,
    message: refused?.message,
  };
}
