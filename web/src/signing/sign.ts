import type { AssertionAnswer, RequestOptions, Taken } from '../../../src/keep/console/api.ts';
import type { Keep } from '../wire/keep.ts';
import { type CheckedDraft, checkDraft, type Shown } from './check-draft.ts';
import type { Subject } from './subject.ts';

/**
 *  drafting ─▶ signing ─▶ sending ─▶ done        each may end in a Problem instead, and then nothing was signed, or nothing taken
 */
export type SignStep =
  | { readonly step: 'drafting' }
  | { readonly step: 'signing'; readonly draft: CheckedDraft }
  | { readonly step: 'sending'; readonly draft: CheckedDraft };

export async function signSubject(
  { keep, askPasskey }: { keep: Keep; askPasskey: (options: RequestOptions) => Promise<AssertionAnswer> },
  subject: Subject,
  shown: Shown,
  onStep: (step: SignStep) => void,
): Promise<Taken> {
  onStep({ step: 'drafting' });
  const written = await keep.draft(subject);
  const draft = await checkDraft(written, subject, shown, new Date());
  onStep({ step: 'signing', draft });
  const assertion = await askPasskey(written.options);
  onStep({ step: 'sending', draft });
  return keep.sign(written.document, assertion);
}
