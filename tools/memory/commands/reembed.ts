import { z } from 'zod';
import { commandsFor } from '../../../src/kit/index.ts';
import type { MemoryPorts } from '../port.ts';

const { defineCommand } = commandsFor<MemoryPorts>();

export const reembed = defineCommand({
  name: 'memory.reembed',
  effect: 'record',
  input: z.strictObject({}),
  async run(_, { ports, progress, signal }) {
    const { dense } = await ports.memory();
    const { embedded } = await dense.reembed((done, total) => progress('embedding', done, total), signal);
    return { embedded };
  },
});
