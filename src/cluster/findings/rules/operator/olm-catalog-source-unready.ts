import { at, dateAt, millisecondsSince, textAt } from '../../../fields.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const patienceMs = 10 * 60_000;

export const olmCatalogSourceUnready: Rule = {
  id: 'olm-catalog-source-unready',
  title: 'An OLM CatalogSource that does not answer: operators from it are neither installed nor updated.',
  needs: {
    'catalogsources.operators.coreos.com': {
      status: { connectionState: { lastObservedState: true, lastConnect: true }, message: true, reason: true },
    },
  },
  *find(view) {
    for (const source of view.all('catalogsources.operators.coreos.com')) {
      const status = at(source.body, 'status');
      const connection = at(status, 'connectionState');
      const state = textAt(connection, 'lastObservedState');
      const since = dateAt(connection, 'lastConnect') ?? source.created;
      if (state === 'READY' || (millisecondsSince(since, view.now) ?? patienceMs) < patienceMs) continue;
      // An idle connection is opened again when somebody asks.
      if (state === 'IDLE') continue;
      yield {
        severity: 'warning',
        object: source,
        summary: 'it does not answer: operators from it are neither installed nor updated',
        detail: outsideText(state, textAt(status, 'reason'), textAt(status, 'message')),
        since,
        next: describeCall(source),
      };
    }
  },
};
