/** Visits what is there and what visiting it brings up, a few at a time. The first that fails ends it, once those under way are over. */
export async function walk<Item>(
  first: readonly Item[],
  atOnce: number,
  visit: (item: Item) => Promise<readonly Item[]>,
): Promise<void> {
  const waiting = [...first];
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const one = async (item: Item): Promise<void> => {
    try {
      waiting.push(...(await visit(item)));
    } catch (error) {
      failure ??= { error };
    }
  };
  for (;;) {
    while (failure === undefined && running.size < atOnce) {
      const item = waiting.pop();
      if (item === undefined) break;
      const work: Promise<void> = one(item).finally(() => running.delete(work));
      running.add(work);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (failure !== undefined) throw failure.error;
}
