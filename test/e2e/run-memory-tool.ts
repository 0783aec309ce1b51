import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readAll, type ScratchCastellan } from './scratch-castellan.ts';

const memoryToolFile = fileURLToPath(new URL('../../src/cli/memory-tool.ts', import.meta.url));

export interface Ended {
  /** -1: by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `memory-tool`, as a process of its own. */
export function startMemoryTool(castellan: ScratchCastellan, words: readonly string[]) {
  return spawn(process.execPath, [memoryToolFile, ...words], {
    cwd: castellan.directory,
    env: castellan.environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export async function runMemoryTool(castellan: ScratchCastellan, words: readonly string[], input = ''): Promise<Ended> {
  const child = startMemoryTool(castellan, words);
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1))),
  ]);
  return { code, stdout, stderr };
}
