import { defineErrors } from '../../kit/index.ts';
import type { Planner } from '../planner/port.ts';
import type { Sandbox } from '../sandbox/port.ts';

const sandboxedError = defineErrors({
  'keep-unsandboxed': {
    audience: 'operator',
    meaning: 'The sandbox did not work when it was tried: nothing is planned.',
  },
});

export interface SandboxedPlanner extends Pick<Planner, 'plan'> {
  /** Tries the sandbox, and remembers what came of it. */
  probe(): Promise<void>;
  problems(): readonly string[];
}

/** Plans only once the sandbox was seen to work. One that did not is tried again by the next plan. */
export function unlessUnsandboxed({
  planner,
  sandbox,
}: {
  readonly planner: Planner;
  readonly sandbox: Pick<Sandbox, 'probe'>;
}): SandboxedPlanner {
  let flaw: { readonly detail: string; readonly next: string } | undefined = {
    detail: 'it was not tried yet',
    next: 'try again in a moment',
  };
  const probe = async (): Promise<void> => {
    const { works, detail, next = '`castellan doctor` says what is missing' } = await sandbox.probe();
    flaw = works ? undefined : { detail, next };
  };
  return {
    probe,
    problems: () => (flaw === undefined ? [] : [`nothing is planned: the sandbox does not work: ${flaw.detail}`]),
    plan: async (request, signal) => {
      if (flaw !== undefined) await probe();
      if (flaw === undefined) return planner.plan(request, signal);
      throw sandboxedError('keep-unsandboxed', {
        message: `nothing is planned: the sandbox does not work: ${flaw.detail}`,
        next: flaw.next,
      });
    },
  };
}
