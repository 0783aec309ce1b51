import { at, textAt } from '../../fields.ts';
import { healthOf } from '../../health/health-of.ts';
import { nameText, quantityText } from '../../words.ts';
import { statusText } from '../parts/tally.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { attachedText, classText, modesText } from './claim.ts';

/** Whose volume it is, where it is attached, and what happens to it when the claim goes. */
export function volumeFacts(around: Surroundings): Section | undefined {
  const spec = at(around.object.body, 'spec');
  const policy = textAt(spec, 'persistentVolumeReclaimPolicy');
  return section('volume', [
    `${quantityText(at(spec, 'capacity')?.['storage'])}, ${modesText(spec?.['accessModes'])}`,
    classText(around, textAt(spec, 'storageClassName')),
    policy === 'Delete' ? 'its data is deleted when the claim goes' : undefined,
    policy === 'Retain' ? 'its data stays when the claim goes' : undefined,
    claimText(around),
    attachedText(around, around.object.name),
  ]);
}

function claimText({ object, view, unread, now }: Surroundings): string {
  const ref = at(object.body, 'spec', 'claimRef');
  if (ref === undefined) return 'claimed by nobody';
  const [namespace, name] = [textAt(ref, 'namespace') ?? '', textAt(ref, 'name') ?? ''];
  const says = `claim ${nameText(namespace)}/${nameText(name)}`;
  const claim = view.get('persistentvolumeclaims', namespace, name);
  if (claim !== undefined) return `${says}: ${statusText(healthOf(claim).judge(claim, now))}`;
  return `${says}: ${unread.has('persistentvolumeclaims') ? 'unknown' : 'NOT there'}`;
}
