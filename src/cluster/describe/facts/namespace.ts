import type { JsonObject } from '../../../kit/index.ts';
import { at } from '../../fields.ts';
import { type KnownKind, knownKinds } from '../../known-kinds.ts';
import { parseQuantity } from '../../quantity.ts';
import { percentText } from '../../usage/amount-text.ts';
import { plainText, quantityText } from '../../words.ts';
import { tallyLines } from '../parts/tally.ts';
import { type Line, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

const inhabitants: readonly KnownKind[] = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'cronjobs.batch',
  'persistentvolumeclaims',
];

/** The room it has and what lives in it. */
export function namespaceFacts(around: Surroundings): Section | undefined {
  const { object, view, unread } = around;
  const finalizers = at(object.body, 'metadata')?.['finalizers'];
  return section('namespace', [
    unread.has('resourcequotas') ? 'quotas unknown' : undefined,
    ...view.all('resourcequotas').map((quota) => `quota ${quota.name}: ${quotaText(quota.body)}`),
    view.all('limitranges').length === 0
      ? undefined
      : `LimitRange ${view
          .all('limitranges')
          .map(({ name }) => name)
          .join(', ')} sets defaults`,
    Array.isArray(finalizers) &&
    finalizers.length > 0 &&
    at(object.body, 'metadata')?.['deletionTimestamp'] !== undefined
      ? 'its deletion waits for finalizers'
      : undefined,
    ...inhabitants.flatMap((kindId): readonly Line[] => {
      const { kind } = knownKinds[kindId];
      return unread.has(kindId)
        ? [`${kind}s unknown`]
        : tallyLines(view.selected(kindId, object.name, {}), kind, around);
    }),
  ]);
}

/** `requests.memory 128Mi of 160Mi (80%)`, the fullest first. */
function quotaText(body: JsonObject): string {
  const [hard, used] = [at(body, 'status', 'hard') ?? at(body, 'spec', 'hard') ?? {}, at(body, 'status', 'used')];
  const rows = Object.entries(hard).map(([resource, limit]) => {
    const [whole, part] = [parseQuantity(limit), parseQuantity(used?.[resource])];
    const share = whole === undefined || part === undefined ? undefined : part / whole;
    const amounts = `${quantityText(used?.[resource])} of ${quantityText(limit)}`;
    const percent = whole === undefined || part === undefined ? 'use unknown' : percentText(part, whole);
    return { share: share ?? 0, says: `${plainText(resource, /^[\w./-]{1,100}$/)} ${amounts} (${percent})` };
  });
  return rows
    .sort((a, b) => b.share - a.share)
    .map(({ says }) => says)
    .join(', ');
}
