import type { Writable } from 'node:stream';
import { locate } from '../config/locate.ts';
import { readBuild } from '../server/build.ts';
import { runShim } from '../server/shim/shim.ts';

/** `castellan mcp`: MCP over stdin and stdout for one session, through the daemon all sessions share. */
export async function serveStdin(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: Writable,
): Promise<number> {
  const note = (line: string): void => {
    process.stderr.write(`castellan: ${line}\n`);
  };
  try {
    const { home, config } = locate({ flags: flagsIn(words), environment, cwd: process.cwd() });
    await runShim({
      input: process.stdin,
      output,
      address: { home, config: config ?? null, build: readBuild() },
      note,
    });
    return 0;
  } catch (error) {
    note(error instanceof Error ? error.message : 'failed');
    return 1;
  }
}

/** Only the two options main.ts lets through; the last one wins, as everywhere. */
function flagsIn(words: readonly string[]): { config?: string; home?: string } {
  const flags: { config?: string; home?: string } = {};
  for (const [index, word] of words.entries()) {
    const [, name, inline] = /^--(config|home)(?:=(.*))?$/s.exec(word) ?? [];
    const value = inline ?? words[index + 1];
    if ((name === 'config' || name === 'home') && value !== undefined) flags[name] = value;
  }
  return flags;
}
