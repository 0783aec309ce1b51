import type { ChangeView } from '../../src/change/wire/change.ts';

/**
 * The objects a change changed, as everything else of an incident names them: `Deployment shop/web`. The keep makes a name of the type
 * of a resource and what its source says; what it could not name, and what a chart has in it, is left out.
 */
export function changedObjects({ summary }: Pick<ChangeView, 'summary'>): readonly string[] {
  const named = (summary?.changes ?? [])
    .filter(({ action }) => !untouched.has(action))
    .flatMap(({ object }) => nameOf(object) ?? []);
  return [...new Set(named)];
}

/** Of those objects; where none could be named, nobody knows. */
export function changedNamespaces(view: Pick<ChangeView, 'summary'>): readonly string[] {
  const found = changedObjects(view).flatMap((object) => {
    const [kind = '', place = ''] = object.split(' ');
    if (kind === 'Namespace') return [place];
    return place.includes('/') ? place.slice(0, place.indexOf('/')) : [];
  });
  return [...new Set(found)];
}

/** What is only read, or known to the engine by another name, is as it was. */
const untouched: ReadonlySet<string> = new Set(['read', 'move', 'forget', 'import', 'no-op']);
const form = /^([A-Za-z][A-Za-z0-9]{0,62}) (?:([a-z0-9-]{1,63})\/)?([a-z0-9][a-z0-9.:-]{0,252})$/;

/** Types of the provider whose words are not those of the kind. */
const kinds: Readonly<Record<string, string>> = {
  Daemonset: 'DaemonSet',
  ConfigMapV1Data: 'ConfigMap',
  SecretV1Data: 'Secret',
  DefaultServiceAccount: 'ServiceAccount',
};
const workloads: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'ReplicaSet',
  'StatefulSet',
]);

function nameOf(object: string | undefined): string | undefined {
  const [, said = '', namespace, name] = form.exec(object ?? '') ?? [];
  if (name === undefined || said === 'HelmRelease') return undefined;
  const kind = Object.hasOwn(kinds, said) ? (kinds[said] ?? said) : said;
  // What names no namespace is in the one of that name.
  const place = namespace ?? (workloads.has(kind) ? 'default' : undefined);
  return place === undefined ? `${kind} ${name}` : `${kind} ${place}/${name}`;
}
