import type { Memory } from '../../memory/engine.ts';
import type { Actor } from '../../memory/entry.ts';
import type { Variant } from '../../memory/own-bench.ts';
import type { Principal, ProbeFinding } from '../../src/kit/index.ts';

/** What the tools of this group run against. */
export interface MemoryPorts {
  /** Waits for the database, which opens behind the sockets. Errors: `store-unavailable`, and what of its configuration cannot hold. */
  memory(): Promise<Memory>;
  /** Embeddings are configured: where a recall is lexical all the same, that is told. */
  readonly hasEmbeddings: boolean;
  /** What doctor tells. */
  findings(): Promise<readonly ProbeFinding[]>;
  /** Recall with everything that is configured, and without each leg: to be measured against each other. */
  variants(): Promise<Variants>;
  /** The hook at the end of an answer keeps what was said to be kept; off unless castellan.yaml says so. */
  readonly learning: boolean;
}

export interface Variants extends AsyncDisposable {
  readonly each: readonly Variant[];
}

/** For whom: from the socket or the token a call came through, and from nothing in it. */
export function actorOf({ human, agent }: Principal): Actor {
  return { human, agent };
}
