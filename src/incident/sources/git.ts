import { commitLine } from './commits.ts';
import { invalid, type SourceDefinition } from './define.ts';
import type { SourcePorts } from './ports.ts';
import { stamp } from './time.ts';

/**
 * Commits of the infra repository's branch in the window.
 *
 *  query      a path of the repository: commits that touch it, or something below it
 *  namespace  commits of the stacks that hold this namespace, by the HCL; `target` a workload in it, by its name
 *  limit      commits
 */
export const gitSource = ({ repository }: SourcePorts): SourceDefinition => ({
  name: 'git',
  missing: repository === undefined ? 'no infra repository is configured' : undefined,
  asks({ query, namespace, target }) {
    if (query !== undefined && (!path.test(query) || query.split('/').includes('..'))) {
      throw invalid('the query is no path of the repository', 'give a path as git prints it: stacks/web/main.tf');
    }
    if (query === undefined && namespace === undefined && target !== undefined) {
      throw invalid('a target alone does not say which stack is meant', 'give its namespace, or a path as query');
    }
    return {
      query:
        `git log ${query ?? (namespace === undefined ? '' : `of the stacks of ${target === undefined ? '' : `${target} in `}${namespace}`)}`.trim(),
    };
  },
  async look({ query, namespace, target, window, until, limit, signal }) {
    const found = await repository?.head(signal);
    if (repository === undefined || found === undefined) return { lines: [], unread: ['it is not configured'] };
    const name = target?.split('/').at(-1);
    const under =
      query === undefined
        ? namespace === undefined
          ? []
          : await repository.stacksOf(namespace, name)
        : [query.replace(/\/+$/, '')];
    const notes = [
      `branch at ${found.commit}, of ${stamp(found.at)}`,
      ...(under.length === 0 ? [] : [`under ${under.join(', ')}`]),
    ];
    const unread = found.stale === undefined ? [] : [`newer commits: ${found.stale}`];
    if (namespace !== undefined && query === undefined && under.length === 0) {
      return {
        lines: [],
        unread: [...unread, `no stack is known to hold ${name === undefined ? '' : `${name} in `}${namespace}`],
      };
    }
    const commits = await repository.log({ from: window.from, to: until, under, limit: limit + 1 }, signal);
    return {
      lines: commits.slice(0, limit).map(commitLine).reverse(),
      notes,
      unread,
      truncated: commits.length > limit,
    };
  },
});

const path = /^[A-Za-z0-9_.][A-Za-z0-9._/@+ -]{0,299}$/;
