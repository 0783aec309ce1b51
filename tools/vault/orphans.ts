import { counted, isSecretAt, isSecretBelow } from '../../src/cluster/index.ts';
import { type Answer, type ToolContext, table } from '../../src/kit/index.ts';
import { concerns, concernsSource } from './consumer-rows.ts';
import type { Gathered } from './gathered.ts';
import { pageOf } from './paging.ts';
import type { VaultPorts } from './port.ts';
import { nameCell, referenceText, whenText } from './words.ts';

/** Keys that nothing in the cluster or the repository names. Oldest first: they have been forgotten for longest. */
export function orphansAnswer(gathered: Gathered, context: ToolContext<VaultPorts>): Answer {
  const { inventory, users, sources = [], sawAll } = gathered;
  const now = context.now();
  const known = inventory.secrets.filter(({ deleted }) => !deleted);
  const orphans = known
    .flatMap((secret) => topKeys(secret.keys).map((key) => ({ ...secret, key })))
    .filter((asked) => {
      const synced = (users?.synced ?? []).some(
        ({ entries, whole, searches }) =>
          entries.some(({ from, property }) => concerns(asked, from, property)) ||
          whole.some((place) => isSecretAt(place, asked.mount, asked.path)) ||
          searches.some((place) => isSecretBelow(place, asked.mount, asked.path)),
      );
      return !synced && !sources.some((source) => concernsSource(asked, source));
    })
    .toSorted((a, b) => (a.updatedAt?.getTime() ?? 0) - (b.updatedAt?.getTime() ?? 0));
  return table({
    asOf: inventory.at,
    coverage: {
      covered: `${counted(known.length, 'secret')} against the cluster and the repository`,
      missing: gathered.missing,
    },
    headline: sawAll
      ? `${counted(orphans.length, 'key')} that nothing in the cluster or the repository names`
      : `at most ${counted(orphans.length, 'key')} that nobody uses: NOT EVERY CONSUMER COULD BE SEEN, so none of them is proven unused`,
    columns: ['key', 'its secret last changed'],
    ...pageOf(
      orphans.map((one) => [
        nameCell(referenceText({ mount: one.mount, path: one.path, key: one.key })),
        whenText(one.updatedAt, now),
      ]),
      context,
    ),
    notes: [
      'people and scripts with a token of their own do not show here: look at vault_consumers secret= for the audit log before anything is removed',
    ],
  });
}

/** Without `config.user`, which stands inside `config`. Of a secret whose keys are not known: the secret as a whole. */
function topKeys(keys: readonly string[] | undefined): readonly (string | undefined)[] {
  if (keys === undefined) return [undefined];
  return keys.filter((key) => !keys.some((other) => key.startsWith(`${other}.`)));
}
