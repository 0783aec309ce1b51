import { definePort } from '../../kit/index.ts';
import type { KeepReply, KeepRequest, KeepState } from './protocol.ts';

/**
 * The keep, asked one thing at a time. What comes back has the form of the wire and no error in it: the keep's errors are
 * thrown, as are `keep-unreachable`, `keep-socket-untrusted`, `keep-reply-invalid`, `keep-refused`, `keep-request-too-large`.
 */
export interface KeepClient {
  ask(request: KeepRequest, signal: AbortSignal): Promise<KeepReply>;
}

/** Provided by the group of stacks; the group of secrets and the daemon's redaction ask through it. */
export const keepPort = definePort<KeepClient>('keep');

/** Where a human decides about something. The address is the keep's own; the id is ours. */
export function placeToDecide({ console: origin }: Pick<KeepState, 'console'>, id: string): string {
  return origin !== undefined && /^https?:\/\/[\w.:-]{1,200}$/.test(origin)
    ? `${origin}/#/${id}`
    : "the keep's console, which this keep does not serve";
}
