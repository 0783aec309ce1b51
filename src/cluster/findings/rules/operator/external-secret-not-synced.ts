import type { JsonObject } from '../../../../kit/index.ts';
import { ageText, at, listAt, millisecondsSince, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import type { ClusterObject } from '../../../reader.ts';
import { listed, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const externalSecretNotSynced: Rule = {
  id: 'external-secret-not-synced',
  title: 'An ExternalSecret that could not be copied: which key of which path it asks for, never a value.',
  needs: {
    'externalsecrets.external-secrets.io': {
      spec: { data: { remoteRef: true }, dataFrom: { extract: { key: true, property: true } } },
      status: { conditions: true, refreshTime: true },
    },
  },
  *find(view) {
    for (const secret of view.all('externalsecrets.external-secrets.io')) {
      const ready = conditionsOf(secret).find(({ type }) => type === 'Ready');
      if (ready?.status !== 'False') continue;
      const synced = textAt(at(secret.body, 'status'), 'refreshTime') !== undefined;
      const asked = askedFor(secret, ready.message ?? '');
      const age = millisecondsSince(ready.since, view.now);
      yield {
        severity: synced ? 'warning' : 'critical',
        object: secret,
        summary: `not synced${age === undefined ? '' : ` for ${ageText(age)}`}${synced ? '' : ', never was'}${asked}`,
        detail: outsideText(ready.reason, ready.message),
        since: ready.since,
        next: describeCall(secret),
      };
    }
  },
};

/** The references the message names, or all of them where it names none. Keys and paths are shown in the form they have; other text is not. */
function askedFor({ body }: ClusterObject, message: string): string {
  const spec = at(body, 'spec');
  const references = [
    ...listAt(spec, 'data').map((entry) => at(entry, 'remoteRef')),
    ...listAt(spec, 'dataFrom').map((entry) => at(entry, 'extract')),
  ].filter((reference) => reference !== undefined);
  const named = references.filter((reference) => {
    const property = textAt(reference, 'property');
    return property !== undefined && message.includes(property);
  });
  const [some] = [named, references].filter((list) => list.length > 0);
  return some === undefined ? '' : `: ${listed(some.map(referenceText), 6)}`;
}

function referenceText(reference: JsonObject): string {
  const [path, property] = [pathText(textAt(reference, 'key')), textAt(reference, 'property')];
  return property === undefined ? path : `${pathText(property)} of ${path}`;
}

function pathText(path: string | undefined): string {
  return path !== undefined && /^[\w.:/-]{1,200}$/.test(path) ? path : '?';
}
