import type { AssertionAnswer, RequestOptions } from '../../../src/keep/console/api.ts';
import type { Keep, Signed } from '../wire/keep.ts';
import { type CheckedDraft, checkDraft, type Shown } from './check-draft.ts';
import type { Subject } from './subject.ts';

/**
 *  drafting ─▶ signing ─▶ sending ─▶ done        each may end in a Problem instead, and then nothing was signed, or nothing taken
 */
export type SignStep =
  | { readonly step: 'drafting' }
  | { readonly step: 'signing'; readonly draft: CheckedDraft }
  | { readonly step: 'sending'; readonly draft: CheckedDraft };

interface Signing {
  readonly subject: Subject;
  readonly shown: Shown;
  onStep(step: SignStep): void;
}

export async function signSubject<Answer>(
  {
    keep,
    askPasskey,
  }: { keep: Pick<Keep, 'draft'>; askPasskey: (options: RequestOptions) => Promise<AssertionAnswer> },
  { subject, shown, onStep }: Signing,
  send: (signed: Signed) => Promise<Answer>,
): Promise<Answer> {
  onStep({ step: 'drafting' });
  const written = await keep.draft(subject);
  const draft = await checkDraft(written, subject, shown, new Date());
  onStep({ step: 'signing', draft });
  const assertion = await askPasskey(written.options);
  onStep({ step: 'sending', draft });
  return send({ document: written.document, assertion });
}
