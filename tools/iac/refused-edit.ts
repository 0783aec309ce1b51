import type { EditReply } from '../../src/change/wire/edit.ts';
import { placeText, plainName } from './words.ts';

export type Refused = Extract<EditReply, { is: 'refused' }>;

export interface RefusalWords {
  readonly why: string;
  readonly next: string;
}

/** Why no edit is certain, and what to do instead; every word is ours or plain. */
export function refusalWords(refused: Refused): RefusalWords {
  const place = placeOf(refused);
  const there = place === undefined ? 'what stands for it in the source' : place;
  const byHand = `change ${place ?? 'it'} by hand, see what that does with terragrunt_plan, then change_propose`;
  switch (refused.why) {
    case 'no-owner':
      return {
        why: 'no owner found: no stack makes it, as far as its source says without running it',
        next: 'stack_show lists the stacks; what a chart or a person made is changed where it is made',
      };
    case 'several-owners':
      return {
        why: 'several resources of the source make an object of this name',
        next: 'give namespace, or read the stacks that stack_show lists',
      };
    case 'no-place':
      return {
        why: `${there} does not have the field, and has no place for it that is certain`,
        next: byHand,
      };
    case 'computed':
      return { why: `${computedText(refused, there)} is computed, and not written down as a value`, next: byHand };
    case 'shared':
      return {
        why: `the field stands at ${there} and ${sharersText(refused.others)} too`,
        next: `give this object a value of its own at its module call, or change all of them: ${byHand}`,
      };
    case 'ignored':
      return {
        why: 'the source leaves the field alone (ignore_changes): a controller owns it',
        next: 'change what that controller goes by: an autoscaler, an operator’s own object',
      };
    case 'same':
      return {
        why: `the source has this value already${place === undefined ? '' : ` at ${place}`}`,
        next: `where the cluster differs, apply the stack again: change_propose stacks=["${stackOf(refused)}"]`,
      };
    case 'secret':
      return {
        why: 'it is a secret, or its diff would show one',
        next: 'secret_request asks a human to write it; nothing else here changes a secret',
      };
    case 'not-proven':
      return { why: `an edit of ${there} could not be proven to do this and nothing else`, next: byHand };
  }
}

/** Another field than was wished may be: the namespace of an object says which one it is. */
function computedText({ field }: Refused, there: string): string {
  return field === 'metadata.namespace' ? `the namespace of what stands at ${there}` : there;
}

export function placeOf({ place }: Pick<Refused, 'place'>): string | undefined {
  return place === undefined ? undefined : plainName(placeText(place));
}

function stackOf({ stack }: Refused): string {
  return stack === undefined ? '…' : plainName(stack);
}

/** A folder and an address, in a form no two words of a sentence have. */
const sharer = /^[\w-][\w./-]{0,199} [a-z][\w-]*\.[\w.[\]"/-]{1,199}$/;

/** `2 others (stacks/blog kubectl_manifest.x, …) use it` */
function sharersText(others: readonly string[]): string {
  if (others.length === 0) return 'others use it';
  const named = sharer.test(others[0] ?? '') ? others[0] : '?';
  // No more than five are told.
  const count =
    others.length >= 5 ? 'five or more others' : others.length === 1 ? 'one other' : `${others.length} others`;
  return `${count} (${named}${others.length > 1 ? ', …' : ''}) use it`;
}
