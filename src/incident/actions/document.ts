import type { VerifyPredicate } from '../action.ts';
import { fail, type Looking, pass, type Seen, unknown } from './ports.ts';

type Wanted = Extract<VerifyPredicate, { readonly kind: 'document' }>;

export async function seeDocument({ corpus, name }: Wanted, { ports }: Looking): Promise<Seen> {
  if (ports.documents === undefined) return unknown('no documents are kept here');
  const isThere = await ports.documents.has(corpus, name);
  if (isThere === undefined) return unknown('there is no corpus of that name');
  return isThere ? pass('the document is there') : fail('the corpus has no document of that name');
}
