import type { DocumentKind, DocumentOf, SignedDocument } from '../../change/document/documents.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { approvalRefused } from '../approvers/errors.ts';
import { signWithinMs } from '../approvers/signed-text.ts';
import type { Subject } from './port.ts';

type Envelope = 'v' | 'keep' | 'nonce' | 'issuedAt' | 'expiresAt' | 'approver';
export type BodyOf<Kind extends DocumentKind> = Kind extends DocumentKind ? Omit<DocumentOf<Kind>, Envelope> : never;
/** What a document says, without who signs it and when. */
export type DocumentBody = BodyOf<DocumentKind>;

/** A document that waits for its signature, in memory: a keep that was started since did not write it. */
export interface Draft {
  readonly document: SignedDocument;
  readonly subject: Subject;
  readonly body: DocumentBody;
  readonly at: Date;
}

export interface Drafts {
  keep(draft: Draft): void;
  /** By its canonical text. Errors: `approval-refused`, when this keep did not write it within the last minutes. */
  find(text: string): Draft;
  forget(text: string): void;
}

/** More than humans read at a time; the oldest are forgotten. */
const mostDrafts = 200;

export function createDrafts(now: () => Date): Drafts {
  const drafts = new Map<string, Draft>();

  const forgetOld = (): void => {
    for (const [text, { at }] of drafts) {
      if (now().getTime() - at.getTime() > signWithinMs || drafts.size > mostDrafts) drafts.delete(text);
    }
  };

  return {
    keep: (draft) => {
      drafts.set(canonicalJson(draft.document), draft);
      forgetOld();
    },
    find: (text) => {
      forgetOld();
      const draft = drafts.get(text);
      if (draft !== undefined) return draft;
      throw approvalRefused('this keep did not write the document within the last minutes');
    },
    forget: (text) => {
      drafts.delete(text);
    },
  };
}
