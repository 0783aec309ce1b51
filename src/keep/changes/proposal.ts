import type { KeepRequest } from '../../change/wire/protocol.ts';
import type { ChangeProposal } from './port.ts';

/** A request of keep.sock without who asks. */
export function proposalOf(request: Extract<KeepRequest, { verb: 'propose'; kind: 'change' }>): ChangeProposal {
  const { stacks, patch, ref, reason, expect, revises, incident } = request;
  return { stacks, patch, ref, reason, expect, revises, incident };
}
