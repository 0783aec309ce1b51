import { z } from 'zod';
import type { JsonObject } from '../../kit/index.ts';
import { clusterError } from '../errors.ts';

/**
 * What a rules review says the credential may do in a namespace, judged by a list of what looking needs: whatever is not on
 * it is excess, under whatever verb, kind or subresource somebody may yet invent.
 */
export interface Rights {
  /** Each as `verb resource.group/subresource`; `*` is RBAC's own. */
  readonly excess: readonly string[];
  /** False when the API server says that it may have left rights out. */
  readonly complete: boolean;
}

const looking: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** GET on any other can start a program, open a tunnel or read a node's files; of logs, a pod's own are looked at. */
const subresources: ReadonlySet<string> = new Set(['', 'scale', 'status']);

/** Everybody may ask what they may do, and it is all that Castellan ever posts. */
const ownReviews: ReadonlySet<string> = new Set([
  'create selfsubjectaccessreviews.authorization.k8s.io',
  'create selfsubjectrulesreviews.authorization.k8s.io',
  'create selfsubjectreviews.authentication.k8s.io',
]);

/** Go writes an empty list as null, or leaves it out; where a rule names nothing, it is taken to mean everything. */
const named = z
  .array(z.string())
  .nullish()
  .transform((list) => (list === null || list === undefined || list.length === 0 ? ['*'] : list));

const reviewShape = z.object({
  status: z.object({
    resourceRules: z.array(z.object({ verbs: named, apiGroups: named, resources: named })).nullable(),
    nonResourceRules: z.array(z.object({ verbs: named })).nullable(),
    incomplete: z.boolean(),
    evaluationError: z.string().optional(),
  }),
});

/** Throws `cluster-self-check-failed` when the answer does not say. */
export function parseRights(answer: JsonObject): Rights {
  const parsed = reviewShape.safeParse(answer);
  if (!parsed.success) {
    throw clusterError('cluster-self-check-failed', {
      message: 'the API server did not say which rights the credential has',
      next: 'ask the operator to run `castellan doctor`; nothing is read until the check has passed',
      cause: parsed.error,
    });
  }
  const { resourceRules, nonResourceRules, incomplete, evaluationError = '' } = parsed.data.status;
  const onResources = (resourceRules ?? []).flatMap(({ verbs, apiGroups, resources }) =>
    resources.flatMap((resource) =>
      apiGroups.flatMap((group) => verbs.flatMap((verb) => excessOf(verb, resource, group))),
    ),
  );
  const onPaths = (nonResourceRules ?? []).flatMap(({ verbs }) =>
    verbs.filter((verb) => verb !== 'get' && verb !== 'head').map((verb) => printable(`${verb} nonResourceURLs`)),
  );
  return { excess: [...new Set([...onResources, ...onPaths])], complete: !incomplete && evaluationError === '' };
}

function excessOf(verb: string, resource: string, group: string): readonly string[] {
  const [name = '', subresource = ''] = resource.split('/');
  const qualified = group === '' ? name : `${name}.${group}`;
  const right = `${verb} ${qualified}${subresource === '' ? '' : `/${subresource}`}`;
  const harmless = subresources.has(subresource) || resource === 'pods/log';
  const looks = looking.has(verb) && name !== '*' && name !== 'secrets' && harmless;
  return looks || ownReviews.has(right) ? [] : [printable(right)];
}

/** A role may hold any text for a verb or a resource, and this one goes into an error. */
function printable(right: string): string {
  return /^[\w*.:/-]{1,80} [\w*.:/-]{1,160}$/.test(right) ? right : 'a right with an unusual name';
}
