import { z } from 'zod';
import { text, toolsFor } from '../../src/kit/index.ts';
import { fields } from './fields.ts';
import { actorOf, type MemoryPorts } from './port.ts';
import { idsText } from './words.ts';

const { defineTool } = toolsFor<MemoryPorts>();

export const remove = defineTool({
  name: 'memory_delete',
  title: 'Delete memories',
  description:
    'Takes entries of your own out of sight; a human can bring them back. What is no longer true is rather superseded: memory_store with ' +
    'links supersedes:<old id>, so that whoever finds the old one is led to the new.',
  effect: 'record',
  searchHint: 'forget remove memory wrong outdated',
  input: z.strictObject({ ids: fields.ids.describe('all of them, or none'), budget: fields.budget }),
  async run({ ids }, { ports, principal, now }) {
    const memory = await ports.memory();
    const by = actorOf(principal);
    const distinct = [...new Set(ids)];
    await memory.remove(distinct, by);
    return text({
      asOf: now(),
      coverage: { covered: `memories of ${by.human}` },
      headline: `deleted ${idsText(distinct)}`,
      blocks: [],
      notes: [`the way back is a human's: memory-tool restore ${distinct.join(' ')}`],
    });
  },
});
