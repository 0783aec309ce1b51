import { z } from 'zod';
import { commandsFor } from '../../../src/kit/index.ts';
import { fields } from '../fields.ts';
import { actorOf, type MemoryPorts } from '../port.ts';

const { defineCommand } = commandsFor<MemoryPorts>();

const input = z.strictObject({
  ids: z.array(fields.id).min(1).max(1_000).describe('of your own; all of them, or none'),
});

export const restore = defineCommand({
  name: 'memory.restore',
  effect: 'record',
  input,
  async run({ ids }, { ports, principal }) {
    await (await ports.memory()).restore(ids, actorOf(principal));
    return { restored: [...ids] };
  },
});

/** With their history; nothing brings them back. */
export const erase = defineCommand({
  name: 'memory.erase',
  effect: 'record',
  input,
  async run({ ids }, { ports, principal }) {
    await (await ports.memory()).remove(ids, actorOf(principal), { forever: true });
    return { erased: [...ids] };
  },
});
