import { ageText, at, millisecondsSince, textAt } from '../../fields.ts';
import { counted, nameText, plainText } from '../../words.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

/** Where it runs, and what holds it up when it is to go. */
export function podFacts({ object, now }: Surroundings): Section | undefined {
  const [metadata, spec, status] = [at(object.body, 'metadata'), at(object.body, 'spec'), at(object.body, 'status')];
  const node = textAt(spec, 'nodeName');
  const ending = millisecondsSince(textAt(metadata, 'deletionTimestamp'), now);
  const finalizers = metadata?.['finalizers'];
  const held =
    Array.isArray(finalizers) && finalizers.length > 0 ? `, held by ${counted(finalizers.length, 'finalizer')}` : '';
  return section('pod', [
    node === undefined
      ? 'on no node yet'
      : `on node ${nameText(node)}, quality of service ${qualityText(textAt(status, 'qosClass'))}`,
    ending === undefined ? undefined : `being deleted, ${ageText(ending)} past its grace period${held}`,
  ]);
}

function qualityText(quality: string | undefined): string {
  return plainText(quality, /^[A-Za-z]{1,20}$/);
}
