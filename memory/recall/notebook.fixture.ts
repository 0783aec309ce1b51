import { createHash } from 'node:crypto';
import type { Database, Queryable } from '../../src/store/database.ts';
import { standardCategories } from '../categories.ts';
import type { Dense, DenseStanding } from '../embed/port.ts';
import { nothing } from '../embed/standing.ts';
import type { MemoryHit, Question, Recalled } from '../engine.ts';
import { documentOf } from '../entries/indexed.ts';
import { findShelf } from '../entries/shelves.ts';
import type { Actor, LinkType, Visibility } from '../entry.ts';
import { openPostings } from '../postings/open.ts';
import type { NewDocument, Postings } from '../postings/port.ts';
import { loadAliases } from './aliases.ts';
import { createRecall, type RecallDependencies } from './recall.ts';

export interface Noted {
  readonly content: string;
  readonly owner?: string;
  readonly visibility?: Visibility;
  readonly readers?: readonly string[];
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly keywords?: string;
  readonly importance?: number;
  readonly source?: string;
  readonly session?: string;
  readonly seq?: number;
  readonly validFrom?: Date;
  readonly validTo?: Date;
  readonly at?: Date;
  readonly sensitive?: boolean;
}

export const now = new Date('2026-06-01T12:00:00Z');
export const robin: Actor = { human: 'human:robin', agent: 'agent:claude' };

/** Entries as they lie in the database and its index, without what `store` would prove of them. */
export class Notebook {
  readonly dependencies: RecallDependencies;
  readonly #database: Database;

  constructor(database: Database, dependencies: Partial<RecallDependencies> = {}) {
    this.#database = database;
    this.dependencies = {
      database,
      postings: openPostings(database),
      dense: denseOf({}),
      aliases: loadAliases(),
      categories: standardCategories,
      now: () => now,
      log: { warn: () => undefined },
      ...dependencies,
    };
  }

  /** Ids in the order given. */
  async write(...notes: readonly Noted[]): Promise<readonly number[]> {
    const placed: { readonly note: Noted; readonly shelf: number }[] = [];
    for (const note of notes) {
      const { owner = robin.human, visibility = 'public', readers = [] } = note;
      placed.push({ note, shelf: await findShelf(this.#database, { owner, visibility, readers }) });
    }
    return this.#database.transaction(async (transaction) => {
      const rows: { readonly id: number; readonly note: Noted; readonly shelf: number }[] = [];
      for (const one of placed) rows.push({ ...one, id: await insert(transaction, one.shelf, one.note) });
      for (const [shelf, own] of Map.groupBy(rows, (row) => row.shelf)) {
        await this.#postings.add(
          transaction,
          shelf,
          own.map(({ id, note }) => indexed(id, note)),
        );
      }
      return rows.map(({ id }) => id);
    });
  }

  /** Another text from a moment on; what it replaces is kept. */
  async rewrite(id: number, note: Noted, at: Date): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction.query(
        `insert into castellan.memory_revision (memory, revision, replaced_at, replaced_by, category, content, cipher,
           sealed_with, keywords, tags, importance, valid_from, valid_to)
         select id, revision, $2, 'agent:claude', category, content, cipher, sealed_with, keywords, tags, importance,
           valid_from, valid_to from castellan.memory where id = $1`,
        [id, at],
      );
      const [row] = await transaction.query<{ shelf: number }>(
        `update castellan.memory set content = $2, valid_from = coalesce($3, valid_from), valid_to = $4, updated_at = $5,
           revision = revision + 1 where id = $1 returning shelf`,
        [id, note.content, note.validFrom ?? null, note.validTo ?? null, at],
      );
      if (row === undefined) throw new Error('there is no such entry');
      await this.#postings.retire(transaction, row.shelf, [id]);
      await this.#postings.add(transaction, row.shelf, [indexed(id, note)]);
    });
  }

  async remove(id: number): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const [row] = await transaction.query<{ shelf: number }>(
        'update castellan.memory set deleted_at = $2 where id = $1 returning shelf',
        [id, now],
      );
      if (row === undefined) throw new Error('there is no such entry');
      await this.#postings.retire(transaction, row.shelf, [id]);
    });
  }

  async link(source: number | undefined, type: LinkType, target: number | undefined): Promise<void> {
    await this.#database.query(
      `insert into castellan.memory_link (source, type, target, made_by, made_at) values ($1, $2, $3, 'agent:claude', $4)`,
      [source ?? null, type, target ?? null, now],
    );
  }

  async clear(): Promise<void> {
    await this.#database.execute('truncate castellan.shelf cascade');
  }

  ask(question: Question, by: Actor = robin, signal = new AbortController().signal): Promise<Recalled> {
    return createRecall(this.dependencies)(question, by, signal);
  }

  get #postings(): Postings {
    return this.dependencies.postings;
  }
}

function indexed(id: number, note: Noted): NewDocument {
  return documentOf(id, {
    content: note.sensitive === true ? undefined : note.content,
    keywords: note.keywords ?? '',
    tags: note.tags ?? [],
    session: note.session,
    seq: note.seq,
  });
}

async function insert(transaction: Queryable, shelf: number, note: Noted): Promise<number> {
  const at = note.at ?? new Date('2026-01-01T00:00:00Z');
  const sealed = note.sensitive === true;
  const [row] = await transaction.query<{ id: number }>(
    `insert into castellan.memory (shelf, author, category, content, cipher, sealed_with, keywords, tags, importance, source,
       session, seq, valid_from, valid_to, recorded_at, updated_at, hash)
     values ($1, 'agent:claude', $2, $3, $4, $5, $6, $7::text[], $8, $9, $10, $11, $12, $13, $14, $14, $15) returning id`,
    [
      shelf,
      note.category ?? 'facts',
      sealed ? null : note.content,
      sealed ? new Uint8Array([1]) : null,
      sealed ? 'age' : null,
      note.keywords ?? '',
      note.tags ?? [],
      note.importance ?? 0.5,
      note.source ?? null,
      note.session ?? null,
      note.seq ?? null,
      note.validFrom ?? at,
      note.validTo ?? null,
      at,
      createHash('sha256').update(note.content).digest(),
    ],
  );
  if (row === undefined) throw new Error('an insert returned no row');
  return row.id;
}

const unconfigured: DenseStanding = {
  state: 'unconfigured',
  ...nothing,
  reason: undefined,
};

/** A dense leg that does as it is told; unless told, there is none. */
export function denseOf({
  share = 0,
  nearest = async () => undefined,
  rerank = async () => undefined,
  standing = {},
}: {
  readonly share?: number;
  readonly nearest?: Dense['nearest'];
  readonly rerank?: Dense['rerank'];
  readonly standing?: Partial<DenseStanding>;
}): Dense {
  return {
    wake: () => undefined,
    share: async () => share,
    nearest,
    rerank,
    standing: async () => ({ ...unconfigured, share, ...standing }),
    reembed: async () => ({ embedded: 0 }),
  };
}

export function contents({ hits }: Recalled): readonly string[] {
  return hits.map((hit) => (hit.kind === 'memory' ? (hit.entry.content ?? '') : hit.content));
}

export function first({ hits }: Recalled): MemoryHit {
  const [hit] = hits;
  if (hit?.kind !== 'memory') throw new Error('no memory was found');
  return hit;
}

export function told({ notes }: Recalled): string {
  return notes.map(({ text }) => text).join('\n');
}

/** Entries that no question of a test is about: what is rare is rare among something. */
export const filler: readonly Noted[] = Array.from({ length: 40 }, (_, index) => ({
  content: `note ${index}: the ${['heating', 'garden', 'kitchen', 'car'][index % 4]} was checked by Kim, all in order`,
}));
