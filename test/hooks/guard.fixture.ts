import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import corpusFile from './corpus.json' with { type: 'json' };

/** hooks/guard.mjs is not TypeScript: what tests call of it is typed here. */
export const guardFile = fileURLToPath(new URL('../../hooks/guard.mjs', import.meta.url));

interface Finding {
  readonly kind: 'mutation' | 'reach' | 'secret' | 'unknown';
  readonly program: string;
  readonly argv?: readonly string[];
  readonly stdin?: string;
}

export interface Decision {
  readonly exit: 0 | 2;
  readonly reason?: string;
  readonly words?: string;
  readonly ask?: Finding;
}

interface Guard {
  examine(command: string): { readonly findings: readonly Finding[]; readonly commands: number };
  decide(input: string): Decision;
  dataDirectory(environment: Readonly<Record<string, string | undefined>>, cwd: string): string;
  askDaemon(home: string, finding: Pick<Finding, 'argv' | 'stdin'>): Promise<readonly string[]>;
  plainLines(says: unknown): readonly string[];
}

export const guard: Guard = await import(guardFile);
export const corpus = z.object({ allowed: z.array(z.string()), denied: z.array(z.string()) }).parse(corpusFile);

/** What the client writes to the hook. */
export function payload(command: unknown, tool = 'Bash'): string {
  return JSON.stringify({ hook_event_name: 'PreToolUse', tool_name: tool, tool_input: { command } });
}

/** Denied by a decision, or by exit 2. */
export function denies(command: string): boolean {
  const { exit, reason } = guard.decide(payload(command));
  return exit === 2 || reason !== undefined;
}

export function decisionOf(command: string): Decision {
  return guard.decide(payload(command));
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The hook as the client runs it. */
export function runHook(input: string, environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [guardFile], { env: { CASTELLAN_HOME: '/nonexistent', ...environment } });
    const told = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      told.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      told.stderr += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...told }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
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
