import type { TriageSnapshot } from './port.ts';
import { deepest } from './weights.ts';

/** What does not work without what. Dependencies of a snapshot, and those that its figures say: of a Service its workloads, of a workload its nodes. */
export interface Graph {
  /** What an object depends on, all the way, with the steps to it; circles end, and nothing depends on itself. */
  below(object: string): ReadonlyMap<string, number>;
  /** Directly: both ways. */
  dependenciesOf(object: string): readonly string[];
  dependantsOf(object: string): readonly string[];
}

export function graphOf({ dependencies, services, workloads }: TriageSnapshot): Graph {
  const down = new Map<string, Set<string>>();
  const up = new Map<string, Set<string>>();
  const add = (from: string, to: string): void => {
    if (from === to) return;
    setAt(down, from).add(to);
    setAt(up, to).add(from);
  };
  for (const { from, to } of dependencies) add(from, to);
  for (const { object, backs } of services) for (const back of backs) add(object, back);
  for (const { object, nodes } of workloads) for (const node of nodes) add(object, `Node ${node}`);
  const known = new Map<string, ReadonlyMap<string, number>>();
  return {
    below(object) {
      const there = known.get(object) ?? walk(object, down);
      known.set(object, there);
      return there;
    },
    dependenciesOf: (object) => [...(down.get(object) ?? [])],
    dependantsOf: (object) => [...(up.get(object) ?? [])],
  };
}

function walk(start: string, down: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, number> {
  const steps = new Map<string, number>();
  let here: readonly string[] = [start];
  for (let step = 1; step <= deepest && here.length > 0; step += 1) {
    const next: string[] = [];
    for (const object of here.flatMap((one) => [...(down.get(one) ?? [])])) {
      if (object === start || steps.has(object)) continue;
      steps.set(object, step);
      next.push(object);
    }
    here = next;
  }
  return steps;
}

function setAt(map: Map<string, Set<string>>, key: string): Set<string> {
  const there = map.get(key) ?? new Set<string>();
  map.set(key, there);
  return there;
}
