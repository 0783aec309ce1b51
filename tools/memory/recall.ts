import { z } from 'zod';
import type { Memory, Question, Recalled } from '../../memory/engine.ts';
import { type Actor, instant } from '../../memory/entry.ts';
import { counted } from '../../src/cluster/index.ts';
import { type Answer, type Coverage, text, toolsFor } from '../../src/kit/index.ts';
import { byAgent, fitting, headed } from './blocks.ts';
import { fields, wordsOf } from './fields.ts';
import { given } from './given.ts';
import { shownHit } from './hit.ts';
import { actorOf, type MemoryPorts } from './port.ts';
import { plainName } from './words.ts';

const { defineTool } = toolsFor<MemoryPorts>();

const mostHits = 50;

const input = z.strictObject({
  query: fields.text.min(1).describe('a question, names, addresses, an error'),
  expanded: fields.text.optional().describe('other words for it'),
  category: fields.category,
  tags: fields.tags,
  session: fields.session,
  since: fields.since,
  as_of: fields.moment.optional().describe('true on 2026-03-01'),
  in: z.string().max(1_000).optional().describe('memories; corpora, or all'),
  limit: z
    .int()
    .refine((number) => number >= 1 && number <= mostHits, `takes 1 to ${mostHits}`)
    .optional()
    .describe('5 unless said'),
  rerank: z.boolean().optional().describe('slower, if configured'),
  budget: fields.budget,
});

/** The frame, the headline and what is said beside the hits. */
const frameBytes = 700;
const usualLimit = 5;

export const recall = defineTool({
  name: 'memory_recall',
  title: 'Recall memories',
  description:
    'Finds what was learned before: facts, decisions, fixes, preferences; whole entries, best first, with why. Ask before you investigate ' +
    'or answer from memory.',
  effect: 'read',
  alwaysLoad: true,
  input,
  async run(asked, { ports, principal, signal, now, room }) {
    const memory = await ports.memory();
    const by = actorOf(principal);
    const left = room - frameBytes;
    const recalled = await memory.recall(questionOf(asked, left), by, signal);
    const missing = await unseen(recalled, memory, ports.hasEmbeddings);
    const notes = recalled.notes.map(({ text: said, quotes = [] }) =>
      headed(said, quotes.length === 0 ? [] : [byAgent(quotes.join('\n'))]),
    );
    if (recalled.found === 0) return nothing(asked, memory, { by, missing, notes, now: now() });
    const taken = notes.reduce((sum, { bytes }) => sum + bytes, 0);
    const shown = fitting(
      recalled.hits.map((hit) => shownHit(hit, now())),
      left - taken,
    );
    return text({
      asOf: now(),
      coverage: { covered: coveredText(asked, by), missing },
      headline: headlineOf(recalled, shown.length),
      blocks: [...notes, ...shown].flatMap(({ blocks }) => blocks),
      notes: leftOut(recalled, shown.length, asked.limit ?? usualLimit),
    });
  },
});

type Asked = z.output<typeof input>;

function questionOf(asked: Asked, room: number): Question {
  const {
    query,
    expanded,
    category,
    tags,
    session,
    since,
    as_of: asOf,
    in: places,
    limit = usualLimit,
    rerank,
  } = asked;
  return {
    query,
    limit,
    room,
    ...given({
      expanded,
      category,
      tags: tags === undefined ? undefined : wordsOf(tags),
      session,
      since: since === undefined ? undefined : instant.parse(since),
      asOf: asOf === undefined ? undefined : instant.parse(asOf),
      corpora: places === undefined ? undefined : corporaOf(places),
      rerank,
    }),
  };
}

function corporaOf(places: string): readonly string[] | 'all' {
  const names = wordsOf(places);
  return names.includes('all') ? 'all' : names.filter((name) => name !== 'memories');
}

type Missing = NonNullable<Coverage['missing']>;

/** Embeddings that are configured and did not answer would have found more. */
async function unseen({ mode }: Recalled, memory: Memory, hasEmbeddings: boolean): Promise<Missing> {
  if (!hasEmbeddings || mode === 'hybrid') return [];
  const { state, reason } = await memory.dense.standing();
  if (state !== 'away' && state !== 'unsupported') return [];
  return [{ what: 'what has the meaning and none of the words', why: reason ?? `embeddings are ${state}` }];
}

function coveredText({ in: places = '', as_of }: Asked, by: Actor): string {
  const corpora = corporaOf(places);
  const others = corpora === 'all' ? ' and every corpus' : corpora.map((name) => `, ${plainName(name)}`).join('');
  const what = `memories that ${by.human} may read${others}`;
  return as_of === undefined ? what : `${what}, as of ${as_of}`;
}

function headlineOf({ found, mode }: Recalled, shown: number): string {
  const how = mode === 'hybrid' ? 'by words and meaning' : 'by words';
  return shown === found
    ? `${counted(found, 'hit')} ${how}`
    : `${shown} of ${counted(found, 'hit')} ${how}, best first`;
}

function leftOut({ found, hits }: Recalled, shown: number, limit: number): readonly string[] {
  if (shown === 0) return ['none of them fits: ask with a larger budget, or read them whole with memory_list ids'];
  if (shown === found) return [];
  const isLimit = shown === hits.length && shown >= limit;
  const others = found - shown;
  return [
    isLimit
      ? `${others} more with limit=${Math.min(found, mostHits)}`
      : `${others} more did not fit and ${others === 1 ? 'was' : 'were'} not cut: ask with budget= or a narrower query`,
  ];
}

async function nothing(
  asked: Asked,
  memory: Memory,
  { by, missing, notes, now }: { by: Actor; missing: Missing; notes: readonly ReturnType<typeof headed>[]; now: Date },
): Promise<Answer> {
  const { total } = await memory.list({ limit: 1 }, by);
  const filters = (['category', 'tags', 'session', 'since', 'as_of'] as const).filter(
    (name) => asked[name] !== undefined,
  );
  const tries = [
    ...(filters.length === 0 ? [] : [`without ${filters.join(', ')}`]),
    ...(asked.expanded === undefined ? ['other words in expanded='] : []),
    ...(asked.in === undefined ? ['in=all for documents and incidents'] : []),
  ];
  return text({
    asOf: now,
    coverage: { covered: `${coveredText(asked, by)} (${counted(total, 'memory', 'memories')})`, missing },
    headline: total === 0 ? 'NOTHING FOUND: nothing is stored yet' : 'NOTHING FOUND: no entry is about this',
    blocks: notes.flatMap(({ blocks }) => blocks),
    notes: [
      ...(total === 0 ? [] : [`try: ${tries.join('; ')}`]),
      'what you find out now, memory_store keeps for the next time',
    ],
  });
}
