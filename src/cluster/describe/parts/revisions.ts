import type { JsonObject } from '../../../kit/index.ts';
import { at, numberAt, textAt } from '../../fields.ts';
import { imagesOf } from '../../images.ts';
import { isOwnedBy } from '../../owner.ts';
import type { ClusterObject } from '../../reader.ts';
import type { Surroundings } from '../surroundings.ts';

/** One pod template a workload has or had. */
export interface Revision {
  readonly number: number;
  readonly created: Date | undefined;
  readonly template: JsonObject | undefined;
  readonly images: readonly string[];
  /** Pods it has now, where the revision itself counts them. */
  readonly pods: number | undefined;
}

/**
 * The newest first. A Deployment keeps a ReplicaSet for each, the others a ControllerRevision. A rollback raises the
 * number of an old one. Undefined when they could not be read.
 */
export function revisionsOf({ object, view, unread }: Surroundings): readonly Revision[] | undefined {
  const kindId = object.kind === 'Deployment' ? 'replicasets.apps' : 'controllerrevisions.apps';
  if (unread.has(kindId)) return undefined;
  return view
    .all(kindId)
    .filter((candidate) => isOwnedBy(candidate, object))
    .flatMap((candidate) => (kindId === 'replicasets.apps' ? replicaSet(candidate) : controllerRevision(candidate)))
    .sort((a, b) => b.number - a.number);
}

function replicaSet(object: ClusterObject): readonly Revision[] {
  const { body, created } = object;
  const number = Number(textAt(at(body, 'metadata', 'annotations'), 'deployment.kubernetes.io/revision'));
  if (!Number.isInteger(number) || number < 1) return [];
  const pods = numberAt(at(body, 'status'), 'replicas') ?? 0;
  return [{ number, created, template: at(body, 'spec', 'template'), images: imagesOf(object), pods }];
}

function controllerRevision(object: ClusterObject): readonly Revision[] {
  const number = numberAt(object.body, 'revision');
  const made = at(object.body, 'data');
  if (number === undefined || made === undefined) return [];
  const template = at(made, 'spec', 'template');
  return [{ number, created: object.created, template, images: imagesOf({ ...object, body: made }), pods: undefined }];
}
