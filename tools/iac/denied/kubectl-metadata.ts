import type { KubectlEdit, KubectlWords } from './kubectl-edit.ts';
import { refuse } from './no-edit.ts';
import { pairsOf } from './pairs.ts';
import { targetOf } from './target.ts';

/** `example.net/owner`, `tier`. */
const metadataKey = /^(?:[a-z0-9](?:[a-z0-9.-]{0,190}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

const inMetadata =
  (field: 'labels' | 'annotations') =>
  (words: KubectlWords): KubectlEdit => {
    const { objects, set, gone } = pairsOf(words.args);
    const wished = [...set, ...gone.map((key) => [key, undefined] as const)].map(([key, value]) => {
      if (!metadataKey.test(key)) refuse('the key of a label or annotation is none');
      return { path: ['metadata', field, key], value };
    });
    return { target: targetOf(objects, words), wished };
  };

export const label = inMetadata('labels');
export const annotate = inMetadata('annotations');
