import { z } from 'zod';

/**
 * What a human is shown of a change before they sign, beside what an agent may see of it: made once, from the plan, when it was
 * planned; its digest is part of what is signed.
 */
export const changePage = z.strictObject({
  /** Unified diff of the HCL and all else that differs, file by file. `text` is absent where a file is no text. */
  files: z.array(
    z.strictObject({
      path: z.string(),
      change: z.enum(['added', 'removed', 'modified']),
      text: z.string().optional(),
      /** Lines that were left out. */
      more: z.int(),
    }),
  ),
  /** Commits on the branch by others that nobody has adopted: what they change is not in this plan. */
  others: z.array(z.strictObject({ commit: z.string(), author: z.string(), at: z.string(), subject: z.string() })),
  /** What an apply executes, verbatim: provisioner commands, scripts they name, actions. */
  executes: z.array(z.strictObject({ what: z.string(), text: z.string() })),
  /** What an apply fetches beyond the listed sockets' own API: charts, modules. */
  fetches: z.array(z.string()),
  /** Endpoints the apply may reach. */
  reaches: z.array(z.string()),
});
export type ChangePage = z.output<typeof changePage>;
