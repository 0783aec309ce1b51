import { at, millisecondsSince, numberAt, textAt } from '../../../fields.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { isHibernated } from './shared-database.ts';

/** A first instance takes minutes to come up. */
const patienceMs = 10 * 60_000;

export const databaseUnhealthy: Rule = {
  id: 'database-unhealthy',
  title:
    'A CloudNativePG cluster without a primary, or with fewer instances ready than it should have. One put to sleep is left alone.',
  needs: {
    'clusters.postgresql.cnpg.io': {
      metadata: { annotations: true },
      spec: { instances: true },
      status: { readyInstances: true, currentPrimary: true, phase: true, phaseReason: true },
    },
  },
  *find(view) {
    for (const database of view.all('clusters.postgresql.cnpg.io')) {
      const wanted = numberAt(at(database.body, 'spec'), 'instances') ?? 1;
      const status = at(database.body, 'status');
      const ready = numberAt(status, 'readyInstances') ?? 0;
      const primary = textAt(status, 'currentPrimary') ?? '';
      if (isHibernated(database) || (ready >= wanted && primary !== '')) continue;
      if ((millisecondsSince(database.created, view.now) ?? patienceMs) < patienceMs) continue;
      yield {
        severity: ready === 0 || primary === '' ? 'critical' : 'warning',
        object: database,
        summary: `${ready} of ${wanted} instances ready${primary === '' ? ', no primary' : ''}`,
        detail: outsideText(textAt(status, 'phase'), textAt(status, 'phaseReason')),
        next: describeCall(database),
      };
    }
  },
};
