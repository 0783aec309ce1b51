import { ageText, at, dateAt, millisecondsSince } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const patienceMs = 10 * 60_000;

/** Conditions that say what a deletion waits for, the most telling first. */
const reasons = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceFinalizersRemaining',
  'NamespaceContentRemaining',
];

export const namespaceTerminating: Rule = {
  id: 'namespace-terminating',
  title: 'A namespace that has been terminating for ten minutes, and what it waits for.',
  needs: { namespaces: { status: { conditions: true } } },
  *find(view) {
    for (const namespace of view.all('namespaces')) {
      const since = dateAt(at(namespace.body, 'metadata'), 'deletionTimestamp');
      const age = millisecondsSince(since, view.now);
      if (age === undefined || age < patienceMs) continue;
      const conditions = conditionsOf(namespace).filter(({ status }) => status === 'True');
      const telling = reasons
        .map((type) => conditions.find((one) => one.type === type))
        .find((one) => one !== undefined);
      const kinds = telling?.type === 'NamespaceDeletionDiscoveryFailure' ? ': a part of the API does not answer' : '';
      yield {
        severity: 'warning',
        object: namespace,
        summary: `terminating for ${ageText(age)}${kinds}`,
        detail: outsideText(telling?.message),
        since,
        next: describeCall(namespace),
      };
    }
  },
};
