import { z } from 'zod';
import { commandsFor, type JsonObject } from '../../../src/kit/index.ts';
import { actorOf, type MemoryPorts } from '../port.ts';

const { defineCommand } = commandsFor<MemoryPorts>();

export const stats = defineCommand({
  name: 'memory.stats',
  effect: 'read',
  input: z.strictObject({}),
  async run(_, { ports, principal }): Promise<JsonObject> {
    const told = await (await ports.memory()).stats(actorOf(principal));
    const { entries, sensitive, deleted, byVisibility, byCategory, byTag, links, oldest, newest, corpora } = told;
    return {
      entries,
      sensitive,
      deleted,
      by_visibility: { ...byVisibility },
      by_category: byCategory.map((one) => ({ ...one })),
      by_tag: byTag.map((one) => ({ ...one })),
      links: { ...links },
      oldest: oldest?.toISOString() ?? null,
      newest: newest?.toISOString() ?? null,
      corpora: corpora.map((one) => ({ ...one })),
    };
  },
});
