/**
 * The order in which the changes of a set are planned and applied: a stack after all it depends on, also where it does so through
 * stacks that are not in the set; stacks that do not depend on each other by name, so that one set has one order.
 */
export interface SetOrder {
  readonly stacks: readonly string[];
  /** Stacks of the set that depend on themselves, directly or not: such a set has no order. */
  readonly cycle: readonly string[];
}

export function orderStacks(wanted: readonly string[], dependsOn: (stack: string) => readonly string[]): SetOrder {
  const inSet = new Set(wanted);
  const reach = new Map<string, ReadonlySet<string>>();
  const reachable = (from: string): ReadonlySet<string> => {
    const found = reach.get(from) ?? below(from, dependsOn);
    reach.set(from, found);
    return found;
  };
  const left = new Set([...inSet].toSorted());
  const cycle = [...left].filter((stack) => reachable(stack).has(stack));
  const stacks: string[] = [];
  while (left.size > 0) {
    const next = [...left].find((stack) => ![...left].some((other) => other !== stack && reachable(stack).has(other)));
    // Only a cycle leaves nothing that may come next; it is told, and whatever comes then is no order anybody goes by.
    const [first] = left;
    const chosen = next ?? first;
    if (chosen === undefined) break;
    stacks.push(chosen);
    left.delete(chosen);
  }
  return { stacks, cycle };
}

/** All it depends on, itself only where that leads back to it. */
function below(stack: string, dependsOn: (stack: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const toVisit = [...dependsOn(stack)];
  for (let next = toVisit.pop(); next !== undefined; next = toVisit.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    toVisit.push(...dependsOn(next));
  }
  return found;
}
