import type { Conversation } from './locomo.ts';
import { type Document, observationDocuments, turnDocuments, turnDocumentsWithKeywords } from './locomo-documents.ts';
import { type Measure, type Measured, meanOf, measureRanking } from './measures.ts';

/** What is measured: a memory that was given the documents of one conversation and nothing else. */
export interface Retriever {
  load(documents: readonly Document[]): Promise<void>;
  /** Ids of documents, best first. */
  search(query: string, k: number): Promise<readonly string[]>;
  /** Names of sessions, best first. */
  searchSessions(query: string, k: number): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export const units = ['turns', 'turnsWithKeywords', 'observations', 'observationsAsPeer', 'sessions'] as const;
export type Unit = (typeof units)[number];

/** By question, in the order of the file: what a paired comparison needs. */
export type LocomoRows = Readonly<Record<Unit, readonly Measured[]>>;

/** Measures all units; each conversation of a unit gets a new, empty retriever. */
export async function measureLocomo(
  conversations: readonly Conversation[],
  retriever: () => Promise<Retriever>,
): Promise<LocomoRows> {
  const measured: Record<Unit, Measured[]> = {
    turns: [],
    turnsWithKeywords: [],
    observations: [],
    observationsAsPeer: [],
    sessions: [],
  };
  for (const conversation of conversations) {
    await withLoaded(retriever, turnDocuments(conversation), async (memory, turnsOf) => {
      for (const { text, evidence } of conversation.questions) {
        const found = await memory.search(text, depth);
        measured.turns.push(measureRanking(found.map(turnsOf), evidence));
        const sessions = await memory.searchSessions(text, depth);
        const gold = new Set([...evidence].map(sessionOf));
        measured.sessions.push(
          measureRanking(
            sessions.map((name) => [name]),
            gold,
          ),
        );
      }
    });
    await withLoaded(retriever, turnDocumentsWithKeywords(conversation), async (memory, turnsOf) => {
      for (const { text, evidence } of conversation.questions) {
        const found = await memory.search(text, depth);
        measured.turnsWithKeywords.push(measureRanking(found.map(turnsOf), evidence));
      }
    });
    await withLoaded(retriever, observationDocuments(conversation), async (memory, turnsOf) => {
      for (const { text, evidence, written } of conversation.questions) {
        const found = (await memory.search(text, depth)).map(turnsOf);
        measured.observations.push(measureRanking(found, evidence));
        measured.observationsAsPeer.push(measureAsPeer(found, written));
      }
    });
  }
  return measured;
}

const depth = 10;

async function withLoaded(
  retriever: () => Promise<Retriever>,
  documents: readonly Document[],
  run: (memory: Retriever, turnsOf: (id: string) => readonly string[]) => Promise<void>,
): Promise<void> {
  const turns = new Map(documents.map((document) => [document.id, document.turns]));
  const memory = await retriever();
  try {
    await memory.load(documents);
    await run(memory, (id) => turns.get(id) ?? []);
  } finally {
    await memory.dispose();
  }
}

function sessionOf(turn: string): string {
  return `session_${turn.slice(1, turn.indexOf(':'))}`;
}

/** As mcp-memory-service counts: every fact of an evidence turn is a hit, several of one turn are several, evidence as written. */
function measureAsPeer(found: readonly (readonly string[])[], written: ReadonlySet<string>): Measured {
  const hits = found.map((turns) => (turns.some((turn) => written.has(turn)) ? 1 : 0));
  const within = (k: number): number => hits.slice(0, k).reduce<number>((sum, hit) => sum + hit, 0);
  return {
    ...measureRanking(found, written),
    'r@1': within(1) / written.size,
    'r@5': within(5) / written.size,
    'r@10': within(10) / written.size,
  };
}

export type Figures = Readonly<Record<Measure, number>>;

/** Means: r@k and hit@k in per cent, mrr and ndcg@10 from 0 to 1. */
export function figuresOf(rows: readonly Measured[]): Figures {
  const mean = (measure: Measure): number => meanOf(rows.map((row) => row[measure]));
  const inPercent = (measure: Measure): number => 100 * mean(measure);
  return {
    'r@1': inPercent('r@1'),
    'r@5': inPercent('r@5'),
    'r@10': inPercent('r@10'),
    'hit@1': inPercent('hit@1'),
    'hit@5': inPercent('hit@5'),
    'hit@10': inPercent('hit@10'),
    mrr: mean('mrr'),
    'ndcg@10': mean('ndcg@10'),
  };
}
