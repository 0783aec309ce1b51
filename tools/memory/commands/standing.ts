import { z } from 'zod';
import { commandsFor } from '../../../src/kit/index.ts';
import { actorOf, type MemoryPorts } from '../port.ts';

const { defineCommand } = commandsFor<MemoryPorts>();

/** For `memory-tool doctor`: what doctor finds, and what is kept for who asks. */
export const standing = defineCommand({
  name: 'memory.standing',
  effect: 'read',
  input: z.strictObject({}),
  async run(_, { ports, principal }) {
    const memory = await ports.memory();
    const { entries, sensitive, corpora } = await memory.stats(actorOf(principal));
    const { state, model, next, dimension, embedded, total, share, calibratedOn, index, reason } =
      await memory.dense.standing();
    return {
      findings: (await ports.findings()).map((finding) => ({ ...finding })),
      entries,
      sensitive,
      corpora: corpora.map((one) => ({ ...one })),
      learning: ports.learning,
      embeddings: {
        state,
        model: model ?? null,
        next: next ?? null,
        dimension: dimension ?? null,
        embedded,
        total,
        share,
        calibrated_on: calibratedOn ?? null,
        index,
        reason: reason ?? null,
      },
    };
  },
});
