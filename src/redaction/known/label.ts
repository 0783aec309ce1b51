import { labelText } from '../marker.ts';
import type { SecretLabel } from './fingerprints.ts';

const shownLabels = 3;

/** What is shown of the labels of one value, sorted; the rest of them is not. */
export function shownLabel(labels: readonly SecretLabel[]): string {
  const texts = labels.map(({ mount, path, key, version }) => labelText(`${mount}/${path}`, key, version));
  return [...new Set(texts)].sort().slice(0, shownLabels).join('|');
}
