import { at, textAt } from '../../fields.ts';
import { healthOf } from '../../health/health-of.ts';
import { conditionsOf } from '../../health/verdict.ts';
import { containersOf } from '../../pod/containers.ts';
import { referencesOf } from '../../pod/references.ts';
import { podSpecOf } from '../../pod/template.ts';
import type { ClusterObject } from '../../reader.ts';
import { nameText } from '../../words.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

/**
 *  there    measured, and there
 *  missing  measured, and not there or of no use
 *  unknown  nobody said; a Secret is never read, so only those who make or need it can tell
 */
interface Reference {
  readonly state: 'there' | 'missing' | 'unknown';
  readonly says: string;
}

/** What its pods need before they can start, and whether it is there. */
export function referencesSection(around: Surroundings): Section | undefined {
  const spec = podSpecOf(around.object);
  if (spec === undefined) return undefined;
  const { secrets, configMaps, claims, serviceAccount } = referencesOf(spec);
  const references = [
    ...[...secrets].map((name) => secretState(name, around)),
    ...[...configMaps].map((name) => objectState('configmaps', 'ConfigMap', name, around)),
    ...[...claims].map((name) => claimState(name, around)),
    objectState('serviceaccounts', 'ServiceAccount', serviceAccount, around),
  ];
  const of = (state: Reference['state']): readonly string[] =>
    references.filter((reference) => reference.state === state).map(({ says }) => says);
  const list = (word: string, says: readonly string[]) =>
    says.length === 0 ? undefined : `${word}: ${says.join(', ')}`;
  return section('needs', [...of('missing'), list('unknown', of('unknown')), list('there', of('there'))]);
}

function objectState(kindId: string, kind: string, name: string, { object, view, unread }: Surroundings): Reference {
  const says = `${kind} ${nameText(name)}`;
  if (unread.has(kindId)) return { state: 'unknown', says };
  return view.get(kindId, object.namespace, name) === undefined
    ? { state: 'missing', says: `MISSING ${says}` }
    : { state: 'there', says };
}

function claimState(name: string, around: Surroundings): Reference {
  const kindId = 'persistentvolumeclaims';
  const known = objectState(kindId, 'PersistentVolumeClaim', name, around);
  const claim = around.view.get(kindId, around.object.namespace, name);
  if (claim === undefined) return known;
  const health = healthOf(claim);
  const { status, summary } = health.judge(claim, around.now);
  const says = `${known.says} (${[summary, ...health.cells(claim)].join(', ')})`;
  if (status === 'problem') return { state: 'missing', says: `NOT USABLE ${says}` };
  return { state: status === 'ok' ? 'there' : 'unknown', says };
}

/** Known from those who make it and from the kubelet, which says so when a pod needs one that is not there. */
export function secretState(name: string, around: Surroundings): Reference {
  const says = `Secret ${nameText(name)}`;
  if (isMissedByKubelet(name, around))
    return { state: 'missing', says: `MISSING ${says} (the kubelet did not find it)` };
  const maker = makerOf(name, around);
  if (maker === undefined) return { state: 'unknown', says: `${says} (Secrets are not read)` };
  const by = `${maker.kind} ${maker.name}`;
  return conditionsOf(maker).some(({ type, status }) => type === 'Ready' && status === 'True')
    ? { state: 'there', says: `${says} (made by ${by})` }
    : { state: 'unknown', says: `${says} (${by}, which makes it, is not ready)` };
}

/** The ExternalSecret or Certificate that makes a Secret, if one says it does. */
export function makerOf(name: string, { object, view }: Surroundings): ClusterObject | undefined {
  const here = (kindId: string): readonly ClusterObject[] => view.selected(kindId, object.namespace, {});
  return (
    here('externalsecrets.external-secrets.io').find((one) => targetSecretOf(one) === name) ??
    here('certificates.cert-manager.io').find(({ body }) => textAt(at(body, 'spec'), 'secretName') === name)
  );
}

/** The Secret an ExternalSecret makes. */
export function targetSecretOf({ name, body }: ClusterObject): string {
  return textAt(at(body, 'spec', 'target'), 'name') ?? name;
}

function isMissedByKubelet(secret: string, { pods, view }: Surroundings): boolean {
  const waiting = (pods ?? []).flatMap((pod) =>
    containersOf(pod).map(({ status }) => textAt(at(status, 'state', 'waiting'), 'message')),
  );
  const events = view
    .all('events')
    .filter(({ body }) => (pods ?? []).some(({ name }) => name === textAt(at(body, 'involvedObject'), 'name')))
    .map(({ body }) => textAt(body, 'message'));
  return [...waiting, ...events].some((message) => message?.includes(`secret "${secret}" not found`) === true);
}
