import { ageText, counted, listed } from '../../../cluster/index.ts';
import type { ConditionOf } from '../rubric.ts';
import { holds, not, type Predicate, percent } from './look.ts';

/** Nodes, volumes and certificates. */
export const nodesNotReady: Predicate<ConditionOf<'nodes-not-ready'>> = (
  { snapshot: { nodes, leftOut } },
  { count, oneOf, cordoned },
) => {
  const asked = nodes.filter(({ schedulable }) => schedulable || cordoned);
  const total = asked.length + (leftOut?.nodes ?? 0);
  const down = asked
    .filter(({ ready }) => ready === false)
    .map(({ name }) => name)
    .sort();
  const enough = oneOf !== undefined && total <= oneOf ? 1 : count;
  const objects = down.map((name) => `Node ${name}`);
  if (down.length >= enough) return holds(`${listed(down)} of ${counted(total, 'node')} not ready`, objects);
  return not(down.length === 0 ? undefined : `${counted(enough - down.length, 'more node')} not ready`);
};

export const nodePressure: Predicate<ConditionOf<'node-pressure'>> = ({ snapshot: { nodes } }) => {
  const hit = nodes.filter(({ pressures }) => pressures.length > 0);
  if (hit.length === 0) return not();
  const said = hit.map(({ name, pressures }) => `${name}: ${pressures.join(', ')}`);
  return holds(
    listed(said.sort()),
    hit.map(({ name }) => `Node ${name}`),
  );
};

export const volumeUsed: Predicate<ConditionOf<'volume-used'>> = ({ snapshot: { volumes } }, { from }) => {
  const fullest = volumes
    .flatMap(({ object, used }) => (used === null ? [] : [{ object, used }]))
    .sort((a, b) => b.used - a.used || (a.object < b.object ? -1 : 1));
  const hit = fullest.filter(({ used }) => used >= from);
  const [nearest] = fullest;
  if (hit.length === 0) {
    const isNear = nearest !== undefined && nearest.used >= from - 0.1;
    return not(isNear ? `${nearest.object} is ${percent(nearest.used)} full, and reaches ${percent(from)}` : undefined);
  }
  return holds(
    listed(hit.map(({ object, used }) => `${object} is ${percent(used)} full`)),
    hit.map(({ object }) => object),
  );
};

export const certificateEnds: Predicate<ConditionOf<'certificate-ends'>> = (
  { snapshot: { certificates }, now },
  { hours },
) => {
  const ends = certificates
    .flatMap(({ object, notAfter }) => (notAfter === null ? [] : [{ object, left: Date.parse(notAfter) - now }]))
    .sort((a, b) => a.left - b.left || (a.object < b.object ? -1 : 1));
  const hit = ends.filter(({ left }) => left < hours * 3_600_000);
  const [next] = ends;
  if (hit.length === 0) {
    const isNear = next !== undefined && next.left < 7 * 24 * 3_600_000;
    return not(isNear ? `${next.object} is not renewed: it ends in ${ageText(next.left)}` : undefined);
  }
  const said = hit.map(({ object, left }) =>
    left <= 0 ? `${object} ended ${ageText(-left)} ago` : `${object} ends in ${ageText(left)}`,
  );
  return holds(
    listed(said),
    hit.map(({ object }) => object),
  );
};
