import { z } from 'zod';
import { CastellanError, commandsFor, type JsonObject } from '../../../src/kit/index.ts';
import type { IacPorts } from '../port.ts';
import { preparedFor } from '../prepared-command.ts';
import { says } from '../says.ts';

const { defineCommand } = commandsFor<IacPorts>();

/** What became of a denied command; `says` is printed by the guard as it is. */
export const prepare = defineCommand({
  name: 'iac.prepare',
  effect: 'record',
  input: z.strictObject({
    argv: z.array(z.string().max(4_096)).min(1).max(200).describe('the words of one denied command'),
    stdin: z.string().max(65_536).optional().describe('what it would have read'),
  }),
  async run({ argv, stdin }, { ports, principal, signal, now }): Promise<JsonObject> {
    try {
      return { ...(await preparedFor({ argv, stdin, ports, principal, signal, now: now() })) };
    } catch (error) {
      // The guard has denied already: what it prints beside that must not be a riddle.
      if (!(error instanceof CastellanError) || error.audience !== 'agent') throw error;
      return { outcome: 'none', says: [...says([`no edit was prepared: ${error.message}`, error.next])] };
    }
  },
});
