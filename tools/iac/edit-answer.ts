import type { EditReply } from '../../src/change/wire/edit.ts';
import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import { type Answer, text, Untrusted } from '../../src/kit/index.ts';
import type { AskedOwner } from './asked-owner.ts';
import { iacError } from './errors.ts';
import { stepsOf } from './field-names.ts';
import { changesText } from './prepared-words.ts';
import { refusalWords } from './refused-edit.ts';
import { wishedValue } from './wished-value.ts';
import { keepNotes, placeText, plainName } from './words.ts';

/** As many as the keep takes. */
const mostWishes = 20;

export interface AskedEdit {
  readonly owner: AskedOwner;
  /** Whole names; several where one literal stands for all of them. */
  readonly fields: readonly string[];
  readonly value: string;
  /** What stands there is masked: then no answer depends on what is wished. */
  readonly isMasked: boolean;
  readonly keep: KeepClient;
  readonly signal: AbortSignal;
}

/** The edit of the source that gives the fields this value, as a diff to propose; or why none is certain. */
export async function editAnswer({ owner, fields, value, isMasked, keep, signal }: AskedEdit): Promise<Answer> {
  const { live, what, now } = owner;
  const object = { kind: live.kind, name: live.name, ...(live.namespace === '' ? {} : { namespace: live.namespace }) };
  const wishes = fields.slice(0, mostWishes).map((field) => {
    const path = stepsOf(field);
    return { path: [...path], value: wishedValue(path, value) };
  });
  const reply = isMasked
    ? { keep: owner.keep, edit: maskedLiteral }
    : await keep.ask({ verb: 'status', of: 'edit', object, wishes }, signal);
  const edit = editOf(reply);
  const frame = {
    asOf: now,
    coverage: { covered: `${what}: its source in the trusted base; nothing was changed or planned` },
  };
  if (edit.is === 'refused') {
    const { why, next } = refusalWords(edit);
    return text({
      ...frame,
      headline: `NO EDIT: ${why}`,
      blocks: [`of ${what}: ${fields.slice(0, 3).map(plainName).join(', ')}`],
      notes: [next, ...keepNotes(reply.keep, now)],
    });
  }
  return text({
    ...frame,
    headline: `an edit of ${plainName(placeText(edit.place))} (stack ${plainName(edit.stack)}) sets ${changesText(edit)}`,
    blocks: [new Untrusted(edit.patch)],
    notes: [
      'give the lines of the diff, without "| ", as patch to change_propose with a reason; a human signs it. terragrunt_plan shows what it does',
      ...keepNotes(reply.keep, now),
    ],
  });
}

const maskedLiteral: EditReply = { is: 'refused', why: 'secret', others: [] };

/** Errors: `keep-reply-invalid` from a keep that does not answer what it was asked. */
export function editOf({ edit }: { readonly edit?: EditReply | undefined }): EditReply {
  if (edit !== undefined) return edit;
  throw iacError('keep-reply-invalid', {
    message: 'what came back from the keep tells of no edit',
    next: 'run keep and daemon of one version: restart both after an upgrade',
  });
}
