import { type PlannerOptions, planOnce } from './plan.ts';
import type { Planner } from './port.ts';
import { makeRunFolder, wipeLeftovers } from './run-folder.ts';

/** Looks at nothing yet. What the planner does and throws is in port.ts. */
export function createPlanner(options: PlannerOptions): Planner {
  return {
    async plan(request, signal) {
      const folder = await makeRunFolder(options.workDirectory, request.run);
      try {
        return await planOnce(options, request, folder, signal);
      } finally {
        await folder.wipe();
      }
    },
    cleanUp: () => wipeLeftovers(options.workDirectory),
  };
}
