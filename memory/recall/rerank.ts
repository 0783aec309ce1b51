import type { Dense } from '../embed/port.ts';
import { pinExact } from '../rank/fuse.ts';
import type { Ranked } from './candidates.ts';
import { before } from './deadline.ts';

/** So many of the best are shown to the endpoint, and it has so long. */
export const mostReranked = 30;
const budget = 800;

/** In the endpoint's order, what it was not asked about behind; undefined when there is none or it did not answer in time. */
export async function rerankBest(
  dense: Dense,
  query: string,
  rows: readonly Ranked[],
  signal: AbortSignal,
): Promise<readonly Ranked[] | undefined> {
  // The text of a sensitive entry is nobody's to send.
  const asked = rows.slice(0, mostReranked).filter(({ shown }) => shown.content !== undefined);
  if (asked.length < 2) return rows;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(budget)]);
  try {
    const texts = asked.map(({ shown }) => shown.content ?? '');
    const answer = await before(deadline, () => dense.rerank(query, texts, deadline));
    if (answer === undefined) return;
    const first = answer.flatMap(({ index, score }) =>
      asked
        .slice(index, index + 1)
        .map((row) => ({ ...row, why: { ...row.why, legs: { ...row.why.legs, rerank: score } } })),
    );
    const refs = new Set(first.map(({ ref }) => ref));
    return pinExact([...first, ...rows.filter(({ ref }) => !refs.has(ref))], ({ why }) => why.exact.length);
  } catch {
    // As if there were none: the order by words and meaning stands. The caller says so.
    return;
  }
}
