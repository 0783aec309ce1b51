import { z } from 'zod';
import type { StoreLog } from '../../store/log.ts';
import type { ApplySurroundings } from '../planner/apply-port.ts';
import { parseQuietly } from '../planner/quiet-json.ts';

const mostOutput = 64_000_000;

/**
 * Plans once more where the plan was applied: whether everything is now as it was to be. Undefined: nobody knows, which is no yes.
 */
export async function converge(
  surroundings: Pick<ApplySurroundings, 'run' | 'engine'>,
  timeoutSeconds: number,
  signal: AbortSignal,
  log: Pick<StoreLog, 'error'>,
): Promise<{ readonly converged: boolean | undefined; readonly line: string | undefined }> {
  const unknown = (why: string) => ({
    converged: undefined,
    line: `whether a plan would be empty now is not known: ${why}`,
  });
  try {
    const { exitCode, ended, stdout } = await surroundings.run(
      [surroundings.engine, 'plan', '-detailed-exitcode', '-json', '-input=false', '-no-color', '-lock-timeout=60s'],
      { signal, wallMs: timeoutSeconds * 1_000, outputBytes: mostOutput },
    );
    if (ended !== 'exit') return unknown(`the plan was ended (${ended})`);
    if (exitCode === 0) return { converged: true, line: undefined };
    if (exitCode !== 2) return unknown('the plan failed');
    return { converged: false, line: `a plan after the apply is not empty: ${countsIn(stdout)}` };
  } catch (error) {
    log.error({ err: error }, 'apply.converge.failed');
    return unknown('it could not be planned');
  }
}

const summary = z.object({
  type: z.literal('change_summary'),
  changes: z.object({ add: z.int(), change: z.int(), remove: z.int() }),
});

function countsIn(stdout: string): string {
  for (const raw of stdout.split('\n')) {
    if (!raw.includes('"change_summary"')) continue;
    const found = summary.safeParse(parseQuietly(raw)).data?.changes;
    if (found !== undefined) return `${found.add} to create, ${found.change} to change, ${found.remove} to delete`;
  }
  return 'the engine did not say how much would change';
}
