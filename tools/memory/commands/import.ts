import { z } from 'zod';
import type { ImportedDraft } from '../../../memory/engine.ts';
import { instant, visibilities } from '../../../memory/entry.ts';
import { linkText, readLink } from '../../../memory/transfer/portable.ts';
import { commandsFor } from '../../../src/kit/index.ts';
import { given } from '../given.ts';
import { actorOf, type MemoryPorts } from '../port.ts';

const { defineCommand } = commandsFor<MemoryPorts>();

/** The names of memory/transfer/portable.ts. Sizes are the engine's to prove: what it refuses, it refuses one by one and in words. */
const line = z.string().max(20_000);
const draft = z.strictObject({
  content: line.optional().describe('the whole text'),
  cipher: z.base64().max(65_536).optional().describe('in its place, of one that comes sealed'),
  sealed_with: line.optional().describe('by what: age, transit:mount/key'),
  category: line.optional().describe('a category, or a word for one'),
  tags: z.array(line).max(200).optional().describe('words'),
  keywords: line.optional().describe('what it should be found by besides'),
  importance: z.number().optional().describe('0 to 1'),
  visibility: z.enum(visibilities).optional().describe('who may read it'),
  readers: z.array(line).max(200).optional().describe('human:ada, of a shared one'),
  sensitive: z.boolean().optional().describe('seal it for humans'),
  source: line.optional().describe('where it comes from'),
  session: line.optional().describe('what it was stored together with'),
  seq: z.int().min(0).optional().describe('its number in the session'),
  valid_from: instant.optional().describe('since when it is true'),
  valid_to: instant.optional().describe('until when it was true'),
  recorded: instant.optional().describe('when it was first stored'),
  former_id: line.optional().describe('what it was called where it comes from'),
  links: z.array(linkText).max(50).optional().describe('supersedes:12, to entries that are here'),
});

export const importEntries = defineCommand({
  name: 'memory.import',
  effect: 'record',
  input: z.strictObject({ drafts: z.array(draft).max(200).describe('each is stored or refused by itself') }),
  /** `outcomes`, one a draft, in their order. */
  async run({ drafts }, { ports, principal }) {
    const memory = await ports.memory();
    const outcomes = await memory.storeAll(drafts.map(draftOf), actorOf(principal));
    return {
      outcomes: outcomes.map((one) =>
        one.outcome === 'refused'
          ? { ...one }
          : { outcome: one.outcome, id: one.id, unlinked: one.unlinked.map(({ type, to }) => `${type}:${to}`) },
      ),
    };
  },
});

function draftOf({
  content = '',
  cipher,
  sealed_with: sealedWith = '',
  valid_from,
  valid_to,
  recorded,
  former_id,
  links,
  ...same
}: z.output<typeof draft>): ImportedDraft {
  return {
    content,
    ...given({
      ...same,
      sealed: cipher === undefined ? undefined : { cipher: Buffer.from(cipher, 'base64'), sealedWith },
      validFrom: valid_from,
      validTo: valid_to,
      recordedAt: recorded,
      formerId: former_id,
      links: links?.flatMap((text) => readLink(text) ?? []),
    }),
  };
}
