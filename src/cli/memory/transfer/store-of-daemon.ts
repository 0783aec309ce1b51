import { z } from 'zod';
import type { ImportedDraft } from '../../../../memory/engine.ts';
import type { Changes } from '../../../../memory/entry.ts';
import { type PortableEntry, portableEntry } from '../../../../memory/transfer/portable.ts';
import type { JsonObject, JsonValue } from '../../../kit/json.ts';
import type { OperatorProgress } from '../../operator-session.ts';
import type { ReachedDaemon } from '../reach-daemon.ts';
import { inParts } from '../tool-commands.ts';
import type { ImportStore } from './import-run.ts';

/** The daemon's store, as exports and imports need it: in parts, for a program has no room to spare for all of it at once. */
const part = 200;

const exported = z.object({ entries: z.array(portableEntry), total: z.int(), next: z.string().nullable() });
const imported = z.object({
  outcomes: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal(['stored', 'unchanged']), id: z.int() }),
      z.object({ outcome: z.literal('refused'), message: z.string() }),
    ]),
  ),
});

/** All of one's own, oldest first. */
export async function exportedEntries(
  daemon: ReachedDaemon,
  tell: (told: OperatorProgress) => void,
): Promise<readonly PortableEntry[]> {
  const all: PortableEntry[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const input = { limit: part, ...(after === undefined ? {} : { after }) };
    const { entries, next, total } = exported.parse(await daemon.command('memory.export', input));
    all.push(...entries);
    after = next;
    tell({ message: 'read', done: all.length, total });
  }
  return all;
}

/** Those of them that are there and may be read, deleted ones of one's own among them. */
export async function exportedById(daemon: ReachedDaemon, ids: readonly number[]): Promise<readonly PortableEntry[]> {
  const all: PortableEntry[] = [];
  for (const some of inParts([...new Set(ids)], part)) {
    all.push(...exported.parse(await daemon.command('memory.export', { ids: some })).entries);
  }
  return all;
}

export function storeOf(daemon: ReachedDaemon): ImportStore {
  return {
    byIds: (ids) => exportedById(daemon, ids),
    storeAll: async (drafts) => {
      const { outcomes } = imported.parse(await daemon.command('memory.import', { drafts: drafts.map(wireDraft) }));
      return outcomes;
    },
    change: async (id, changes, links) => {
      const [first = [], ...others] = inParts(links, mostLinks);
      const calls = [
        { id, ...toolChanges(changes), ...linksText(first) },
        ...others.map((some) => ({ id, ...linksText(some) })),
      ];
      for (const input of calls) {
        const { text, isError } = await daemon.tool('memory_store', input);
        if (isError) return text.split('\n')[0]?.replace(/^error /, '');
        // The entry is changed then, and its links are not.
        const lost = /^LINKS NOT CHANGED: .*$/m.exec(text);
        if (lost !== null) return lost[0];
      }
      return undefined;
    },
  };
}

/** What one call of the tool takes. */
const mostLinks = 10;

function linksText(links: readonly string[]): JsonObject {
  return links.length === 0 ? {} : { links: links.join(',') };
}

/** Links are made when everything is there: by what it is called here. */
function wireDraft({
  content,
  sealed,
  links: _,
  formerId: __,
  recordedAt,
  validFrom,
  validTo,
  ...draft
}: ImportedDraft): JsonObject {
  return given({
    ...draft,
    content: sealed === undefined ? content : undefined,
    cipher: sealed && Buffer.from(sealed.cipher).toString('base64'),
    sealed_with: sealed?.sealedWith,
    valid_from: validFrom?.toISOString(),
    valid_to: validTo?.toISOString(),
    recorded: recordedAt?.toISOString(),
  });
}

/** As the tool takes it. */
function toolChanges({
  tags,
  visibility,
  readers = [],
  sensitive: _,
  validFrom,
  validTo,
  ...same
}: Changes): JsonObject {
  const who = readers.length > 0 ? readers.join(',') : visibility;
  const valid = validFrom === undefined && validTo === undefined ? undefined : [validFrom, validTo];
  return given({
    ...same,
    tags: tags?.join(','),
    visibility: who,
    valid: valid?.map((at) => at?.toISOString() ?? '').join('/'),
  });
}

function given(values: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
