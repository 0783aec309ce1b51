import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderStacks } from './order.ts';

const by =
  (graph: Readonly<Record<string, readonly string[]>>) =>
  (stack: string): readonly string[] =>
    graph[stack] ?? [];

describe('the order of a set', () => {
  it('puts the top of a diamond last and its foot first', () => {
    const graph = { top: ['left', 'right'], left: ['foot'], right: ['foot'] };
    expect(orderStacks(['top', 'right', 'left', 'foot'], by(graph))).toEqual({
      stacks: ['foot', 'left', 'right', 'top'],
      cycle: [],
    });
  });

  it('counts what lies between two of its stacks and is not in the set', () => {
    expect(orderStacks(['a', 'b'], by({ a: ['between'], between: ['b'] })).stacks).toEqual(['b', 'a']);
  });

  it('names who is in a cycle, and leaves nobody out', () => {
    const graph = { a: ['b'], b: ['c'], c: ['a'], d: ['a'], alone: ['alone'] };
    const { stacks, cycle } = orderStacks(['a', 'b', 'c', 'd', 'alone'], by(graph));
    expect(cycle).toEqual(['a', 'alone', 'b', 'c']);
    expect(stacks.toSorted()).toEqual(['a', 'alone', 'b', 'c', 'd']);
  });

  it('takes a stack that is named twice once', () => {
    expect(orderStacks(['a', 'a'], by({})).stacks).toEqual(['a']);
  });

  it('never puts a stack before what it depends on, and is the same however the set is told', () => {
    const size = 8;
    const edges = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 20 });
    fc.assert(
      fc.property(edges, fc.shuffledSubarray([...Array(size).keys()]), (pairs, order) => {
        // From the greater to the smaller: no cycles.
        const needs = (stack: string): readonly string[] =>
          pairs
            .filter(([one, other]) => one !== other && `s${Math.max(one, other)}` === stack)
            .map((pair) => `s${Math.min(...pair)}`);
        const names = order.map((index) => `s${index}`);
        const { stacks, cycle } = orderStacks(names, needs);
        expect(cycle).toEqual([]);
        expect(stacks.toSorted()).toEqual(names.toSorted());
        for (const [at, stack] of stacks.entries()) {
          for (const needed of needs(stack)) {
            if (stacks.includes(needed)) expect(stacks.indexOf(needed)).toBeLessThan(at);
          }
        }
        expect(orderStacks(names.toReversed(), needs).stacks).toEqual(stacks);
      }),
    );
  });
});
