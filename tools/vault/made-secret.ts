import type { SecretReference } from '../../src/change/wire/secret.ts';
import { isSecretAt, type readSecretUsers } from '../../src/cluster/index.ts';
import type { VaultPorts } from './port.ts';
import type { MadeSecret } from './snippets.ts';
import { attempt, plainName } from './words.ts';

/** The Kubernetes Secret that an ExternalSecret makes of a key, to be named in a secretKeyRef; and what to know of it. */
export async function madeOf(
  reference: SecretReference,
  { cluster }: Pick<VaultPorts, 'cluster'>,
  read: typeof readSecretUsers,
  signal: AbortSignal,
): Promise<{ readonly secret: MadeSecret | undefined; readonly note: string }> {
  const { mount, path, key } = reference;
  if (cluster === undefined)
    return { secret: undefined, note: 'no cluster is configured: the name of the Kubernetes Secret is a guess' };
  const users = await attempt(async () => read(await cluster(), { signal }), signal);
  if (users.why !== undefined)
    return { secret: undefined, note: `the name of the Kubernetes Secret is a guess (${users.why})` };
  for (const synced of users.value.synced) {
    const entry = synced.entries.find(({ from, property }) => isSecretAt(from, mount, path) && property === key);
    const whole = synced.whole.some((place) => isSecretAt(place, mount, path));
    if (entry === undefined && !whole) continue;
    const where = `namespace ${plainName(synced.by.namespace)}`;
    return {
      secret: { secret: synced.secret, key: entry?.key ?? key },
      note: `ExternalSecret ${plainName(synced.by.name)} makes that Secret in ${where}; elsewhere it is not there`,
    };
  }
  return {
    secret: undefined,
    note: 'NO ExternalSecret makes a Kubernetes Secret of it: the name is a guess, and snippet=external-secret comes first',
  };
}
