import { z } from 'zod';
import type { Memory, Stored } from '../../memory/engine.ts';
import { type Actor, type Changes, type Draft, instant, type LinkTo } from '../../memory/entry.ts';
import { memoryError } from '../../memory/errors.ts';
import { CastellanError, text, toolsFor } from '../../src/kit/index.ts';
import { fields, wordsOf } from './fields.ts';
import { given } from './given.ts';
import { splitLinks } from './links.ts';
import { actorOf, type MemoryPorts } from './port.ts';
import { conflictNotes, similarBlocks, storedHeadline } from './stored.ts';
import { linkText } from './words.ts';

const { defineTool } = toolsFor<MemoryPorts>();

const input = z.strictObject({
  content: fields.text.optional().describe('all of it'),
  id: fields.id.optional().describe('changes it'),
  category: fields.category,
  tags: fields.tags,
  keywords: fields.text.optional().describe('synonyms'),
  importance: z.number().optional().describe('0 to 1'),
  visibility: fields.readers.optional().describe('private, public, human:ada; sealed'),
  session: fields.session,
  source: fields.source,
  valid: fields.interval.optional().describe('2026-03-01/'),
  links: fields.links.optional().describe('supersedes:12,resolved-by:7,part-of:3,see-also:9'),
  force: z.boolean().optional().describe('though alike'),
  budget: fields.budget,
});
type Asked = z.output<typeof input>;

export const store = defineTool({
  name: 'memory_store',
  title: 'Store a memory',
  description:
    'Keeps one thing, understood alone, ≤ 1,400 characters. With id: replaces it. Tells what contradicts it.',
  effect: 'record',
  alwaysLoad: true,
  input,
  async run(asked, { ports, principal, now }) {
    const memory = await ports.memory();
    const by = actorOf(principal);
    const done = asked.id === undefined ? await storeNew(asked, memory, by) : await change(asked.id, asked, memory, by);
    const [entry] = (await memory.get([done.stored.id], by)).map((whole) => whole.entry);
    return text({
      asOf: now(),
      coverage: { covered: `memories that ${by.human} may read` },
      headline: storedHeadline(done.stored, entry),
      blocks: similarBlocks(done.stored, now()),
      notes: [...done.notes, ...conflictNotes(done.stored)],
    });
  },
});

interface Done {
  readonly stored: Stored;
  readonly notes: readonly string[];
}

async function storeNew(asked: Asked, memory: Memory, by: Actor): Promise<Done> {
  const { content, links = '', session } = asked;
  if (content === undefined) throw invalid('there is no content', 'give content, or the id of an entry to change');
  const { add, remove } = splitLinks(links);
  if (remove.length > 0) throw invalid('a new entry has no links to take away', 'give links without the minus');
  const { validTo, ...parts } = partsOf(asked);
  const draft: Draft = {
    ...parts,
    content,
    ...(session === undefined ? {} : { session }),
    ...(validTo === undefined || validTo === null ? {} : { validTo }),
    ...(add.length === 0 ? {} : { links: add }),
  };
  return { stored: await memory.store(draft, by, { force: asked.force === true }), notes: [] };
}

/** The entry first, then its links: where those fail it is said, and what was changed stays changed. */
async function change(id: number, asked: Asked, memory: Memory, by: Actor): Promise<Done> {
  const { links = '', session } = asked;
  if (session !== undefined) throw invalid('the session of an entry is not changed', 'leave session out');
  const { add, remove } = splitLinks(links);
  const changes: Changes = partsOf(asked);
  const isChanged = Object.keys(changes).length > 0;
  if (!isChanged && add.length + remove.length === 0) {
    throw invalid(`nothing of #${id} was given to change`, 'give content, tags, links or another part of it');
  }
  const stored = isChanged
    ? await memory.update(id, changes, by, { force: asked.force === true })
    : ({ id, outcome: 'updated', similar: [] } as const);
  try {
    if (remove.length > 0) await memory.unlink(id, remove, by);
    if (add.length > 0) await memory.link(id, add, by);
    return { stored, notes: linkNotes(id, add, remove) };
  } catch (error) {
    if (!isChanged || !(error instanceof CastellanError)) throw error;
    return { stored, notes: [`LINKS NOT CHANGED: ${error.message}; ${error.next}`] };
  }
}

function linkNotes(id: number, add: readonly LinkTo[], remove: readonly LinkTo[]): readonly string[] {
  const said = (links: readonly LinkTo[]): string =>
    links.map(({ type, to }) => linkText({ type, direction: 'to', id: to })).join(', ');
  return [
    ...(add.length === 0 ? [] : [`#${id} now ${said(add)}`]),
    ...(remove.length === 0 ? [] : [`#${id} no longer ${said(remove)}`]),
  ];
}

function partsOf(asked: Asked) {
  const { content, category, tags, keywords, importance, visibility, source, valid } = asked;
  return given({
    content,
    category,
    tags: tags === undefined ? undefined : wordsOf(tags),
    keywords,
    importance,
    source,
    ...(visibility === undefined ? {} : readersOf(visibility)),
    ...(valid === undefined ? {} : validityOf(valid)),
  });
}

function readersOf(text: string): Pick<Draft, 'visibility' | 'readers' | 'sensitive'> {
  const words = wordsOf(text);
  const [first, ...others] = words.filter((word) => word !== 'sealed');
  return {
    ...(words.includes('sealed') ? { sensitive: true } : {}),
    ...(first === undefined
      ? {}
      : first === 'private' || first === 'public'
        ? { visibility: first, readers: [] }
        : { visibility: 'shared', readers: [first, ...others] }),
  };
}

/** An empty beginning stays what it is; an empty end is open. */
function validityOf(interval: string): { readonly validFrom?: Date; readonly validTo: Date | null } {
  const [from = '', to = ''] = interval.split('/');
  return {
    ...(from === '' ? {} : { validFrom: instant.parse(from) }),
    validTo: to === '' ? null : instant.parse(to),
  };
}

function invalid(message: string, next: string): CastellanError {
  return memoryError('memory-invalid', { message: `${message}; nothing was stored`, next });
}
