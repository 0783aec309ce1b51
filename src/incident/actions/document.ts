import type { LentDatabase } from '../../store/port.ts';
import type { VerifyPredicate } from '../action.ts';
import { type DocumentNames, fail, type Looking, pass, type Seen, unknown } from './ports.ts';

type Wanted = Extract<VerifyPredicate, { readonly kind: 'document' }>;

export async function seeDocument({ corpus, name }: Wanted, { ports }: Looking): Promise<Seen> {
  if (ports.documents === undefined) return unknown('no documents are kept here');
  const isThere = await ports.documents.has(corpus, name);
  if (isThere === undefined) return unknown('there is no corpus of that name');
  return isThere ? pass('the document is there') : fail('the corpus has no document of that name');
}

/** `runbooks` are those that were brought in as runbooks as well; memories have no names. */
export function openDocumentNames({ database: lent }: { readonly database: LentDatabase }): DocumentNames {
  return {
    async has(corpus, name) {
      const database = await lent.whenOpen();
      const [found] = await database.query<{ readonly corpus: boolean; readonly document: boolean }>(
        `select
           exists (select from castellan.shelf where kind = 'corpus' and name = $1)
             or ($1 = 'runbooks' and exists (select from castellan.runbook)) as corpus,
           exists (
             select from castellan.section section join castellan.shelf shelf on shelf.id = section.shelf
             where shelf.kind = 'corpus' and shelf.name = $1 and section.document = $2
           ) or ($1 = 'runbooks' and exists (select from castellan.runbook where name = $2)) as document`,
        [corpus, name],
      );
      return found?.corpus === true ? found.document : undefined;
    },
  };
}
