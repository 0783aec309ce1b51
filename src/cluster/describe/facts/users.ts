import { at } from '../../fields.ts';
import { refText } from '../../owner.ts';
import { type PodReferences, referencesOf } from '../../pod/references.ts';
import { podTemplates, templateNeeds } from '../../pod/template.ts';
import { listed } from '../../words.ts';
import type { Need } from '../profile.ts';
import type { Surroundings } from '../surroundings.ts';

const container = { env: true, envFrom: true } as const;
const spec = {
  containers: container,
  initContainers: container,
  volumes: true,
  serviceAccountName: true,
  imagePullSecrets: true,
} as const;

/** What must be read to know who uses an object of a namespace. */
export function userNeeds(namespace: string): Readonly<Record<string, Need>> {
  const shapes = { ...templateNeeds({ spec }), pods: { spec }, 'replicasets.apps': {}, 'jobs.batch': {} };
  return Object.fromEntries(Object.entries(shapes).map(([id, shape]) => [id, { namespace, shape }]));
}

const mostUsers = 8;

/**
 * `used by Deployment shop/web, Pod shop/one-off`: what makes pods that need it, and pods that need it beyond their
 * template, as those of a StatefulSet need claims of their own.
 */
export function usersText(around: Surroundings, needs: (references: PodReferences) => boolean): string {
  const { object, view, unread } = around;
  const unseen = Object.keys(userNeeds('')).filter((id) => unread.has(id));
  const made = podTemplates(view).filter((template) => needs(referencesOf(template.spec)));
  const told = new Set(made.map(({ owner }) => refText(owner)));
  const alone = view
    .selected('pods', object.namespace, {})
    .filter((pod) => !told.has(refText(view.rootOf(pod))) && needs(referencesOf(at(pod.body, 'spec'))));
  const users = [
    ...made.map(({ owner, wants }) => `${refText(owner)}${wants === 'parked' ? ' (scaled to 0)' : ''}`),
    ...alone.map((pod) => refText(pod)),
  ];
  const known = users.length === 0 ? 'used by no workload or pod' : `used by ${listed(users, mostUsers)}`;
  return unseen.length === 0 ? known : `${known}, as far as could be seen: ${unseen.join(', ')} could not be read`;
}
