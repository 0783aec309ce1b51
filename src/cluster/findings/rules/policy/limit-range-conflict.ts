import type { JsonObject, JsonValue } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import { podTemplates, templateNeeds } from '../../../pod/template.ts';
import { parseQuantity } from '../../../quantity.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { quantityText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const container = { resources: true } as const;

export const limitRangeConflict: Rule = {
  id: 'limit-range-conflict',
  title:
    'A workload whose pods the LimitRange of its namespace refuses: it asks for more than the limit it is given, or than a container may have.',
  needs: {
    ...templateNeeds({ spec: { containers: container, initContainers: container } }),
    limitranges: { spec: { limits: true } },
  },
  *find(view) {
    for (const { owner, spec } of podTemplates(view)) {
      const limits = limitsOf(view, owner);
      const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
      const conflict = containers
        .flatMap((one) => limits.map((limit) => conflictOf(one, limit)))
        .find((one) => one !== undefined);
      if (conflict === undefined) continue;
      yield {
        severity: 'warning',
        object: owner,
        summary: `the LimitRange of its namespace refuses its next pod: ${conflict}`,
        next: describeCall(owner),
      };
    }
  },
};

function limitsOf(view: ClusterView, { namespace }: ClusterObject): readonly JsonObject[] {
  return view
    .selected('limitranges', namespace, {})
    .flatMap(({ body }) => listAt(at(body, 'spec'), 'limits'))
    .filter((limit) => textAt(limit, 'type') === 'Container');
}

/** What a container asks for, and may take, is filled in from the range before it is compared with it. */
function conflictOf(one: JsonObject, limit: JsonObject): string | undefined {
  const [requests, limits] = [at(one, 'resources', 'requests'), at(one, 'resources', 'limits')];
  for (const resource of ['memory', 'cpu', 'ephemeral-storage']) {
    const asked = requests?.[resource] ?? limits?.[resource] ?? at(limit, 'defaultRequest')?.[resource];
    const [floor, ceiling] = [at(limit, 'min')?.[resource], at(limit, 'max')?.[resource]];
    const most = limits?.[resource] ?? at(limit, 'default')?.[resource] ?? ceiling;
    const given = limits?.[resource] === undefined ? 'the default limit' : 'its limit';
    if (isMore(asked, most)) return `it asks for ${quantityText(asked)} ${resource}, ${given} is ${quantityText(most)}`;
    if (isMore(most, ceiling)) return `${given} of ${quantityText(most)} ${resource} is above ${quantityText(ceiling)}`;
    if (isMore(floor, asked)) return `it asks for ${quantityText(asked)} ${resource}, below ${quantityText(floor)}`;
  }
  return undefined;
}

function isMore(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  const [left, right] = [parseQuantity(one), parseQuantity(other)];
  return left !== undefined && right !== undefined && left > right;
}
