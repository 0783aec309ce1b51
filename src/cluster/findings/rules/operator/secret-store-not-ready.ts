import { at, textAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { counted, outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const kinds = ['secretstores.external-secrets.io', 'clustersecretstores.external-secrets.io'];

export const secretStoreNotReady: Rule = {
  id: 'secret-store-not-ready',
  title: 'A store of secrets that cannot be reached or does not let External Secrets in.',
  needs: {
    ...Object.fromEntries(kinds.map((kindId) => [kindId, { status: { conditions: true } }])),
    'externalsecrets.external-secrets.io': { spec: { secretStoreRef: true } },
  },
  *find(view) {
    const secrets = view.all('externalsecrets.external-secrets.io');
    for (const store of kinds.flatMap((kindId) => view.all(kindId))) {
      const ready = conditionsOf(store).find(({ type }) => type === 'Ready');
      if (ready?.status !== 'False') continue;
      const users = secrets.filter(({ namespace, body }) => {
        const reference = at(body, 'spec', 'secretStoreRef');
        const near = store.namespace === '' || store.namespace === namespace;
        return (
          near &&
          textAt(reference, 'name') === store.name &&
          (textAt(reference, 'kind') ?? 'SecretStore') === store.kind
        );
      });
      yield {
        severity: users.length > 0 ? 'critical' : 'warning',
        object: store,
        summary:
          users.length === 0
            ? 'not ready; nothing is copied from it yet'
            : `not ready: ${counted(users.length, 'ExternalSecret')} cannot be synced from it`,
        detail: outsideText(ready.reason, ready.message),
        since: ready.since,
        next: describeCall(store),
      };
    }
  },
};
