import type { ClusterReader } from '../../cluster/index.ts';
import type { Reach } from '../../kit/index.ts';
import type { Metrics } from '../../monitoring/port.ts';
import type { Probes } from '../../probe/port.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { Verified } from '../action.ts';
import type { InfraRepository } from '../sources/port.ts';

/** What predicates are asked of. What is undefined is not configured: what needs it is unknown. */
export interface VerifyPorts {
  readonly metrics: Reach<Metrics> | undefined;
  readonly repository: InfraRepository | undefined;
  readonly cluster: Reach<ClusterReader> | undefined;
  readonly probes: Probes | undefined;
  readonly documents: DocumentNames | undefined;
  /** Files are asked about as they may be shown: what is masked answers no guess. */
  readonly redactor: Pick<Redactor, 'text'>;
}

export interface DocumentNames {
  /** Whether a corpus has a document of exactly this name; undefined: there is no such corpus. */
  has(corpus: string, name: string): Promise<boolean | undefined>;
}

/** What one look saw; `detail` is ours alone. */
export type Seen = Omit<Verified, 'at'>;

export interface Looking {
  readonly ports: VerifyPorts;
  readonly signal: AbortSignal;
  readonly now: Date;
}

export function pass(detail: string): Seen {
  return { result: 'pass', detail };
}

export function fail(detail: string): Seen {
  return { result: 'fail', detail };
}

export function unknown(detail: string): Seen {
  return { result: 'unknown', detail };
}
