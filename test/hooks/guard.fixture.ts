import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Decision, decide } from '../../src/guard/decide.ts';
import corpusFile from './corpus.json' with { type: 'json' };

/** What the client runs; the tests in process ask the sources, and test/laws/guard.test.ts that the two are one. */
const guardFile = fileURLToPath(new URL('../../hooks/guard.mjs', import.meta.url));

export const corpus = z.object({ allowed: z.array(z.string()), denied: z.array(z.string()) }).parse(corpusFile);

/** What the client writes to the hook. */
export function payload(command: unknown, tool = 'Bash'): string {
  return JSON.stringify({ hook_event_name: 'PreToolUse', tool_name: tool, tool_input: { command } });
}

/** Denied by a decision, or by exit 2. */
export function denies(command: string): boolean {
  const { exit, reason } = decide(payload(command));
  return exit === 2 || reason !== undefined;
}

export function decisionOf(command: string): Decision {
  return decide(payload(command));
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The hook as the client runs it; `stdout`: a descriptor in place of the client's pipe. */
export function runHook(
  input: string,
  environment: Readonly<Record<string, string>> = {},
  stdout: number | 'pipe' = 'pipe',
): Promise<Ended> {
  const child = spawn(process.execPath, [guardFile], {
    env: { ...noDaemon, ...environment },
    stdio: ['pipe', stdout, 'pipe'],
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return endOf(child);
}

const noDaemon = { CASTELLAN_HOME: '/nonexistent' };

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const told = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk: Buffer) => {
      told.stdout += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      told.stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...told }));
  });
}

const denial = z.object({
  hookSpecificOutput: z.strictObject({
    hookEventName: z.literal('PreToolUse'),
    permissionDecision: z.literal('deny'),
    permissionDecisionReason: z.string(),
  }),
});

/** The reason on stdout, which is nothing but one decision to deny. */
export function reasonOn(stdout: string): string {
  return denial.parse(JSON.parse(stdout)).hookSpecificOutput.permissionDecisionReason;
}
