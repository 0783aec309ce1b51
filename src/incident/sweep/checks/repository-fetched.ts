import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const repositoryFetched: Check = {
  id: 'repository-fetched',
  title: 'The infra repository can be fetched',
  needs: ['repository'],
  look({ repository }) {
    if (repository === undefined) return unknown('nobody looked');
    return found(
      { warn: repository.stale === undefined ? [] : [`what was fetched before is old: ${repository.stale}`] },
      `at ${repository.commit.slice(0, 12)} of ${repository.at.toISOString()}`,
    );
  },
};
