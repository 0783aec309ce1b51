import { z } from 'zod';
import type { ListFilter } from '../../memory/engine.ts';
import { type Entry, instant, visibilities } from '../../memory/entry.ts';
import { agoText, counted } from '../../src/cluster/index.ts';
import {
  type Answer,
  type Cell,
  type JsonObject,
  type ToolContext,
  table,
  text,
  toolsFor,
  Untrusted,
} from '../../src/kit/index.ts';
import { fitting } from './blocks.ts';
import { fields, wordsOf } from './fields.ts';
import { given } from './given.ts';
import { actorOf, type MemoryPorts } from './port.ts';
import { wholeEntry } from './whole.ts';
import { idsText, plainName } from './words.ts';

const { defineTool } = toolsFor<MemoryPorts>();

const input = z.strictObject({
  ids: fields.ids.optional().describe('these, whole'),
  category: fields.category,
  tags: fields.tags,
  visibility: z.enum(visibilities).optional().describe('only these'),
  session: fields.session,
  source: fields.source,
  since: fields.since,
  mine: z.boolean().optional().describe('your own'),
  deleted: z.boolean().optional().describe('your deleted ones'),
  order: z.enum(['newest', 'oldest', 'importance']).optional().describe('newest unless said'),
  cursor: fields.cursor,
  budget: fields.budget,
});
type Asked = z.output<typeof input>;

export const list = defineTool({
  name: 'memory_list',
  title: 'List memories',
  description:
    'Lists entries by their beginning; with ids whole, links and history. Read one whole before you change it.',
  effect: 'read',
  searchHint: 'browse',
  input,
  run: (asked, context) => (asked.ids === undefined ? rows(asked, context) : whole(asked.ids, asked, context)),
});

const perPage = 50;
const previewed = 120;

const position = z.object({ at: z.coerce.date(), importance: z.number(), id: z.int(), skipped: z.int().min(0) });

async function rows(asked: Asked, { ports, principal, now, page }: ToolContext<MemoryPorts>): Promise<Answer> {
  const memory = await ports.memory();
  const by = actorOf(principal);
  const from = position.safeParse(page.position).data;
  const { entries, total } = await memory.list(filterOf(asked, from), by);
  const skipped = from?.skipped ?? 0;
  const isCut = entries.some(({ content }) => content !== undefined && preview(content) !== content);
  return table({
    asOf: now(),
    coverage: {
      covered: asked.deleted === true ? `deleted memories of ${by.human}` : `memories that ${by.human} may read`,
    },
    headline: total === 0 ? 'NONE of this kind' : counted(total, 'memory', 'memories'),
    columns: ['id', 'category', 'stored', 'by', 'visibility', 'beginning', 'shown', 'tags'],
    rows: entries.map((entry) => rowOf(entry, now())),
    total,
    skipped,
    continueAt: (shown) => page.mint(placeOf(entries, shown, skipped)),
    narrow: 'narrow with category=, tags=, since=',
    notes: isCut
      ? ['where it says CUT only the beginning is shown: before you change one, read it whole with memory_list ids=[…]']
      : [],
  });
}

function filterOf(asked: Asked, from: z.output<typeof position> | undefined): ListFilter {
  const { category, tags, visibility, session, source, since, mine, deleted, order } = asked;
  return {
    limit: perPage,
    ...given({
      category,
      tags: tags === undefined ? undefined : wordsOf(tags),
      visibility,
      session,
      source,
      since: since === undefined ? undefined : instant.parse(since),
      mine,
      deleted,
      order,
      after: from === undefined ? undefined : { at: from.at, importance: from.importance, id: from.id },
    }),
  };
}

/** Behind the last row that was shown. */
function placeOf(entries: readonly Entry[], shown: number, skipped: number): JsonObject {
  const last = entries[shown - skipped - 1];
  if (last === undefined) throw new Error('a page was to be continued before its first row');
  return { at: last.recordedAt.toISOString(), importance: last.importance, id: last.id, skipped: shown };
}

function rowOf(entry: Entry, now: Date): readonly Cell[] {
  const { id, category, recordedAt, author, visibility, content, tags } = entry;
  const beginning = content === undefined ? undefined : preview(content);
  return [
    `#${id}`,
    plainName(category),
    agoText(recordedAt, now),
    plainName(author),
    visibility,
    beginning === undefined ? 'SEALED' : Untrusted.byAgent(beginning),
    shownText(content, beginning),
    tags.length === 0 ? null : Untrusted.byAgent(tags.join(' ')),
  ];
}

/** The first characters, never half of one. */
function preview(content: string): string {
  const points = [...content.replace(/\s+/g, ' ')];
  return points.length <= previewed ? content : points.slice(0, previewed).join('');
}

function shownText(content: string | undefined, beginning: string | undefined): string {
  if (content === undefined || beginning === undefined) return '-';
  if (beginning === content) return 'whole';
  return `CUT: ${[...beginning].length} of ${[...content].length} characters`;
}

async function whole(
  ids: readonly number[],
  asked: Asked,
  { ports, principal, now, room }: ToolContext<MemoryPorts>,
): Promise<Answer> {
  const memory = await ports.memory();
  const by = actorOf(principal);
  const found = await memory.get([...new Set(ids)], by);
  const unknown = ids.filter((id) => !found.some(({ entry }) => entry.id === id));
  const shown = fitting(
    found.map((one) => ({ ...wholeEntry(one, now()), id: one.entry.id })),
    room - frameBytes,
  );
  const left = found.slice(shown.length).map(({ entry }) => entry.id);
  const ignored = Object.keys(asked).filter((name) => !['ids', 'budget'].includes(name));
  return text({
    asOf: now(),
    coverage: {
      covered: counted(found.length, 'memory', 'memories'),
      missing:
        unknown.length === 0
          ? []
          : [{ what: idsText([...new Set(unknown)]), why: 'there is none of this id that you may read' }],
    },
    headline:
      shown.length === found.length
        ? `${counted(shown.length, 'whole entry', 'whole entries')}`
        : `${shown.length} of ${found.length} entries`,
    blocks: shown.flatMap(({ blocks }) => blocks),
    notes: [
      ...(left.length === 0
        ? []
        : [`not shown, and not cut: ${idsText(left)}; ask for them alone, or with a larger budget`]),
      ...(ignored.length === 0 ? [] : [`beside ids these were not looked at: ${ignored.join(', ')}`]),
    ],
  });
}

/** The frame, the headline and the notes. */
const frameBytes = 600;
