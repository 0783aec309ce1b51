import { type SignedDocument, signedDocument } from '../../change/document/documents.ts';
import type { Approver } from '../approvers/port.ts';
import { consoleError } from './errors.ts';

/** Everybody signs in their own session. Whether it is a signature at all, whoever acts on it proves. */
export function documentOf(text: string, approver: Approver): SignedDocument {
  const document = signedDocument.safeParse(jsonOf(text)).data;
  const signer = document?.approver;
  if (document !== undefined && signer?.name === approver.name && signer.credential === approver.approval.id) {
    return document;
  }
  throw consoleError('console-refused', {
    message: 'the document is none of whoever is logged in',
    next: 'log in as the one who signs, and ask for the document again',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw consoleError('console-malformed', {
      message: 'the document is no JSON',
      next: 'ask for the document again',
      cause: error,
    });
  }
}
