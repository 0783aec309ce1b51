import type { Clauses } from './clauses.ts';
import { bySession, type Grouped, grouped, groupFit } from './grouped.ts';
import { highest, type Living, type LivingShelf } from './living.ts';
import type { Weights } from './weights.ts';

/**
 * The answer often stands beside the words of the question: in the reply to it, in the next note of the same session. So
 * what was stored before and after a hit is lifted by part of its score, and all of a session by how well the session as a
 * whole fits. Only a session that two living documents share is one, and a session alone brings nobody into sight.
 *
 * The scores with what is added to them, by place; undefined when nothing shares a session.
 */
export function liftedByEpisode(
  living: Living,
  clauses: Clauses,
  own: Float32Array,
  weights: Weights,
): Float32Array | undefined {
  const sessions = grouped(living, bySession);
  if (!sessions.members.some((members) => members > 1)) return;

  const scores = own.slice();
  const fit = groupFit(living, sessions, clauses.terms);
  const most = weights.session * highest(own);
  const shares = Float64Array.of(0, weights.neighbours, weights.neighbours * weights.nextButOne);
  for (const [index, shelf] of living.shelves.entries()) {
    const order = orderOf(shelf, sessions, index);
    liftShelf(shelf, order, { own, scores, fit, firstSession: sessions.offsets[index] as number, most, shares });
  }
  return scores;
}

/** No document stands so close to the ends that its neighbours must be looked for. */
const margin = 2;

/** Each takes the best share of the documents one and two steps before and behind it. The hot loop of a big shelf: no calls, no branches but one. */
function liftShelf(
  { offset }: LivingShelf,
  { numbers, sessions, toLast, toLastButOne }: Order,
  lift: {
    readonly own: Float32Array;
    readonly scores: Float32Array;
    readonly fit: Float32Array;
    readonly firstSession: number;
    readonly most: number;
    /** By steps: 0 is too far. */
    readonly shares: Float64Array;
  },
): void {
  const { own, scores, fit, firstSession, most, shares } = lift;
  const held = new Float32Array(numbers.length + 2 * margin);
  for (let at = 0; at < numbers.length; at += 1) held[at + margin] = own[offset + (numbers[at] as number)] as number;
  for (let at = 0; at < numbers.length; at += 1) {
    const mine = held[at + 2] as number;
    const near = Math.max(
      (shares[toLast[at] as number] as number) * (held[at + 1] as number),
      (shares[toLastButOne[at] as number] as number) * (held[at] as number),
      (shares[toLast[at + 1] as number] as number) * (held[at + 3] as number),
      (shares[toLastButOne[at + 2] as number] as number) * (held[at + 4] as number),
    );
    if (near === 0 && mine === 0) continue;
    const whole = fit[firstSession + (sessions[at] as number)] as number;
    scores[offset + (numbers[at] as number)] = mine + near + most * whole * whole;
  }
}

/** The living documents of a shelf that share a session, by session and within it by seq. */
interface Order {
  readonly numbers: Uint32Array;
  readonly sessions: Uint32Array;
  /**
   * Steps between a document and the one before it in this order, and the one before that: 1, 2, or 0 for too far. Longer
   * than the order: who is behind the last one is too far.
   */
  readonly toLast: Uint8Array;
  readonly toLastButOne: Uint8Array;
}

/** By who lives: put in order anew only when somebody was added or died. */
const orders = new WeakMap<Uint8Array, Order>();

function orderOf(shelf: LivingShelf, sessions: Grouped, index: number): Order {
  const known = orders.get(shelf.alive);
  if (known !== undefined) return known;
  const numbers = inOrder(shelf, sessions, index);
  const order = {
    numbers,
    sessions: numbers.map((number) => shelf.view.documents.sessions[number] as number),
    toLast: stepsBetween(shelf, numbers, 1),
    toLastButOne: stepsBetween(shelf, numbers, 2),
  };
  orders.set(shelf.alive, order);
  return order;
}

function stepsBetween({ view }: LivingShelf, numbers: Uint32Array, apart: number): Uint8Array {
  const { sessions, seqs } = view.documents;
  const between = new Uint8Array(numbers.length + margin);
  for (let at = apart; at < numbers.length; at += 1) {
    const number = numbers[at] as number;
    const before = numbers[at - apart] as number;
    if (sessions[before] !== sessions[number]) continue;
    const steps = (seqs[number] as number) - (seqs[before] as number);
    if (steps <= 2) between[at] = steps;
  }
  return between;
}

function inOrder({ view, alive }: LivingShelf, { members, offsets }: Grouped, index: number): Uint32Array {
  const { sessions, seqs, sessionNames } = view.documents;
  const firstSession = offsets[index] as number;
  const ends = new Uint32Array(sessionNames.length);
  let count = 0;
  for (let session = 0; session < ends.length; session += 1) {
    ends[session] = count;
    const together = members[firstSession + session] as number;
    if (together > 1) count += together;
  }
  const starts = ends.slice();
  const ordered = new Uint32Array(count);
  const unordered = new Set<number>();
  for (let number = 0; number < alive.length; number += 1) {
    const session = sessions[number] as number;
    if (session < 0 || alive[number] === 0 || (members[firstSession + session] as number) < 2) continue;
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
