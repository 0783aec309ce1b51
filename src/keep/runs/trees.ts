import type { ObjectId } from '../../iac/repository.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import type { RunParts, Tree } from './parts.ts';

/** Trees by their id, which never change; the last few are kept, since the base is asked for again and again. */
export interface Trees {
  read(tree: ObjectId): Promise<Tree>;
}

const kept = 3;

export function openTrees(repository: Pick<TrustedRepository, 'source'>, parts: Pick<RunParts, 'readGraph'>): Trees {
  const held = new Map<ObjectId, Promise<Tree>>();
  const load = async (tree: ObjectId): Promise<Tree> => {
    const content = await repository.source(tree);
    return { ...content, graph: await parts.readGraph(content.source) };
  };
  return {
    read: (tree) => {
      const found = held.get(tree) ?? load(tree);
      held.delete(tree);
      held.set(tree, found);
      // One that failed is tried again by the next who asks.
      found.catch(() => held.delete(tree));
      const [oldest] = held.keys();
      if (held.size > kept && oldest !== undefined) held.delete(oldest);
      return found;
    },
  };
}
