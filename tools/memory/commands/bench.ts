import { z } from 'zod';
import { benchOwn } from '../../../memory/own-bench.ts';
import { commandsFor } from '../../../src/kit/index.ts';
import { actorOf, type MemoryPorts } from '../port.ts';

const { defineCommand } = commandsFor<MemoryPorts>();

export const bench = defineCommand({
  name: 'memory.bench',
  effect: 'read',
  input: z.strictObject({
    sample: z.int().min(1).max(500).default(100).describe('how many of your entries are looked for'),
  }),
  /** `variants`, each with its figures in per cent: with everything that is configured, and without each leg. */
  async run({ sample }, { ports, principal, progress, signal }) {
    await using variants = await ports.variants();
    const by = actorOf(principal);
    return { ...(await benchOwn(await ports.memory(), variants.each, { by, sample, progress, signal })) };
  },
});
