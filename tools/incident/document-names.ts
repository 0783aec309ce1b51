import type { DocumentNames } from '../../src/incident/actions/ports.ts';
import { historyCorpora } from '../../src/incident/history/open.ts';
import type { History } from '../../src/incident/history/port.ts';
import type { Knowledge } from '../../src/incident/knowledge/port.ts';

/** Names of what incidents know themselves; of another corpus nobody here can tell. */
export function documentNames(
  history: Pick<History, 'reports'>,
  knowledge: Pick<Knowledge, 'issues' | 'runbooks'>,
): DocumentNames {
  return {
    async has(corpus, name) {
      if (corpus === historyCorpora.runbook) return (await knowledge.runbooks()).some((one) => one.name === name);
      if (corpus === historyCorpora['known-issue']) return (await knowledge.issues()).some(({ id }) => id === name);
      if (corpus === historyCorpora.report) return (await history.reports()).some(({ slug }) => slug === name);
      return undefined;
    },
  };
}
