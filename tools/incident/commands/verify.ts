import { z } from 'zod';
import { commandsFor } from '../../../src/kit/index.ts';
import { fields } from '../fields.ts';
import type { IncidentPorts } from '../port.ts';

const { defineCommand } = commandsFor<IncidentPorts>();

export const verify = defineCommand({
  name: 'incident.verify',
  effect: 'read',
  input: z.strictObject({ incident: fields.incident.optional().describe('one; without: all') }),
  /** `broken`: where a hash does not match, one line each. */
  async run({ incident }, { ports }) {
    const { incidents, events, broken } = await ports.record.verify(incident);
    return { incidents, events, broken: [...broken] };
  },
});
