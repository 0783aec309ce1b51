import { z } from 'zod';
import type { Entry } from '../../../memory/entry.ts';
import { memoryError } from '../../../memory/errors.ts';
import { portableOf } from '../../../memory/transfer/portable.ts';
import { commandsFor } from '../../../src/kit/index.ts';
import { fields } from '../fields.ts';
import { actorOf, type MemoryPorts } from '../port.ts';

const { defineCommand } = commandsFor<MemoryPorts>();

const mostAtOnce = 200;

export const exportEntries = defineCommand({
  name: 'memory.export',
  effect: 'read',
  input: z.strictObject({
    ids: z
      .array(fields.id)
      .max(mostAtOnce)
      .optional()
      .describe('these, deleted ones of your own too; without: all of your own'),
    after: z.string().max(200).optional().describe('`next` of the part before'),
    limit: z.int().min(1).max(mostAtOnce).default(mostAtOnce).describe('how many at once'),
  }),
  /** `entries` as memory/transfer/portable.ts has them, oldest first or in the order of `ids`; `next`: null where that was all. */
  async run({ ids, after, limit }, { ports, principal }) {
    const memory = await ports.memory();
    const by = actorOf(principal);
    if (ids !== undefined) {
      const known = await memory.get(ids, by);
      return { entries: known.map(portableOf), total: known.length, next: null };
    }
    const place = after === undefined ? undefined : placeIn(after);
    const filter = { mine: true, order: 'oldest', limit, ...(place === undefined ? {} : { after: place }) } as const;
    const { entries, total } = await memory.list(filter, by);
    const whole = await memory.get(
      entries.map(({ id }) => id),
      by,
    );
    const last = entries.at(-1);
    return {
      entries: whole.map(portableOf),
      total,
      next: last === undefined || entries.length < limit ? null : placeOf(last),
    };
  },
});

function placeOf({ recordedAt, importance, id }: Entry): string {
  return `${recordedAt.toISOString()}/${importance}/${id}`;
}

function placeIn(text: string): { readonly at: Date; readonly importance: number; readonly id: number } {
  const [at = '', importance = '', id = ''] = text.split('/');
  const place = { at: new Date(at), importance: Number(importance), id: Number(id) };
  if (!Number.isNaN(place.at.getTime()) && place.importance >= 0 && Number.isSafeInteger(place.id)) return place;
  throw memoryError('memory-invalid', {
    message: '`after` is not what another export gave as `next`',
    next: 'begin without `after`',
  });
}
