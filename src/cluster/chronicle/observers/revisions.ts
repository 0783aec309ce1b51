import { z } from 'zod';
import type { JsonObject } from '../../../kit/index.ts';
import { at, numberAt, textAt } from '../../fields.ts';
import { type ObjectRef, ownerOf } from '../../owner.ts';
import type { ClusterObject } from '../../reader.ts';
import type { Fact } from '../entry.ts';
import { defineObserver, type Seen } from '../observer.ts';
import { condenseTemplate, imagesText, template, templateChange, templateShape } from '../template-words.ts';

/** Revisions of a workload: a Deployment's are ReplicaSets, a StatefulSet's and a DaemonSet's are ControllerRevisions. */
const state = z.object({
  owner: z.object({ kind: z.string(), name: z.string() }),
  revision: z.number(),
  created: z.string(),
  template,
});
type Revision = z.infer<typeof state>;

const revisionKey = 'deployment.kubernetes.io/revision';

export const replicaSets = defineObserver<Revision>({
  kind: 'ReplicaSet',
  kindId: 'replicasets.apps',
  shape: { metadata: { annotations: { [revisionKey]: true } }, spec: { template: templateShape } },
  state,
  condense: (object) =>
    condense(
      object,
      Number(textAt(at(object.body, 'metadata', 'annotations'), revisionKey)),
      at(object.body, 'spec', 'template'),
    ),
  tell: (seen) => rollout('replicasets.apps', seen),
});

export const controllerRevisions = defineObserver<Revision>({
  kind: 'ControllerRevision',
  kindId: 'controllerrevisions.apps',
  shape: { revision: true, data: { spec: { template: templateShape } } },
  state,
  condense: (object) =>
    condense(object, numberAt(object.body, 'revision'), at(object.body, 'data', 'spec', 'template')),
  tell: (seen) => rollout('controllerrevisions.apps', seen),
});

function condense(
  object: ClusterObject,
  revision: number | undefined,
  from: JsonObject | undefined,
): Omit<Revision, 'created'> | undefined {
  const owner = ownerOf(object);
  if (owner === undefined || revision === undefined || !Number.isInteger(revision)) return undefined;
  return {
    owner: { kind: owner.kind, name: owner.name },
    revision,
    template: condenseTemplate(from),
  };
}

/** A revision that is newer than others of its owner is a rollout; the first one is the owner's creation. */
function* rollout(kindId: string, { ref, now, before, known }: Seen<Revision>): Generator<Fact> {
  if (before?.revision === now.revision) return;
  const owner: ObjectRef = { group: 'apps', namespace: ref.namespace, ...now.owner };
  const others = known
    .ownedBy(kindId, owner)
    .filter(({ name }) => name !== ref.name)
    .flatMap((other) => state.safeParse(other.state).data ?? [])
    .filter(({ revision }) => revision < now.revision)
    .sort((a, b) => b.revision - a.revision);
  const [previous] = others;
  if (previous === undefined && now.revision === 1) return;
  // Rolled back to: the ReplicaSet is old, and what made it the newest again has left no time on it.
  const isOld = before !== undefined || others.some(({ created }) => created > now.created);
  const words = previous === undefined ? imagesText(now.template) : templateChange(previous.template, now.template);
  yield {
    what: 'rollout',
    at: isOld ? undefined : new Date(now.created),
    about: owner,
    root: owner,
    text: `revision ${now.revision}: ${isOld ? 'back to an earlier template: ' : ''}${words}`,
    mark: String(now.revision),
  };
}
