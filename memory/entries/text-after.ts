import type { EntriesDependencies } from './dependencies.ts';
import { hashOf, hashOfSealed } from './hash.ts';
import type { proveChanges } from './prove.ts';
import { readPlainRevisions, type SealedRevision } from './revisions.ts';
import type { PlacedEntry } from './rows.ts';
import { type Sealed, seal } from './sealing.ts';

/**
 * What becomes of an entry's text.
 *
 *  plain  → plain    the new text, or the one it has
 *  plain  → sealed   the new text or the one it has, sealed; and all that it said before is sealed with it
 *  sealed → sealed   the new text, sealed; or what is sealed stays as it is
 *  sealed → plain    the new text: there is no other
 */
export type TextAfter =
  | {
      readonly isNew: true;
      /** Undefined: it is sealed. */
      readonly content: string | undefined;
      readonly sealed: Sealed | undefined;
      readonly hash: Uint8Array;
      readonly revisions: readonly SealedRevision[];
    }
  | { readonly isNew: false; readonly content: string | undefined; readonly revisions: readonly [] };

/** Errors: `memory-unsealed`. */
export async function textAfter(
  { database, sealer }: Pick<EntriesDependencies, 'database' | 'sealer'>,
  before: PlacedEntry,
  after: ReturnType<typeof proveChanges>,
): Promise<TextAfter> {
  const text = after.content ?? before.content;
  const isKept = text === undefined || (text === before.content && !after.sensitive);
  if (isKept) return { isNew: false, content: before.content, revisions: [] };
  if (!after.sensitive) return { isNew: true, content: text, sealed: undefined, hash: hashOf(text), revisions: [] };
  const revisions: SealedRevision[] = [];
  if (before.content !== undefined) {
    const { id, revision, content } = before;
    for (const plain of [...(await readPlainRevisions(database, id)), { revision, content }])
      revisions.push({ revision: plain.revision, ...(await seal(sealer, plain.content)) });
  }
  const sealed = await seal(sealer, text);
  return { isNew: true, content: undefined, sealed, hash: hashOfSealed(sealed.cipher), revisions };
}
