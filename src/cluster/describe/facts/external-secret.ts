import { ageText, at, listAt, millisecondsSince, textAt } from '../../fields.ts';
import { healthOf } from '../../health/health-of.ts';
import { nameText } from '../../words.ts';
import { targetSecretOf } from '../parts/references.ts';
import { statusText } from '../parts/tally.ts';
import { type Line, quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { usersText } from './users.ts';

const mostKeys = 20;

/** Which Secret it makes out of what, whether its store works, and who waits for the Secret. */
export function externalSecretFacts(around: Surroundings): Section | undefined {
  const { object, now } = around;
  const spec = at(object.body, 'spec');
  const secret = targetSecretOf(object);
  const refreshed = millisecondsSince(textAt(at(object.body, 'status'), 'refreshTime'), now);
  return section('external secret', [
    `makes Secret ${nameText(secret)}, ${refreshed === undefined ? 'never refreshed' : `last refreshed ${ageText(refreshed)} ago`}`,
    storeText(around),
    usersText(around, ({ secrets }) => secrets.has(secret)),
    ...listAt(spec, 'data').slice(0, mostKeys).map(keyLine),
    ...listAt(spec, 'dataFrom')
      .slice(0, mostKeys)
      .map((source) => quoted('all keys of', JSON.stringify(source))),
  ]);
}

/** `reads finance/books#api_key`: where a key is, never what is there. */
function keyLine(entry: ReturnType<typeof listAt>[number]): Line {
  const from = at(entry, 'remoteRef');
  const property = textAt(from, 'property');
  return quoted('reads', `${textAt(from, 'key') ?? '?'}${property === undefined ? '' : `#${property}`}`);
}

function storeText({ object, view, unread, now }: Surroundings): string {
  const ref = at(object.body, 'spec', 'secretStoreRef');
  const wide = textAt(ref, 'kind') === 'ClusterSecretStore';
  const kindId = `${wide ? 'clustersecretstores' : 'secretstores'}.external-secrets.io`;
  const name = textAt(ref, 'name');
  const says = `from ${wide ? 'ClusterSecretStore' : 'SecretStore'} ${nameText(name)}`;
  if (unread.has(kindId)) return `${says}: unknown`;
  const store = view.get(kindId, wide ? '' : object.namespace, name ?? '');
  return `${says}: ${store === undefined ? 'NOT there' : statusText(healthOf(store).judge(store, now))}`;
}
