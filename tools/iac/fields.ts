import { z } from 'zod';
import { stackName } from '../../src/change/wire/protocol.ts';
import { runId } from '../../src/change/wire/run.ts';
import { commonFields } from '../../src/kit/index.ts';

/** One vocabulary: an argument of this name means the same in every tool of the group. */
export const fields = {
  stack: stackName.optional().describe('folder, or its last part: mail'),
  run: runId.optional().describe('run_…, to go on waiting'),
  patch: z.string().min(1).max(262_144).optional().describe('unified diff against the trusted base, or patch_…'),
  ref: z.string().min(1).max(200).optional().describe('branch, tag or commit instead'),
  wait: z
    .number()
    .refine((seconds) => seconds >= 0 && seconds <= 40, 'not 0 to 40')
    .optional()
    .describe('seconds, up to 40'),
  ...commonFields,
} as const;
