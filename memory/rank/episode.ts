import type { Clauses } from './clauses.ts';
import { bySession, type Grouped, grouped, groupFit } from './grouped.ts';
import { highest, type Living, type LivingShelf } from './living.ts';
import type { Weights } from './weights.ts';

/**
 * The answer often stands beside the words of the question: in the reply to it, in the next note of the same session. So
 * what was stored before and after a hit is lifted by part of its score, and all of a session by how well the session as a
 * whole fits. Only a session that two living documents share is one, and a session alone brings nobody into sight.
 *
 * What is to be added to the own scores, by place; undefined when nothing shares a session.
 */
export function episodeLift(
  living: Living,
  clauses: Clauses,
  own: Float32Array,
  weights: Weights,
): Float32Array | undefined {
  const sessions = grouped(living, bySession);
  if (!sessions.members.some((members) => members > 1)) return;

  const lift = new Float32Array(living.size);
  const fit = groupFit(living, sessions, clauses.terms);
  const most = weights.session * highest(own);
  for (const [index, shelf] of living.shelves.entries()) {
    const order = orderOf(shelf, sessions, index);
    const { numbers } = order;
    const nearest = nearestScores(shelf, order, own, weights);
    const firstSession = sessions.offsets[index] as number;
    const of = shelf.view.documents.sessions;
    for (let at = 0; at < numbers.length; at += 1) {
      const number = numbers[at] as number;
      const near = nearest[at] as number;
      if (near === 0 && own[shelf.offset + number] === 0) continue;
      const session = firstSession + (of[number] as number);
      if ((sessions.members[session] as number) < 2) continue;
      const whole = fit[session] as number;
      lift[shelf.offset + number] = near + most * whole * whole;
    }
  }
  return lift;
}

/** The share of the best of the documents one and two steps before and behind, in the order of sessions. */
function nearestScores(
  { offset }: LivingShelf,
  { numbers, toLast, toLastButOne }: Order,
  own: Float32Array,
  { neighbours, nextButOne }: Weights,
): Float32Array {
  const shares = [0, neighbours, neighbours * nextButOne] as const;
  const nearest = new Float32Array(numbers.length);
  const meet = (earlier: number, at: number, steps: number): void => {
    const share = shares[steps] as number;
    const toEarlier = share * (own[offset + (numbers[at] as number)] as number);
    const fromEarlier = share * (own[offset + (numbers[earlier] as number)] as number);
    if (toEarlier > (nearest[earlier] as number)) nearest[earlier] = toEarlier;
    if (fromEarlier > (nearest[at] as number)) nearest[at] = fromEarlier;
  };
  for (let at = 1; at < numbers.length; at += 1) {
    if (toLast[at] !== 0) meet(at - 1, at, toLast[at] as number);
    if (toLastButOne[at] !== 0) meet(at - 2, at, toLastButOne[at] as number);
  }
  return nearest;
}

/** The living documents of a shelf that are in a session, by session and within it by seq. */
interface Order {
  readonly numbers: Uint32Array;
  /** Steps between a document and the one before it in this order, and the one before that: 1, 2, or 0 for too far. */
  readonly toLast: Uint8Array;
  readonly toLastButOne: Uint8Array;
}

/** By who lives: put in order anew only when somebody was added or died. */
const orders = new WeakMap<Uint8Array, Order>();

function orderOf(shelf: LivingShelf, sessions: Grouped, index: number): Order {
  const known = orders.get(shelf.alive);
  if (known !== undefined) return known;
  const numbers = inOrder(shelf, sessions, index);
  const order = { numbers, toLast: stepsBetween(shelf, numbers, 1), toLastButOne: stepsBetween(shelf, numbers, 2) };
  orders.set(shelf.alive, order);
  return order;
}

function stepsBetween({ view }: LivingShelf, numbers: Uint32Array, apart: number): Uint8Array {
  const { sessions, seqs } = view.documents;
  return Uint8Array.from(numbers, (number, at) => {
    const before = numbers[at - apart];
    if (before === undefined || sessions[before] !== sessions[number]) return 0;
    const steps = (seqs[number] as number) - (seqs[before] as number);
    return steps <= 2 ? steps : 0;
  });
}

function inOrder({ view, alive }: LivingShelf, { members, offsets }: Grouped, index: number): Uint32Array {
  const { sessions, seqs, sessionNames } = view.documents;
  const firstSession = offsets[index] as number;
  const ends = new Uint32Array(sessionNames.length);
  let count = 0;
  for (let session = 0; session < ends.length; session += 1) {
    ends[session] = count;
    count += members[firstSession + session] as number;
  }
  const starts = ends.slice();
  const ordered = new Uint32Array(count);
  const unordered = new Set<number>();
  for (let number = 0; number < alive.length; number += 1) {
    const session = sessions[number] as number;
    if (session < 0 || alive[number] === 0) continue;
    const at = ends[session] as number;
    ordered[at] = number;
    ends[session] = at + 1;
    // An entry that was changed has a later number than those that came after it.
    if (at > (starts[session] as number) && (seqs[ordered[at - 1] as number] as number) > (seqs[number] as number)) {
      unordered.add(session);
    }
  }
  for (const session of unordered) {
    ordered
      .subarray(starts[session], ends[session])
      .sort((one, other) => (seqs[one] as number) - (seqs[other] as number));
  }
  return ordered;
}
