import { at, dateAt, latest, numberAt, textAt } from '../fields.ts';
import type { ObjectRef } from '../owner.ts';
import type { ClusterObject } from '../reader.ts';
import type { Shape } from '../shape.ts';
import { plainText } from '../words.ts';

/**
 * An Event object as one reads it. The API server serves each under two groups, `v1` and `events.k8s.io/v1`, with other
 * field names; whoever wrote it, either shows it.
 */
export interface SeenEvent {
  readonly uid: string;
  readonly version: string;
  /** `Warning`, or anything else. */
  readonly warning: boolean;
  /** CamelCase by convention and in its form here, somebody else's word all the same. */
  readonly reason: string;
  /** Redacted, somebody else's. */
  readonly message: string;
  readonly about: ObjectRef;
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
}

export const eventShape: Shape = {
  metadata: { uid: true, resourceVersion: true },
  type: true,
  reason: true,
  message: true,
  note: true,
  count: true,
  deprecatedCount: true,
  series: { count: true, lastObservedTime: true },
  eventTime: true,
  firstTimestamp: true,
  lastTimestamp: true,
  deprecatedFirstTimestamp: true,
  deprecatedLastTimestamp: true,
  involvedObject: { kind: true, namespace: true, name: true },
  regarding: { kind: true, namespace: true, name: true },
};

const kindForm = /^[A-Za-z]{1,60}$/;
const nameForm = /^[a-z0-9][-a-z0-9.:]{0,252}$/;
const reasonForm = /^[A-Za-z][\w.-]{0,60}$/;

export function readEvent(object: ClusterObject): SeenEvent {
  const { body } = object;
  const metadata = at(body, 'metadata');
  const about = at(body, 'involvedObject') ?? at(body, 'regarding');
  const series = at(body, 'series');
  const created = object.created ?? new Date(0);
  const occurred = dateAt(body, 'eventTime');
  const seen = [
    dateAt(series, 'lastObservedTime'),
    dateAt(body, 'lastTimestamp') ?? dateAt(body, 'deprecatedLastTimestamp'),
    occurred,
  ].filter((time) => time !== undefined);
  const last = seen.length === 0 ? undefined : latest(...seen);
  const first = dateAt(body, 'firstTimestamp') ?? dateAt(body, 'deprecatedFirstTimestamp') ?? occurred;
  const namespace = textAt(about, 'namespace') ?? '';
  return {
    uid: textAt(metadata, 'uid') ?? `${object.namespace}/${object.name}`,
    version: textAt(metadata, 'resourceVersion') ?? '',
    warning: textAt(body, 'type') === 'Warning',
    reason: plainText(textAt(body, 'reason'), reasonForm),
    message: textAt(body, 'message') ?? textAt(body, 'note') ?? '',
    about: {
      group: '',
      kind: plainText(textAt(about, 'kind'), kindForm),
      namespace: namespace === '' ? '' : plainText(namespace, nameForm),
      name: plainText(textAt(about, 'name'), nameForm),
    },
    count: numberAt(series, 'count') ?? numberAt(body, 'count') ?? numberAt(body, 'deprecatedCount') ?? 1,
    first: first ?? last ?? created,
    last: last ?? created,
  };
}
