import { at, textAt } from '../../fields.ts';
import { healthOf } from '../../health/health-of.ts';
import { nameText, plainText, quantityText } from '../../words.ts';
import { statusText } from '../parts/tally.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { usersText } from './users.ts';

/** What a claim asks for and has, the volume behind it, where that is attached, and who mounts it. */
export function claimFacts(around: Surroundings): Section | undefined {
  const { object, view, unread, now } = around;
  const [spec, status] = [at(object.body, 'spec'), at(object.body, 'status')];
  const asked = quantityText(at(spec, 'resources', 'requests')?.['storage']);
  const given = quantityText(at(status, 'capacity')?.['storage']);
  const volumeName = textAt(spec, 'volumeName');
  const volume = volumeName === undefined ? undefined : view.get('persistentvolumes', '', volumeName);
  return section('claim', [
    `${plainText(textAt(status, 'phase'), /^[A-Za-z]{1,20}$/)}, asks ${asked}, has ${given}, ${modesText(spec?.['accessModes'])}`,
    classText(around, textAt(spec, 'storageClassName')),
    volumeName === undefined ? 'no volume yet' : undefined,
    volumeName !== undefined && volume === undefined
      ? `volume ${nameText(volumeName)}: ${unread.has('persistentvolumes') ? 'unknown' : 'NOT there'}`
      : undefined,
    volume === undefined ? undefined : `volume ${volume.name}: ${statusText(healthOf(volume).judge(volume, now))}`,
    attachedText(around, volumeName),
    usersText(around, ({ claims }) => claims.has(object.name)),
  ]);
}

export function modesText(modes: unknown): string {
  const known = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
  return Array.isArray(modes) ? known.filter((mode) => modes.includes(mode)).join(' ') : 'no access mode';
}

/** A class that is not there never gets a volume. */
export function classText({ view, unread }: Surroundings, name: string | undefined): string {
  const kindId = 'storageclasses.storage.k8s.io';
  if (name === undefined) return 'no storage class named';
  if (name === '') return 'no storage class: only volumes without one fit';
  const there = view.get(kindId, '', name);
  if (there === undefined) return `storage class ${nameText(name)}: ${unread.has(kindId) ? 'unknown' : 'NOT there'}`;
  const binding =
    textAt(there.body, 'volumeBindingMode') === 'WaitForFirstConsumer' ? ', waits for a pod that mounts it' : '';
  return `storage class ${there.name}${binding}`;
}

export function attachedText({ view, unread }: Surroundings, volume: string | undefined): string | undefined {
  const kindId = 'volumeattachments.storage.k8s.io';
  if (unread.has(kindId)) return 'attachment unknown';
  const nodes = view
    .all(kindId)
    .filter(({ body }) => volume !== undefined && textAt(at(body, 'spec', 'source'), 'persistentVolumeName') === volume)
    .map(({ body }) => {
      const done = at(body, 'status')?.['attached'] === true;
      return `${nameText(textAt(at(body, 'spec'), 'nodeName'))}${done ? '' : ' (not done)'}`;
    });
  return nodes.length === 0 ? undefined : `attached to node ${nodes.join(', ')}`;
}
