import { at, textAt } from '../../fields.ts';
import { type KnownKind, knownKinds } from '../../known-kinds.ts';
import { isOwnedBy } from '../../owner.ts';
import type { ClusterObject } from '../../reader.ts';
import { nameText } from '../../words.ts';
import { type Line, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { tallyLines } from './tally.ts';

/** Kinds an object may own, besides pods, whose state is worth telling. */
const ownable: readonly KnownKind[] = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'persistentvolumeclaims',
  'services',
];

const titles: Readonly<Record<string, string>> = { Node: 'runs', Namespace: 'pods', Service: 'leads to' };

/** Its pods and what else it made: how many are well, and which are not. */
export function childrenSection(around: Surroundings): Section | undefined {
  const { object, view, pods } = around;
  if (object.kind === 'Pod') return undefined;
  const owned = ownable.flatMap((kindId): readonly Line[] =>
    tallyLines(
      view.selected(kindId, object.namespace, {}).filter((one) => isOwnedBy(one, object)),
      knownKinds[kindId].kind,
      around,
    ),
  );
  return section(titles[object.kind] ?? 'made', [
    ...(object.kind === 'Node' ? [] : nodesLine(pods ?? [])),
    ...(pods === undefined ? ['pods unknown: they could not be read'] : tallyLines(pods, 'pod', around)),
    ...owned,
  ]);
}

/** Where a few pods are, because a node explains what they have in common. */
function nodesLine(pods: readonly ClusterObject[]): readonly string[] {
  const nodes = new Set(pods.flatMap(({ body }) => textAt(at(body, 'spec'), 'nodeName') ?? []));
  return nodes.size === 0 || nodes.size > 5 ? [] : [`on node ${[...nodes].map(nameText).join(', ')}`];
}
