import {
  type DocumentKind,
  type DocumentOf,
  type SignedDocument,
  signedDocument,
} from '../../change/document/documents.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { approvalRefused } from './errors.ts';

/**
 * The document that a text is, if it is one of this kind and the text is its canonical form to the byte: a second text of the
 * same document would be a second signature for it. Errors: `approval-refused`.
 */
export function readSignedText<Kind extends DocumentKind>(text: string, kind: Kind): DocumentOf<Kind> {
  const document = parse(text);
  if (document === undefined) throw approvalRefused('what was signed is no document of this keep’s');
  if (!isOfKind(document, kind)) {
    throw approvalRefused(`what was signed is a document to ${document.kind}, and none to ${kind}`);
  }
  if (canonicalJson(document) !== text) throw approvalRefused('the document is not written in its canonical form');
  return document;
}

function isOfKind<Kind extends DocumentKind>(document: SignedDocument, kind: Kind): document is DocumentOf<Kind> {
  return document.kind === kind;
}

function parse(text: string): SignedDocument | undefined {
  try {
    return signedDocument.safeParse(JSON.parse(text)).data;
  } catch {
    // No JSON, or nested deeper than anything a human signs.
    return undefined;
  }
}

const skewMs = 30_000;
/** From the drafting of a document to its signature. */
export const signWithinMs = 5 * 60_000;
/** An approval is good until its apply has begun, which may wait for others. */
const approvalWithinMs = 24 * 3_600_000;

/** Why a document was not good at that time; undefined when it was. */
export function flawOfTimes({ kind, issuedAt, expiresAt }: SignedDocument, at: Date): string | undefined {
  const [from, until, now] = [Date.parse(issuedAt), Date.parse(expiresAt), at.getTime()];
  const longest = kind === 'approve' || kind === 'break-glass' ? approvalWithinMs : signWithinMs;
  if (!(until > from)) return 'it ends before it begins';
  if (until - from > longest) return 'it is good for longer than any document is';
  if (from > now + skewMs) return 'it was issued in the future';
  if (until <= now) return 'it expired';
  return undefined;
}
