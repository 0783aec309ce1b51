import { stackName } from '../../src/change/wire/protocol.ts';
import { runId } from '../../src/change/wire/run.ts';
import { commonFields } from '../../src/kit/index.ts';

/** One vocabulary: an argument of this name means the same in every tool of the group. */
export const fields = {
  stack: stackName.optional().describe('folder, or its last part: mail'),
  run: runId.optional().describe('run_…, to go on waiting'),
  ...commonFields,
} as const;
