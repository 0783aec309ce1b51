import { healthOf } from '../../health/health-of.ts';
import type { Verdict } from '../../health/verdict.ts';
import type { ClusterObject } from '../../reader.ts';
import { counted } from '../../words.ts';
import { type Line, quoted } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

interface Judged {
  readonly object: ClusterObject;
  readonly verdict: Verdict;
}

const namedProblems = 5;

/**
 * `3 pods: 1 problem, 2 ok`, then what is wrong with which; nothing when there are none. What the cluster says about each
 * is told with the findings, where there are any.
 */
export function tallyLines(
  objects: readonly ClusterObject[],
  noun: string,
  { now, survey }: Surroundings,
): readonly Line[] {
  if (objects.length === 0) return [];
  const judged = objects.map((object): Judged => ({ object, verdict: healthOf(object).judge(object, now) }));
  const count = (status: Verdict['status']): number => judged.filter(({ verdict }) => verdict.status === status).length;
  const counts = (['problem', 'unknown', 'ok'] as const).flatMap((status) =>
    count(status) === 0 ? [] : [`${count(status)} ${status}`],
  );
  const worst = [...judged.filter(isA('problem')), ...judged.filter(isA('unknown'))];
  const shown = worst.slice(0, namedProblems);
  const more = worst.length - shown.length;
  return [
    `${counted(objects.length, noun)}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`,
    ...shown.map(({ object, verdict }) => `${object.kind} ${object.name}: ${statusText(verdict)}`),
    ...(more > 0 ? [`and ${more} more of them`] : []),
    ...shown.flatMap(({ object, verdict: { detail } }) =>
      detail === undefined || survey !== undefined ? [] : [quoted(object.name, detail)],
    ),
  ];
}

export function statusText({ status, summary }: Verdict): string {
  return status === 'unknown' ? `unknown, ${summary}` : summary;
}

const isA =
  (status: Verdict['status']) =>
  ({ verdict }: Judged): boolean =>
    verdict.status === status;
