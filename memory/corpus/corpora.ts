import { createHash } from 'node:crypto';
import type { Database, Queryable } from '../../src/store/database.ts';
import type { SectionHit } from '../engine.ts';
import { memoryError } from '../errors.ts';
import { rankShown } from '../recall/candidates.ts';
import { openSearch, type SearchDependencies } from '../recall/find.ts';
import { analyse } from '../text/analyse.ts';
import type { Corpora, Corpus, CorpusDocument } from './port.ts';
import { readCorpusShelves } from './rows.ts';
import { cutIntoSections, type Section } from './sections.ts';

export interface CorporaDependencies extends SearchDependencies {
  readonly database: Database;
  now(): Date;
}

const longestCorpusName = 40;
const longestDocumentName = 400;
/** Of the text of one document, in characters. */
const longestDocument = 2_000_000;
/** Documents of one transaction: while it lasts, nobody else adds to this corpus. */
const documentsAtOnce = 20;
const mostHits = 50;
const ranked = 200;

export function createCorpora(dependencies: CorporaDependencies): Corpora {
  return {
    open: (name) => openCorpus(dependencies, proveCorpusName(name)),
    async names() {
      return (await readCorpusShelves(dependencies.database, 'all')).map(({ name }) => name);
    },
  };
}

function openCorpus(dependencies: CorporaDependencies, name: string): Corpus {
  const { database, postings, dense } = dependencies;
  const shelfOf = async (): Promise<number | undefined> => (await readCorpusShelves(database, [name]))[0]?.id;

  const replace = async (shelf: number, documents: readonly CutDocument[]): Promise<void> => {
    await database.transaction(async (transaction) => {
      // The shelf first, as everybody who writes to the index does.
      await postings.lock(transaction, [shelf]);
      const names = documents.map(({ document }) => document.name);
      await postings.retire(transaction, shelf, await takeOut(transaction, shelf, names));
      const added = [];
      for (const { document, hash, sections } of documents) {
        const ids = await insertSections(transaction, shelf, document, hash, sections);
        for (const [index, section] of sections.entries()) {
          const item = ids[index];
          if (item === undefined) throw new Error('a section that was inserted has no id');
          added.push({
            item,
            content: analyse(section.content),
            keywords: analyse(`${document.name} \n ${section.heading}`),
            // Sections of a document are neighbours as entries of a session are.
            session: document.name,
            seq: index,
          });
        }
      }
      await postings.add(transaction, shelf, added);
    });
  };

  const remove = async (shelf: number, names: readonly string[]): Promise<void> => {
    await database.transaction(async (transaction) => {
      await postings.lock(transaction, [shelf]);
      await postings.retire(transaction, shelf, await takeOut(transaction, shelf, names));
    });
    await postings.compact(shelf);
  };

  return {
    name,
    async put(documents) {
      const given = documents.map((document) => ({ document: proveDocument(document), hash: hashOf(document) }));
      if (new Set(documents.map((one) => one.name)).size < documents.length) {
        throw invalid('two documents of a corpus have the same name', 'give each document a name of its own');
      }
      if (given.length === 0) return { changed: 0, sections: 0 };
      const shelf = await makeShelf(database, name);
      const known = await readHashes(database, shelf);
      const changed = given
        .filter(({ document, hash }) => known.get(document.name) !== hash.toString('hex'))
        .map(({ document, hash }) => ({ document, hash, sections: cutIntoSections(document.title, document.text) }));
      for (let from = 0; from < changed.length; from += documentsAtOnce) {
        await replace(shelf, changed.slice(from, from + documentsAtOnce));
      }
      if (changed.length > 0) {
        await postings.compact(shelf);
        dense.wake();
      }
      return { changed: changed.length, sections: changed.reduce((sum, { sections }) => sum + sections.length, 0) };
    },

    async keepOnly(names) {
      const shelf = await shelfOf();
      if (shelf === undefined) return { removed: 0 };
      const kept = new Set(names);
      const gone = [...(await readHashes(database, shelf)).keys()].filter((one) => !kept.has(one));
      if (gone.length > 0) await remove(shelf, gone);
      return { removed: gone.length };
    },

    async remove(names) {
      const shelf = await shelfOf();
      if (shelf !== undefined && names.length > 0) await remove(shelf, names);
    },

    async search(query, { limit, signal }) {
      signal.throwIfAborted();
      const shelf = await shelfOf();
      if (shelf === undefined) return [];
      const search = await openSearch(dependencies, { query }, { shelves: [shelf], signal, corpora: new Set([shelf]) });
      const { ranked: rows } = await rankShown(database, search.best(ranked).found, {
        human: '',
        moment: { now: dependencies.now(), asOf: undefined },
        corpora: new Set([shelf]),
        volatile: new Set(),
      });
      return rows.slice(0, Math.min(limit, mostHits)).flatMap(({ ref, score, why, shown }): readonly SectionHit[] => {
        if (!('document' in shown)) return [];
        const { corpus, document, heading, content, at } = shown;
        return [{ kind: 'section', ref, score, why, corpus, document, heading, content, at }];
      });
    },
  };
}

interface CutDocument {
  readonly document: CorpusDocument;
  readonly hash: Buffer;
  readonly sections: readonly Section[];
}

function invalid(message: string, next: string): Error {
  return memoryError('corpus-invalid', { message, next });
}

function proveCorpusName(name: string): string {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= longestCorpusName) return name;
  throw invalid(
    `${JSON.stringify(name.slice(0, 60))} is not a name of a corpus`,
    `take lower case letters and digits with hyphens between, at most ${longestCorpusName} characters: runbooks`,
  );
}

function proveDocument(document: CorpusDocument): CorpusDocument {
  if (document.name.trim() === '' || document.name.length > longestDocumentName || /[\0\n]/.test(document.name)) {
    throw invalid(
      `a document has a name that is empty, of several lines or longer than ${longestDocumentName} characters`,
      'name it by its path or its id',
    );
  }
  if (document.text.length > longestDocument) {
    throw invalid(
      `the document ${JSON.stringify(document.name)} has ${document.text.length} characters; it may have ${longestDocument}`,
      'split it into documents of their own',
    );
  }
  // The database keeps no NUL, and nobody means one.
  return {
    ...document,
    title: document.title.replaceAll('\0', ''),
    text: document.text.replaceAll('\0', '').toWellFormed(),
  };
}

/** How documents are cut and analysed is part of it: with another way all of them are made anew. */
const cutting = 1;

function hashOf({ title, text, at }: CorpusDocument): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([cutting, title, text, at ?? null]))
    .digest();
}

async function makeShelf(database: Database, name: string): Promise<number> {
  await database.query(
    `insert into castellan.shelf (kind, name, owner, visibility, readers) values ('corpus', $1, '', 'public', '{}')
     on conflict do nothing`,
    [name],
  );
  const [shelf] = await readCorpusShelves(database, [name]);
  if (shelf === undefined) throw new Error('a shelf that was just made is not there');
  return shelf.id;
}

async function readHashes(queryable: Queryable, shelf: number): Promise<ReadonlyMap<string, string>> {
  const rows = await queryable.query<{ document: string; hash: Uint8Array }>(
    `select distinct on (document) document, document_hash as hash from castellan.section
     where shelf = $1 order by document, position`,
    [shelf],
  );
  return new Map(rows.map(({ document, hash }) => [document, Buffer.from(hash).toString('hex')]));
}

async function takeOut(
  transaction: Queryable,
  shelf: number,
  documents: readonly string[],
): Promise<readonly number[]> {
  const rows = await transaction.query<{ id: number }>(
    'delete from castellan.section where shelf = $1 and document = any ($2::text[]) returning id',
    [shelf, documents],
  );
  return rows.map(({ id }) => id);
}

/** Ids in the order of the sections. */
async function insertSections(
  transaction: Queryable,
  shelf: number,
  { name, at }: CorpusDocument,
  hash: Buffer,
  sections: readonly Section[],
): Promise<readonly number[]> {
  const rows = await transaction.query<{ id: number; position: number }>(
    `insert into castellan.section (shelf, document, position, heading, content, at, document_hash)
     select $1, $2, (cut.position - 1)::int4, cut.heading, cut.content, $3, $4
     from unnest($5::text[], $6::text[]) with ordinality as cut (heading, content, position)
     returning id, position`,
    [shelf, name, at ?? null, hash, sections.map(({ heading }) => heading), sections.map(({ content }) => content)],
  );
  return [...rows].sort((a, b) => a.position - b.position).map(({ id }) => id);
}
