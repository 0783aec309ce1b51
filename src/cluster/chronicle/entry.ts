import { createHash } from 'node:crypto';
import type { Untrusted } from '../../kit/index.ts';
import type { ObjectRef } from '../owner.ts';

/**
 * The chronicle: what happened in a cluster, followed by the daemon and kept after the cluster has forgotten it. Events die
 * after an hour and deleted pods at once; "what killed it last night" is answered from here.
 *
 *  fact      something an object tells of itself, or that differs from what was known of it
 *  entry     a fact as it is kept: one row for one thing about one object in one hour, with how often it happened
 *  state     what is remembered of an object, to see by it what changed
 *  span      from when to when a kind was followed without a break
 *  gap       what lies between two spans: nobody looked, so nobody knows; found on the first look after it is what the
 *            objects still tell, with the time between which it must have happened
 *
 * Everything in it comes out of a ClusterReader and so is redacted already. It is followed for as long as the daemon runs:
 * one that a session started leaves half an hour after its last client, and then there is a gap; one that runs as a service
 * leaves none.
 */
export const whats = [
  'event',
  'rollout',
  'image',
  'scale',
  'restart',
  'oom',
  'evicted',
  'deleted',
  'created',
  'node-condition',
  'node-boot',
  'node-version',
  'cordon',
  'job-started',
  'job-finished',
  'config-changed',
  'edited',
  'drift',
  'renewed',
] as const;
export type What = (typeof whats)[number];

export interface Fact {
  readonly what: What;
  /** When the cluster says that it happened; undefined: it says only that it has. */
  readonly at?: Date | undefined;
  readonly about: ObjectRef;
  /** What made what it is about, and so what somebody would ask for. */
  readonly root: ObjectRef;
  /** Something went wrong. */
  readonly warning?: boolean;
  /** Our sentence, of words whose form was checked. */
  readonly text: string;
  /** Tells it from another fact of its kind about the same root: the container, the revision, the template of a message. */
  readonly mark: string;
  /** An event's. */
  readonly reason?: string;
  /** What the cluster says about it: redacted, somebody else's. */
  readonly detail?: string | undefined;
  readonly count?: number;
}

/** A fact with its place in the chronicle. */
export interface Noted extends Fact {
  readonly key: string;
  readonly at: Date;
  readonly last: Date;
  /** It happened after this and before `at`. */
  readonly notBefore: Date | undefined;
  readonly count: number;
}

/** As it is read back. */
export interface Entry extends Omit<Noted, 'detail' | 'mark' | 'reason'> {
  readonly context: string;
  readonly reason: string | undefined;
  readonly detail: Untrusted | undefined;
  /** Of an event: what its message says without what changes; to compare, never to show. */
  readonly template: string;
}

const hourMs = 3_600_000;
const longestDetail = 500;
const mostTimes = 1_000_000_000;

/**
 * The same fact in the same hour has the same key, wherever and however often it is noticed. What others wrote may be of
 * any form; here it gets one that can be kept.
 */
export function noteFact(fact: Fact, noticed: Date, notBefore?: Date): Noted {
  const { what, root, about, mark, detail, count = 1 } = fact;
  const at = timeOf(fact, noticed);
  const hour = Math.floor(at.getTime() / hourMs);
  const parts = [what, about.kind, root.kind, root.namespace, root.name, mark, hour];
  return {
    ...fact,
    key: createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24),
    at,
    last: at,
    detail: detail !== undefined && detail.length > longestDetail ? `${detail.slice(0, longestDetail)}…` : detail,
    notBefore: fact.at === undefined ? notBefore : undefined,
    count: Math.min(mostTimes, Math.max(1, Math.trunc(count) || 1)),
  };
}

/** A clock that is ahead, or a time that is none: it happened when it was noticed. */
function timeOf({ at }: Fact, noticed: Date): Date {
  return at !== undefined && at.getTime() >= 0 && at < noticed ? at : noticed;
}
