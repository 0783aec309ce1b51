import { z } from 'zod';
import { commandsFor } from '../../../src/kit/index.ts';
import { actorOf, type IncidentPorts } from '../port.ts';

const { defineCommand } = commandsFor<IncidentPorts>();

const mostFiles = 50;

export const importFiles = defineCommand({
  name: 'incident.import',
  effect: 'record',
  input: z.strictObject({
    files: z
      .array(
        z.strictObject({
          path: z
            .string()
            .min(1)
            .max(500)
            .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'a path below the folder')
            .describe('relative, as it is to be named'),
          text: z.string().max(1_048_576).describe('the whole file'),
        }),
      )
      .max(mostFiles)
      .describe('Markdown or HTML; each is read or not by itself'),
  }),
  /** What was read, and of each file what could not be. */
  run: ({ files }, { ports, principal, now }) => ports.importFiles(files, actorOf(principal), now()),
});
