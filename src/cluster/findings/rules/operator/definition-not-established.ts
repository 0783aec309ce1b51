import { at, millisecondsSince, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const patienceMs = 5 * 60_000;

export const definitionNotEstablished: Rule = {
  id: 'definition-not-established',
  title: 'A CustomResourceDefinition that is not served, whose names are taken, or that hangs while it is deleted.',
  needs: { 'customresourcedefinitions.apiextensions.k8s.io': { status: { conditions: true } } },
  *find(view) {
    for (const definition of view.all('customresourcedefinitions.apiextensions.k8s.io')) {
      const deleting = millisecondsSince(textAt(at(definition.body, 'metadata'), 'deletionTimestamp'), view.now);
      if (deleting !== undefined && deleting < patienceMs) continue;
      const conditions = conditionsOf(definition);
      const taken = conditions.find(({ type, status }) => type === 'NamesAccepted' && status === 'False');
      const established = conditions.find(({ type }) => type === 'Established');
      const young = (millisecondsSince(definition.created, view.now) ?? patienceMs) < patienceMs;
      const unserved = established?.status !== 'True' && !young;
      if (deleting === undefined && taken === undefined && !unserved) continue;
      const telling =
        taken ?? (deleting === undefined ? established : conditions.find(({ type }) => type === 'Terminating'));
      yield {
        severity: deleting === undefined ? 'critical' : 'warning',
        object: definition,
        summary:
          deleting !== undefined
            ? 'its deletion does not end: some objects of its kind do not go'
            : taken === undefined
              ? 'its kind is not served'
              : 'its kind is not served: another has its names',
        detail: outsideText(telling?.reason, telling?.message),
        since: telling?.since,
        next: describeCall(definition),
      };
    }
  },
};
