import type { KeepReply, KeepRequest } from '../../src/change/wire/protocol.ts';
import type { ClusterReader } from '../../src/cluster/index.ts';
import type { Reach } from '../../src/kit/index.ts';

/** What the tools of this group run against. */
export interface IacPorts {
  readonly keep: KeepClient;
  /** Undefined where no cluster is configured. */
  readonly cluster: Reach<ClusterReader> | undefined;
}

/**
 * The keep, asked one thing at a time. What comes back has the form of the wire and no error in it: the keep's errors are
 * thrown, as are `keep-unreachable`, `keep-socket-untrusted`, `keep-reply-invalid`, `keep-refused`, `keep-request-too-large`.
 */
export interface KeepClient {
  ask(request: KeepRequest, signal: AbortSignal): Promise<KeepReply>;
}
